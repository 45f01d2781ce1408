"""What a head gives to somebody until a day, and takes back (docs/decisions/0079)."""

from datetime import date

from django.db import transaction
from django.urls import reverse

from preau.directory.boards import power_of
from preau.directory.models import Holding
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates, journal, notices
from preau.foundation.locks import lock

GIVEN = "directory.power_given"


@transaction.atomic
def give(viewer: Viewer, holding: Holding, key: str, until: date) -> None:
    """Let somebody of the school use a power until a day, included. It ends with their role, too."""
    locked = lock(Holding, holding.pk)
    given = {"until": until.isoformat(), "by": viewer.person.pk}
    if locked.scope.get(key) == given:
        return
    locked.scope = {**locked.scope, key: given}
    locked.save(update_fields=["scope"])
    journal.record(
        viewer,
        "directory.power_given",
        locked,
        subject_id=locked.person_id,
        power=key,
        until=until.isoformat(),
    )
    tell_given(viewer, locked, key)


@transaction.atomic
def take_back(viewer: Viewer, holding: Holding, key: str) -> None:
    """Take a power back; it is gone at the next page."""
    locked = lock(Holding, holding.pk)
    if key not in locked.scope:
        return
    notices.settle(GIVEN, _key_of(locked, key))
    locked.scope = {name: given for name, given in locked.scope.items() if name != key}
    locked.save(update_fields=["scope"])
    journal.record(viewer, "directory.power_taken_back", locked, subject_id=locked.person_id, power=key)


def tell_given(viewer: Viewer, holding: Holding, key: str) -> None:
    """Tell the person, once for each day that is said. What it opens and until when; nobody's name but the giver's."""
    power, school = power_of(key), viewer.school
    if power is None or school is None:
        return
    seat = f"{Role(holding.role).profile.value}-{school.pk}"
    facts = {
        "power": str(power.label),
        "until": dates.plain_day(date.fromisoformat(holding.scope[key]["until"])),
        "giver": viewer.person.formal_name,
        "school": school.name,
    }
    notices.publish(
        notices.News(
            kind=GIVEN,
            person_id=holding.person_id,
            key=_key_of(holding, key),
            url=reverse(power.url_name),
            school_id=school.pk,
            seat=seat,
            facts=facts,
        )
    )


def _key_of(holding: Holding, key: str) -> str:
    return f"{holding.pk}-{key}-{holding.scope[key]['until']}"
