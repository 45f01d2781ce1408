"""A pupil leaves on a day, or goes to another class from a day: said before the files say it (docs/decisions/0153)."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from preau.directory.actions.corrections import former_ends, signed
from preau.directory.models import Correction, Enrolment, Group, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal
from preau.foundation.locks import lock

A_DAY = timedelta(days=1)
Kind = Correction.Kind


class MovedOn(Exception):
    """The pupil is no pupil of this school any more, or not in that class."""


@transaction.atomic
def depart(viewer: Viewer, pupil: Person, last_day: date) -> bool:
    """Note the last day of a pupil, included: access lasts until then. False when it is noted already. Raises MovedOn."""
    lock(Person, pupil.pk)
    known = Correction.objects.filter(person=pupil, field=Kind.DEPARTURE).first()
    if known and known.value == last_day.isoformat():
        return False
    ends = last_day + A_DAY
    goes_on = Q(ends=None) | Q(ends__gt=viewer.today)
    held = list(Holding.objects.filter(goes_on, person=pupil, school=viewer.school_id, role=Role.PUPIL))
    if not held:
        raise MovedOn
    learnt = list(Enrolment.objects.filter(goes_on, pupil=pupil, school=viewer.school_id))
    before = {
        "holdings": _end(held, ends, former_ends(known, "holdings")),
        "enrolments": _end(learnt, ends, former_ends(known, "enrolments")),
    }
    values = signed(viewer, value=last_day.isoformat(), told="", before=before)
    Correction.objects.update_or_create(person=pupil, field=Kind.DEPARTURE, defaults=values)
    journal.record(
        viewer, "directory.departure_noted", pupil, subject_id=pupil.pk, until=last_day.isoformat()
    )
    return True


def _end(
    rows: Iterable[Holding | Enrolment], ends: date, former: dict[int, date | None]
) -> dict[str, str | None]:
    """End these rows that day, a row that ends sooner by itself apart; returns when each would have ended otherwise."""
    for row in rows:
        own = former.get(row.pk, row.ends)
        if row.pk in former or own is None or own > ends:
            former[row.pk] = own
            last = min(ends, own or ends)
            row.ends = max(last, row.starts or last)
            row.save(update_fields=["ends"])
    return {str(pk): day.isoformat() if day else None for pk, day in former.items()}


@transaction.atomic
def move(viewer: Viewer, pupil: Person, group: Group, first_day: date) -> bool:
    """Put a pupil in another class from a day; the groups drawn from the former one alone end with it. False when it is done already."""
    lock(Person, pupil.pk)
    goes_on = Q(ends=None) | Q(ends__gt=first_day)
    learnt = Enrolment.objects.filter(
        goes_on, pupil=pupil, school=viewer.school_id, group__year=group.year_id
    )
    rows = list(learnt.select_related("group"))
    if any(row.group_id == group.pk and row.ends is None for row in rows):
        return False
    former = [row for row in rows if row.group.kind == Group.Kind.CLASS]
    left = {row.group_id for row in former}
    drawn = Group.objects.filter(classes__in=left).exclude(classes=group.pk).values_list("pk", flat=True)
    ended = [*former, *(row for row in rows if row.group_id in set(drawn))]
    for row in ended:
        row.ends = max(first_day, row.starts or first_day)
        row.save(update_fields=["ends"])
    opened = Enrolment.objects.create(
        school_id=viewer.school_id or 0, group=group, pupil=pupil, starts=first_day
    )
    _keep(viewer, pupil, group, former, [row.pk for row in ended], opened)
    journal.record(viewer, "directory.class_changed", pupil, subject_id=pupil.pk, until=first_day.isoformat())
    return True


def _keep(
    viewer: Viewer, pupil: Person, group: Group, former: list[Enrolment], ended: list[int], opened: Enrolment
) -> None:
    """What the file still says: the class that it gave, through however many changes."""
    known = Correction.objects.filter(person=pupil, field=Kind.CLASS).first()
    by_hand = Correction.objects.filter(person=pupil, field=Kind.ENROLMENT).exists()
    if by_hand:
        return
    class_name = known.told if known else ", ".join(row.group.name for row in former)
    if known and class_name == group.name:
        # The file's class again is the file's to end.
        given = Enrolment.objects.filter(pk__in=known.before.get("ended", ()), group=group).exclude(source="")
        opened.source = given.values_list("source", flat=True).first() or ""
        opened.save(update_fields=["source"])
        known.delete()
        return
    # What the school itself opened meanwhile is not opened again when this is taken back.
    ended = [pk for pk in ended if not known or pk != known.before.get("opened")]
    before = {"ended": [*(known.before.get("ended", []) if known else []), *ended], "opened": opened.pk}
    values = signed(viewer, value=group.name, told=class_name[:254], before=before)
    Correction.objects.update_or_create(person=pupil, field=Kind.CLASS, defaults=values)
