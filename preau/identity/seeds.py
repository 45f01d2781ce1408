"""Accounts of the demonstration: one password, hashed once (Argon2 costs about 18 ms each)."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from preau.identity import keys
from preau.identity.models import AccessKey, Account

PASSWORD = "sous le préau"  # noqa: S105 - the demonstration's, printed when it starts
CAST = {
    "teacher": "claire.moreau",
    "teacher_1": "thomas.lefevre",
    "cpe": "samia.haddad",
    "head": "helene.carpentier",
    "secretary": "paul.giraud",
    "pupil": "eleve",
    "guardian": "maman",
    "other_guardian": "papa",
}


def plant(world: Any) -> None:
    """An account for each member of the cast."""
    suffix = f".{world.mark.lower()}" if world.mark else ""
    password = make_password(PASSWORD)
    for key, login in CAST.items():
        account = Account(login=f"{login}{suffix}", person=world.people[key], password=password)
        if not Account.objects.filter(person=account.person).exists():
            account.save()
    _plant_key(world)


def _plant_key(world: Any) -> None:
    """The token of a teacher's spreadsheet: nobody knows its signs."""
    account = Account.objects.get(person=world.people["teacher"])
    if AccessKey.objects.filter(account=account).exists():
        return
    drawn, now = keys.new_key(), timezone.now()
    AccessKey.objects.create(
        account=account,
        kind=AccessKey.Kind.TOKEN,
        name=f"Tableur{world.mark}",
        seat=f"staff-{world.school.pk}",
        scopes=["api", "api.agenda"],
        prefix=keys.prefix_of(drawn),
        digest=keys.digest_of(drawn),
        made_at=now,
        expires_at=now + timedelta(days=90),
    )
