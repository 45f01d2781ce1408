"""Deployment mistakes, said before they hurt, each with what to do."""

from typing import Any

from django.conf import settings
from django.core import checks

from preau.foundation import webpush


def _is_local(address: str) -> bool:
    return "localhost" in address


@checks.register(checks.Tags.security, deploy=True)
def demo_is_off(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        checks.Error(
            "DEMO is on.", hint="It shows accounts and letters to anyone: unset DEMO.", id="preau.E001"
        )
    ]


@checks.register(checks.Tags.security, deploy=True)
def our_network_is_closed(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.SIGNON_LOOPBACK:
        return []
    hint = "It lets services of this machine be called, without a certificate: unset SIGNON_LOOPBACK."
    return [checks.Error("SIGNON_LOOPBACK is on.", hint=hint, id="preau.E003")]


@checks.register(checks.Tags.database, deploy=True)
def database_can_grow(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    hint = "SQLite serves one school on one machine; for more, set DATABASE_URL=postgresql://…"
    return [checks.Info("The database is SQLite.", hint=hint, id="preau.I001")]


@checks.register(checks.Tags.security, deploy=True)
def mails_can_be_answered(**kwargs: Any) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if _is_local(settings.PUBLIC_URL):
        hint = "Set PUBLIC_URL to the address that families type, for example https://ent.example.org."
        found.append(checks.Warning("Links in mails lead to this machine.", hint=hint, id="preau.W001"))
    if _is_local(settings.DEFAULT_FROM_EMAIL):
        hint = "Set DEFAULT_FROM_EMAIL to an address of your domain, with SPF and DKIM."
        found.append(checks.Warning("Mails come from localhost.", hint=hint, id="preau.W002"))
    return found


@checks.register(checks.Tags.security, deploy=True)
def source_is_offered(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.SOURCE_URL:
        return []
    hint = "Set SOURCE_URL to the address of the code that runs here: section 13 of the AGPL."
    return [checks.Warning("Visitors are not told where the source is.", hint=hint, id="preau.W004")]


@checks.register(deploy=True)
def operator_is_named(**kwargs: Any) -> list[checks.CheckMessage]:
    missing = [name for name, value in settings.OPERATOR.items() if not value]
    if not missing:
        return []
    hint = f"Set {', '.join(missing)}: the legal notice, the accessibility statement and the privacy page show them."
    return [checks.Warning("Visitors are not told who runs this site.", hint=hint, id="preau.W005")]


@checks.register(checks.Tags.security)
def leaked_passwords_are_there(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.LEAKED_PASSWORDS is None or settings.LEAKED_PASSWORDS.is_file():
        return []
    hint = "Name a file of sorted SHA-1 digests or of passwords, or unset LEAKED_PASSWORDS."
    return [checks.Error("LEAKED_PASSWORDS is not a file.", hint=hint, id="preau.E004")]


@checks.register(checks.Tags.security)
def push_key_is_one(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.VAPID_PRIVATE_KEY:
        return []
    try:
        webpush.private_key(settings.VAPID_PRIVATE_KEY)
    except ValueError:
        hint = "Make one with `manage.py vapid_key`, or unset VAPID_PRIVATE_KEY."
        return [checks.Error("VAPID_PRIVATE_KEY is not a key.", hint=hint, id="preau.E002")]
    return []


@checks.register(checks.Tags.staticfiles)
def front_end_is_built(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.STATICFILES_DIRS:
        return []
    return [
        checks.Warning(
            "The front end is not built.", hint="Run `python3 bootstrap.py demo`.", id="preau.W003"
        )
    ]
