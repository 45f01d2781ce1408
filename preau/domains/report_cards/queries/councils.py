"""A council: the pupils of a class one by one, with all that is said of each; its minutes; what a room may see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from preau.directory.models import Enrolment, Group, Period, Person
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.attendance.queries.counts import Missed, missed_counts
from preau.domains.gradebook.queries.figures import Evolution, Spread, number
from preau.domains.gradebook.queries.pupil_reading import PupilMarks
from preau.domains.gradebook.queries.read_marks import class_marks, learning_with
from preau.domains.report_cards.models import Appreciation, CardPolicy, Council, Decision, policy_of
from preau.domains.report_cards.queries.courses import before, closed_to
from preau.domains.report_cards.queries.writing import Pupil, pupils_of
from preau.domains.report_cards.rules.access import Kind
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

# The service of which the figures are.
ATTENDANCE = "attendance"


def _seats(group: int, first: Any, last: Any, period: int) -> "QuerySet[Enrolment, Any]":
    decided = Decision.objects.filter(
        council__group=group, council__period=period, pupil=OuterRef("pupil_id")
    )
    rows = Enrolment.objects.filter(group=group, pupil__erased_at=None)
    rows = rows.exclude(starts__gt=last).exclude(ends__lte=last).exclude(ends__lte=first)
    return (
        rows.annotate(
            closed=closed_to(period),
            decision=Subquery(decided.values("version")[:1]),
            distinction=Subquery(decided.values("distinction")[:1]),
        )
        .order_by("pupil__search_name", "pk")
        .values_list(
            "pupil_id",
            "pupil__public_id",
            "pupil__family_name",
            "pupil__given_name",
            "starts",
            "ends",
            "closed",
            "decision",
            "distinction",
        )
    )


SEATS = Prepared(_seats)


@dataclass(frozen=True)
class Seat:
    """A pupil in the council; `version` 0: it has not come to them yet."""

    pupil: Pupil
    version: int = 0
    distinction: str = ""

    @property
    def is_seen(self) -> bool:
        return self.version > 0


def seats_of(viewer: Viewer, group: Group, period: Period) -> list[Seat]:
    """The pupils of the class by name, with what is decided of each: one query."""
    last = min(period.ends, max(viewer.today, period.starts))
    found = {
        row[0]: Seat(Pupil(*row[:7]), row[7] or 0, row[8] or "")
        for row in SEATS(group.pk, period.starts, last, period.pk)
    }
    return list(found.values())


COUNCIL = Prepared(
    lambda group, period: Council.objects.filter(group=group, period=period).select_related(
        "school__card_policy", "held_by", "shown"
    )
)


def council_of(group: Group, period: Period) -> Council | None:
    """That of a class for a period, if anything was said of it: one query, with the rules of the school."""
    found: Council | None = COUNCIL.first(group.pk, period.pk)
    return found


def rules_of(group: Group, council: Council | None) -> CardPolicy:
    """The words and limits of the school, without asking again what came with its council."""
    known = getattr(council.school, "card_policy", None) if council else None
    if known:
        return known  # type: ignore[no-any-return]
    return CardPolicy(school_id=group.school_id) if council else policy_of(group.school_id)


@dataclass(frozen=True)
class Room:
    """The class in council: who sits where, which one is spoken of, who comes before and after."""

    group: Group
    period: Period
    council: Council | None
    seats: Sequence[Seat]
    policy: CardPolicy

    @property
    def seen(self) -> int:
        return sum(seat.is_seen for seat in self.seats)

    @property
    def is_over(self) -> bool:
        return self.council is not None and self.council.held_at is not None

    @cached_property
    def counted(self) -> list[tuple[str, int]]:
        """How many pupils have each distinction, in the order of the school; what it names no more comes last."""
        given = [seat.distinction for seat in self.seats if seat.distinction]
        words = [*self.policy.distinctions, *sorted(set(given) - set(self.policy.distinctions))]
        return [(word, given.count(word)) for word in words if word in given]

    def seat_of(self, public_id: str | None) -> Seat | None:
        return next((seat for seat in self.seats if seat.pupil.public_id == public_id), None)

    def first_left(self) -> Seat | None:
        """Whom the council comes to first: the first who was not seen, else the first of all."""
        return next((seat for seat in self.seats if not seat.is_seen), next(iter(self.seats), None))

    def beside(self, seat: Seat, step: int) -> Seat | None:
        place = self.seats.index(seat) + step
        return self.seats[place] if 0 <= place < len(self.seats) else None

    def words_for(self, seat: Seat) -> list[str]:
        """The distinctions to choose from: those of the school, and the one that was given before it changed them."""
        known = [str(word) for word in self.policy.distinctions]
        return known if seat.distinction in {"", *known} else [*known, seat.distinction]


def room_of(viewer: Viewer, group: Group, period: Period) -> Room:
    """Two statements; three where no council is known."""
    council = council_of(group, period)
    return Room(group, period, council, seats_of(viewer, group, period), rules_of(group, council))


@dataclass(frozen=True)
class SubjectLine:
    """A subject of a pupil: the average, the half of the class, the average of the period before, and what is written."""

    subject_id: int
    name: str
    look: Look
    average: str
    value: float | None
    spread: Spread | None
    former: str
    text: str
    by: str


@dataclass(frozen=True)
class PupilCard:
    """All that is said of a pupil for a period."""

    pupil: Person
    subjects: Sequence[SubjectLine]
    general: str
    class_general: str
    evolution: Evolution
    text: Appreciation | None
    life: Appreciation | None
    former_text: str
    former_general: str
    former_name: str


TEXTS = Prepared(
    lambda pupil, year: Appreciation.objects.filter(pupil=pupil, period__year=year).select_related(
        "subject", "changed_by"
    )
)


def card_of(
    viewer: Viewer, group: Group, pupil: Person, periods: Sequence[Period], period: Period
) -> PupilCard:
    """One pupil: six statements. Only what pupils may read of marks counts."""
    former = before(periods, period)
    learning = [row for row, _school, year in learning_with(pupil.pk) if year == group.year_id]
    chosen = [former, period] if former else [period]
    held = class_marks(viewer, group.school_id, group.pk, learning, chosen)
    # What a class has in common is remembered by name: one period is not two.
    now = replace(held.of(period.pk), name=f"{held.name}-{period.pk}")
    read = PupilMarks(pupil, group.name, list(periods), period, viewer.today, now)
    then = held.of(former.pk).averages_of(pupil.pk) if former else None
    texts = list(TEXTS(pupil.pk, group.year_id))
    text_by_key = {
        row.kind if row.subject_id is None else row.subject_id: row
        for row in texts
        if row.period_id == period.pk
    }
    earlier = {
        row.kind: row for row in texts if former and row.period_id == former.pk and row.subject_id is None
    }
    old = earlier.get(Kind.GENERAL)
    middle = read.general_spread
    return PupilCard(
        pupil,
        _subjects(read, then, text_by_key),
        number(read.averages.general.rounded),
        number(middle.middle) if middle else "",
        read.evolution,
        text_by_key.get(Kind.GENERAL),
        text_by_key.get(Kind.SCHOOL_LIFE),
        old.text if old else "",
        number(then.general.rounded) if then and then.general.rounded is not None else "",
        former.name if former else "",
    )


def _subjects(read: PupilMarks, then: Any, text_by_key: Mapping[Any, Appreciation]) -> list[SubjectLine]:
    """Those in which there is an average or a text, by name."""
    found: dict[int, SubjectLine] = {}
    for row in read.subjects:
        past = then.subjects.get(row.pk) if then else None
        text = text_by_key.get(row.pk)
        found[row.pk] = SubjectLine(
            row.pk,
            row.name,
            row.look,
            row.said,
            row.value,
            row.spread,
            number(past.rounded) if past and past.rounded is not None else "",
            text.text if text else "",
            text.changed_by.formal_name if text else "",
        )
    for key, text in text_by_key.items():
        if text.subject and text.text and key not in found:
            look = look_of(text.subject.code, text.subject.name)
            found[text.subject.pk] = SubjectLine(
                text.subject.pk,
                text.subject.name,
                look,
                "",
                None,
                None,
                "",
                text.text,
                text.changed_by.formal_name,
            )
    return sorted(found.values(), key=lambda line: natural(line.name))


def missed_of(viewer: Viewer, period: Period, pupil: Person) -> Missed | None:
    """The absences of a pupil until today; None where the school does not call its rolls here."""
    school = viewer.school
    if school is None or not viewer.offers(ATTENDANCE):
        return None
    found = missed_counts(school, period.starts, min(period.ends, viewer.today), [pupil.pk])
    return found.get(pupil.pk, Missed())


@dataclass(frozen=True)
class MinutesLine:
    """A pupil in the minutes."""

    name: str
    average: str
    distinction: str
    text: str
    is_seen: bool


def minutes_of(viewer: Viewer, room: Room) -> list[MinutesLine]:
    """What the council decided, pupil by pupil: six statements."""
    _pupils, learning = pupils_of(viewer, room.group, room.period)
    held = class_marks(viewer, room.group.school_id, room.group.pk, learning, [room.period])
    made = held.averages_of_all
    texts = dict(
        Appreciation.objects.filter(
            period=room.period, kind=Kind.GENERAL, pupil__in=[seat.pupil.pk for seat in room.seats]
        ).values_list("pupil_id", "text")
    )
    return [
        MinutesLine(
            seat.pupil.name,
            number(made[seat.pupil.pk].general.rounded) if seat.pupil.pk in made else "–",
            seat.distinction,
            texts.get(seat.pupil.pk, ""),
            seat.is_seen,
        )
        for seat in room.seats
    ]
