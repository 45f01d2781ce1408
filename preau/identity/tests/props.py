"""Objects of identity for the tests of pages: one of the cast's own, or many more."""

from django.contrib.sessions.backends.db import SessionStore

from conftest import NOW
from preau.directory.seeds.world import World
from preau.identity.models import AccountSession, Passkey


def own_passkey(college: World) -> Passkey:
    """The telephone of the cast's teacher."""
    return Passkey.objects.get_or_create(
        account=college.people["teacher"].account,
        name="Téléphone",
        defaults={"credential_id": "x", "handle": "x", "public_key": "x", "made_at": NOW},
    )[0]


def many_browsers(college: World, count: int) -> None:
    for _ in range(count):
        store = SessionStore()
        store.create()
        AccountSession.objects.create(
            session_id=store.session_key,
            account=college.people["guardian"].account,
            device="Firefox",
            opened_at=NOW,
            seen_at=NOW,
        )
