"""What `check --deploy` says of a site that strangers reach: its names, its folders, its gateways, its backups; with `--database default`, the way in to it."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connection
from django.http.request import validate_host
from django.utils.module_loading import import_string

from preau.foundation.backups import sealing
from preau.foundation.backups.faults import BackupRefused
from preau.foundation.starting import LOCAL


@checks.register(checks.Tags.security, deploy=True)
def names_are_those_of_the_site(**kwargs: Any) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    hosts = set(settings.ALLOWED_HOSTS)
    if "*" in hosts:
        hint = "Write the names of this site: with *, letters lead to whatever host a request names."
        found.append(checks.Error("ALLOWED_HOSTS is *.", hint=hint, id="preau.E005"))
    elif hosts <= LOCAL:
        hint = "Set ALLOWED_HOSTS to the name of the site, for example ent.example.org."
        found.append(checks.Error("ALLOWED_HOSTS names this machine alone.", hint=hint, id="preau.E005"))
    address = urlsplit(settings.PUBLIC_URL)
    host = address.hostname or ""
    if address.scheme != "https" and host not in LOCAL:
        hint = "Set PUBLIC_URL to an address that begins by https://."
        found.append(checks.Error("PUBLIC_URL is not HTTPS.", hint=hint, id="preau.E006"))
    if host not in LOCAL and not validate_host(host, settings.ALLOWED_HOSTS):
        hint = f"Letters lead to {host}, which ALLOWED_HOSTS does not name: that address answers 400."
        found.append(checks.Error("PUBLIC_URL is of another host.", hint=hint, id="preau.E007"))
    return found


@checks.register(deploy=True)
def deliveries_can_be_taken(**kwargs: Any) -> list[checks.CheckMessage]:
    folder = settings.DELIVERIES_DIR
    if folder is None or (folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        return []
    hint = "Make the folder, for the user of Préau to write in, or unset DELIVERIES_DIR."
    return [checks.Error("DELIVERIES_DIR is no folder that Préau may write in.", hint=hint, id="preau.E008")]


@checks.register(deploy=True)
def gateways_are_there(**kwargs: Any) -> list[checks.CheckMessage]:
    """The class loads, its address is HTTPS, its secret is set."""
    found: list[checks.CheckMessage] = []
    asked = (
        ("SMS_GATEWAY", ("SMS_URL",)),
        ("MEETING_SERVER", ("BBB_URL", "BBB_SECRET")),
        ("TRANSLATOR", ("TRANSLATOR_URL",)),
    )
    for name, needs in asked:
        path = getattr(settings, name)
        if not path:
            continue
        try:
            import_string(path)
        except ImportError:
            hint = f"'{path}' is no class of Préau: docs/operations.md."
            found.append(checks.Error(f"{name} does not load.", hint=hint, id="preau.E009"))
            continue
        missing = [one for one in needs if not getattr(settings, one)]
        if missing and not settings.DEMO:
            hint = f"Set {', '.join(missing)}, or unset {name}."
            found.append(checks.Error(f"{name} is set without what it needs.", hint=hint, id="preau.E009"))
        found += [
            checks.Error(
                f"{one} is not HTTPS.", hint="What it carries would travel in clear.", id="preau.E009"
            )
            for one in needs
            if one.endswith("_URL") and getattr(settings, one).startswith("http://")
        ]
    return found


@checks.register(deploy=True)
def backups_are_set(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.BACKUP_DIR is None:
        hint = (
            "Set BACKUP_DIR and BACKUP_RECIPIENTS, and the timer of deploy/: docs/operations.md, 'Back up'."
        )
        return [checks.Info("Préau keeps no backup.", hint=hint, id="preau.I004")]
    try:
        keys = sealing.recipients_of(settings.BACKUP_RECIPIENTS)
        holders = sealing.recipients_of(settings.BACKUP_KEYS_RECIPIENTS)
    except BackupRefused as error:
        return [checks.Error("Backups cannot be sealed.", hint=str(error), id="preau.E010")]
    if not keys:
        hint = "Set BACKUP_RECIPIENTS to one or two public keys of age."
        return [checks.Error("Backups cannot be sealed.", hint=hint, id="preau.E010")]
    if not holders and not settings.BACKUP_KEYS_ELSEWHERE:
        hint = "Set BACKUP_KEYS_RECIPIENTS; or BACKUP_KEYS_ELSEWHERE=1, where SECRET_KEY is kept away from this machine by other means."
        sentence = "Lost with this machine, SECRET_KEY leaves no backup that opens."
        return [checks.Error(sentence, hint=hint, id="preau.E012")]
    return []


@checks.register(checks.Tags.database, deploy=True)
def database_lets_us_in(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Only with `--database default`: the plain check asks nothing of the network."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever the driver says
        lines = str(error).strip().splitlines() or ["it says nothing"]
        hint = f"DATABASE_URL: {lines[-1]}"
        return [checks.Error("The database does not let us in.", hint=hint, id="preau.E011")]
    return []
