"""Who has left a school, and what becomes of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import (
    Correction,
    Enrolment,
    ErasureNotice,
    Group,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Person,
)
from preau.directory.rules.departures import erased_on, term_of
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates
from preau.foundation.text import filled, fold


class Kind(StrEnum):
    """Which leavers a page shows, as its address says it."""

    PUPILS = "eleves"
    STAFF = "personnels"
    FAMILIES = "responsables"


KINDS = {
    Kind.PUPILS: gettext_lazy("Élèves"),
    Kind.STAFF: gettext_lazy("Personnels"),
    Kind.FAMILIES: gettext_lazy("Responsables"),
}


@dataclass(frozen=True)
class LeaverRow:
    """One who has left. `erased_on` is None for who belongs to another school: `gone_on` they leave the list alone.

    `held_until` is what this school asked; `is_held` says that some school did.
    """

    public_id: str
    family_name: str
    given_name: str
    list_name: str
    detail: str
    left_on: date
    gone_on: date
    erased_on: date | None = None
    is_held: bool = False
    held_until: date | None = None


def leavers_of(viewer: Viewer, kind: Kind, name: str = "") -> "QuerySet[Leaver]":
    """Those whose erasure is the nearest first, then those who are kept longer, then those who belong to another school."""
    school, today = viewer.school_id or 0, viewer.today
    leavers = Leaver.objects.visible_to(viewer)
    leavers = {Kind.PUPILS: leavers.pupils, Kind.STAFF: leavers.staff, Kind.FAMILIES: leavers.families}[kind](
        school
    )
    for word in fold(name).split():
        leavers = leavers.filter(search_name__contains=word)
    held = Hold.objects.filter(person=OuterRef("pk"), last_day__gte=today)
    elsewhere = Case(When(left_on__gt=today, then=Value(1)), default=Value(0))
    found: Any = leavers.annotate(is_held=Exists(held), elsewhere=elsewhere)
    ordered: QuerySet[Leaver] = found.order_by(
        "elsewhere", "is_held", "left_on", "left_here", "search_name", "pk"
    )
    return ordered


@dataclass(frozen=True)
class ToLeave:
    """A pupil whose last day is noted and has not passed."""

    public_id: str
    list_name: str
    last_day: date


def pupils_to_leave(viewer: Viewer) -> list[ToLeave]:
    """Those whose departure the office has noted, the nearest first."""
    noted = Correction.objects.visible_to(viewer).filter(
        field=Correction.Kind.DEPARTURE, value__gte=viewer.today.isoformat(), person__erased_at=None
    )
    return [
        ToLeave(row.person.public_id, row.person.list_name, date.fromisoformat(row.value))
        for row in noted.select_related("person").order_by("value", "person__search_name", "pk")
    ]


def with_end(viewer: Viewer, pupils: "QuerySet[Person]") -> "QuerySet[Person]":
    """These pupils with `ends_on`, their first day elsewhere when it is known: no query more."""
    held = Holding.objects.pupils_here(viewer).filter(person=OuterRef("pk"), ends__isnull=False)
    found: QuerySet[Person] = pupils.annotate(ends_on=Subquery(held.order_by("-ends").values("ends")[:1]))
    return found


def last_days_of(pupils: Iterable[Any]) -> dict[int, date]:
    """The last day of each of these pupils (`with_end`) who is known to leave."""
    return {one.pk: one.ends_on - timedelta(days=1) for one in pupils if one.ends_on}


def leaver_rows(viewer: Viewer, leavers: Sequence[Leaver], kind: Kind) -> list[LeaverRow]:
    """These leavers in words, in three queries or four."""
    ids = [leaver.pk for leaver in leavers]
    details = {Kind.PUPILS: _classes, Kind.STAFF: _functions, Kind.FAMILIES: _children}[kind](viewer, leavers)
    day_by_person = dict(ErasureNotice.objects.filter(person__in=ids).values_list("person_id", "told_on"))
    holds = holds_of(ids, viewer.today)
    return [
        _row(
            viewer, leaver, details.get(leaver.pk, ""), day_by_person.get(leaver.pk), holds.get(leaver.pk, {})
        )
        for leaver in leavers
    ]


def holds_of(people: Sequence[int], today: date) -> dict[int, dict[int, date]]:
    """Who is kept longer, by which schools, until which day."""
    found: dict[int, dict[int, date]] = {}
    rows = Hold.objects.filter(person__in=people, last_day__gte=today)
    for person, school, last_day in rows.values_list("person_id", "school_id", "last_day"):
        found.setdefault(person, {})[school] = last_day
    return found


def erasure_day(leaver: Leaver, today: date) -> date:
    """When somebody who belongs nowhere any more is erased, in two queries."""
    told_on = ErasureNotice.objects.filter(person=leaver.pk).values_list("told_on", flat=True).first()
    latest = max(holds_of([leaver.pk], today).get(leaver.pk, {}).values(), default=None)
    return erased_on(leaver.left_on, today, held_until=latest, told_on=told_on)


def _row(
    viewer: Viewer, leaver: Leaver, detail: str, told_on: date | None, holds: dict[int, date]
) -> LeaverRow:
    today, latest = viewer.today, max(holds.values(), default=None)
    stays = leaver.left_on > today
    return LeaverRow(
        public_id=leaver.public_id,
        family_name=leaver.family_name,
        given_name=leaver.given_name,
        list_name=leaver.list_name,
        detail=detail,
        left_on=leaver.left_here,
        gone_on=term_of(leaver.left_here),
        erased_on=None if stays else erased_on(leaver.left_on, today, held_until=latest, told_on=told_on),
        is_held=bool(holds) and not stays,
        held_until=holds.get(viewer.school_id or 0),
    )


def _classes(viewer: Viewer, leavers: Sequence[Leaver]) -> dict[int, str]:
    """The last class of each of them here."""
    learnt = Enrolment.objects.filter(
        school=viewer.school_id, pupil__in=[leaver.pk for leaver in leavers], group__kind=Group.Kind.CLASS
    )
    # The last one wins; one that was never ended is the last.
    rows = learnt.order_by("group__year__starts", "starts", "pk").values_list("pupil_id", "group__name")
    return dict(rows)


def _functions(viewer: Viewer, leavers: Sequence[Leaver]) -> dict[int, str]:
    functions: dict[int, dict[str, None]] = {}
    civility = {leaver.pk: leaver.civility for leaver in leavers}
    held = Holding.objects.filter(school=viewer.school_id, person__in=list(civility)).exclude(role=Role.PUPIL)
    for person, role, title in held.order_by("pk").values_list("person_id", "role", "title"):
        word = Role(role).said_of(civility[person])
        functions.setdefault(person, {})[f"{word} · {title}" if title else word] = None
    return {person: ", ".join(words) for person, words in functions.items()}


def _children(viewer: Viewer, leavers: Sequence[Leaver]) -> dict[int, str]:
    """The children for whom each of them answered here."""
    learnt = Holding.objects.filter(school=viewer.school_id, role=Role.PUPIL)
    links = Guardianship.objects.of_another().filter(
        guardian__in=[leaver.pk for leaver in leavers],
        pupil__in=learnt.values("person_id"),
        pupil__erased_at=None,
    )
    names: dict[int, dict[str, None]] = {}
    rows = links.order_by("pupil__search_name", "pupil_id").select_related("pupil")
    for link in rows:
        names.setdefault(link.guardian_id, {})[link.pupil.full_name] = None
    return {
        guardian: filled(_("Responsable de %(names)s"), names=", ".join(children))
        for guardian, children in names.items()
    }


def said_of_leaver(row: LeaverRow) -> str:
    """What becomes of a leaver, in one sentence."""
    if row.erased_on is None:
        return _("Parti vers un autre établissement")
    day = {"day": dates.plain_day(row.erased_on)}
    return _("Gardé, effacé le %(day)s") % day if row.is_held else _("Effacé le %(day)s") % day


def leaver_lines(viewer: Viewer, kind: Kind) -> Iterator[Sequence[object]]:
    """A whole list for a spreadsheet, a few hundred people at a time."""
    leavers, size = list(leavers_of(viewer, kind)), 500
    for start in range(0, len(leavers), size):
        for row in leaver_rows(viewer, leavers[start : start + size], kind):
            fate = said_of_leaver(row)
            yield [row.family_name, row.given_name, row.detail, row.left_on, fate]
