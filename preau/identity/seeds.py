"""Accounts of the demonstration: one password, hashed once (Argon2 costs about 18 ms each)."""

from typing import Any

from django.contrib.auth.hashers import make_password

from preau.identity.models import Account

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
