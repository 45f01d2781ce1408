"""Writing providers, who must come in by one, and « le guichet ne répond pas ». The journal says which fields changed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from preau.commons.federation.actions import oidc
from preau.commons.federation.actions.telling import tell_door
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Coming, Link, LocalDoor, OnlyWay, Provider
from preau.commons.federation.rules import DOOR_LIFE
from preau.commons.federation.words import Audience, Icon, Key, Protocol, Trouble
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.sealed import seal, unseal
from preau.identity.actions import signing
from preau.identity.models import AccountSession

# Whoever they were said of another site: what it had said, its keys, its troubles are forgotten.
OF_THE_SITE = frozenset(["issuer", "protocol"])


class SameName(Exception):
    """The school, or the platform, has another provider of this name."""


class Followed(Exception):
    """A provider whose subjects are linked already cannot become another site: what it calls « 12 » would open somebody else's account."""


@transaction.atomic
def save_provider(
    viewer: Viewer, facts: Mapping[str, Any], provider: Provider | None = None
) -> tuple[Provider, list[str]]:
    """Write a provider; returns it, and the names of what changed.

    A new one is the viewer's school's, or the platform's when they act in none. Raises SameName, Followed.
    """
    held = _held(viewer, facts, provider)
    is_new = held.pk is None
    changed = [name for name, value in facts.items() if getattr(held, name) != value]
    if not is_new and not OF_THE_SITE.isdisjoint(changed):
        _become_another(held)
    for name in changed:
        setattr(held, name, facts[name])
    if changed or is_new:
        held.changed_at = timezone.now()
        held.save()
        verb = "federation.provider_created" if is_new else "federation.provider_changed"
        journal.record(viewer, verb, held, changed=",".join(changed))
    if "is_on" in changed and not held.is_on:
        _close_sessions(held)
    return held, changed


@transaction.atomic
def keep_secret(viewer: Viewer, provider: Provider, secret: str) -> bool:
    """Keep the secret that the provider gave, sealed; False when it was there already."""
    held = lock(Provider, provider.pk)
    if held.secret and unseal(oidc.SECRET, held.secret) == secret.encode():
        return False
    held.secret, held.changed_at = seal(oidc.SECRET, secret.encode()), timezone.now()
    held.save(update_fields=["secret", "changed_at"])
    journal.record(viewer, "federation.provider_changed", held, changed="secret")
    return True


def _held(viewer: Viewer, facts: Mapping[str, Any], provider: Provider | None) -> Provider:
    """The row to write, locked; another of the same name is the same click twice, or a mistake. Raises SameName."""
    school_id = provider.school_id if provider else viewer.school_id
    # Whoever adds to one place waits for the other: the names are looked at under the same lock.
    list(School.objects.select_for_update().filter(pk=school_id or 0))
    namesakes = Provider.objects.filter(school=school_id, name=facts["name"])
    if provider:
        if namesakes.exclude(pk=provider.pk).exists():
            raise SameName
        return lock(Provider, provider.pk)
    found = namesakes.first()
    if found and any(getattr(found, name) != value for name, value in facts.items()):
        raise SameName
    return found or Provider(school_id=school_id)


def _become_another(held: Provider) -> None:
    """Another site under this name: what the former had said, its keys and its troubles are forgotten. Raises Followed."""
    if Link.objects.live().filter(provider=held).exists():
        raise Followed
    held.discovered, held.discovered_at, held.jwks, held.jwks_at = {}, None, {}, None
    held.failures, held.trouble, held.failed_at = 0, "", None


def _close_sessions(provider: Provider) -> None:
    """Whoever came by a provider that is switched off does not stay on its word."""
    keys = Coming.objects.filter(provider=provider).values("session_id")
    signing.end_these(AccountSession.objects.filter(pk__in=keys).select_related("account"))


def _try_oidc(provider: Provider) -> None:
    oidc.places_of(provider, anew=True)
    oidc.read_keys(provider)


# What « Essayer » does, by protocol. Raises Failed.
TRIES: dict[str, Callable[[Provider], None]] = {Protocol.OIDC: _try_oidc}


def try_provider(viewer: Viewer, provider: Provider) -> Trouble:
    """Ask a provider for its sheet and its keys; returns what is wrong, NONE when all is well."""
    try:
        TRIES[provider.protocol](provider)
    except Failed as failure:
        note_failure(provider, failure.trouble)
        return failure.trouble
    Provider.objects.filter(pk=provider.pk).update(failures=0, trouble="")
    return Trouble.NONE


def note_failure(provider: Provider, trouble: Trouble) -> None:
    """Somebody met a provider that does not do its part."""
    found = Provider.objects.filter(pk=provider.pk)
    found.filter(failures__lt=1000).update(failures=F("failures") + 1)
    found.update(failed_at=timezone.now(), trouble=trouble)


@transaction.atomic
def say_only_ways(viewer: Viewer, audiences: Sequence[str]) -> bool:
    """Say for which audiences of the viewer's school passwords open nothing; returns whether something changed."""
    school = lock(School, viewer.school_id)
    known = set(OnlyWay.objects.filter(school=school).values_list("audience", flat=True))
    wanted = set(audiences)
    if wanted == known:
        return False
    OnlyWay.objects.filter(school=school).exclude(audience__in=wanted).delete()
    OnlyWay.objects.bulk_create(
        OnlyWay(school=school, audience=audience, since=viewer.today) for audience in sorted(wanted - known)
    )
    journal.record(viewer, "federation.only_way_said", school, audiences=",".join(sorted(wanted)))
    return True


@transaction.atomic
def open_door(viewer: Viewer, days: int) -> LocalDoor | None:
    """« Le guichet ne répond pas »: passwords and codes open the viewer's school for so many days. None when they did already."""
    school = lock(School, viewer.school_id)
    now = timezone.now()
    LocalDoor.objects.filter(school=school, closed_at=None, ends_at__lte=now).update(closed_at=now)
    if LocalDoor.objects.open(now).filter(school=school).exists():
        return None
    life = min(timedelta(days=max(days, 1)), DOOR_LIFE)
    door = LocalDoor.objects.create(school=school, opened_by=viewer.person, opened_at=now, ends_at=now + life)
    journal.record(viewer, "federation.door_opened", door, days=life.days)
    tell_door(door)
    return door


@transaction.atomic
def close_door(viewer: Viewer) -> bool:
    """The provider answers again: close the local door; False when it was closed already."""
    now = timezone.now()
    door = LocalDoor.objects.select_for_update().open(now).filter(school=viewer.school_id).first()
    if door is None:
        return False
    door.closed_at = now
    door.save(update_fields=["closed_at"])
    journal.record(viewer, "federation.door_closed", door)
    return True


@transaction.atomic
def cut_link(viewer: Viewer, link: Link) -> bool:
    """The account of elsewhere opens this one no more; what it had opened is closed. False when it was done already."""
    held = lock(Link, link.pk)
    if held.cut_at is not None:
        return False
    held.cut_at = timezone.now()
    held.save(update_fields=["cut_at"])
    keys = Coming.objects.filter(provider=held.provider_id, subject=held.subject).values("session_id")
    mine = AccountSession.objects.filter(pk__in=keys, account__person=held.person_id)
    signing.end_these(mine.select_related("account"))
    journal.record(viewer, "federation.cut", held, subject_id=held.person_id, provider=held.provider_id)
    return True


@transaction.atomic
def keep_stand_in(issuer: str, secret: str, name: str) -> Provider:
    """The provider of the demonstration, as it has just started."""
    now = timezone.now()
    facts = {
        "audience": Audience.FAMILIES,
        "is_on": True,
        "issuer": issuer,
        "client_id": "preau",
        "changed_at": now,
        "icon": Icon.SCHOOL,
        "secret": seal(oidc.SECRET, secret.encode()),
        "rules": {"FrEduCtRefId": Key.REFERENCE.value},
        "order": 1,
        "discovered": {},
        "discovered_at": None,
        "jwks": {},
        "jwks_at": None,
        "failures": 0,
    }
    return Provider.objects.update_or_create(name=name, school=None, defaults=facts)[0]
