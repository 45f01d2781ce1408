"""Elections in lists and on their page; who is delegate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Guardianship, Person
from preau.directory.viewer import Viewer
from preau.domains.surveys import rules
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round
from preau.domains.surveys.models.elections import classes_led
from preau.domains.surveys.queries import counting
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited

SOURCE = "elections"


def classes_for(viewer: Viewer) -> "QuerySet[Group]":
    """The classes for which this viewer opens an election: head and CPE any, a head teacher theirs."""
    found = Group.objects.in_school(viewer).filter(year=viewer.year, kind=Group.Kind.CLASS)
    if not rules.asks_all(viewer):
        found = found.filter(pk__in=classes_led(viewer))
    return found.order_by("name", "pk")


def pupils_of(group: Group, today: date) -> "QuerySet[Person]":
    learnt = Enrolment.objects.active(today).filter(group=group)
    return Person.objects.filter(pk__in=learnt.values("pupil_id"), erased_at=None).order_by(
        "search_name", "pk"
    )


def elections_of(viewer: Viewer) -> "QuerySet[Election]":
    """Those that one holds, or of one's class; those that go on first."""
    return Election.objects.visible_to(viewer).select_related("group").order_by("state", "-opened_at", "-pk")


@dataclass(frozen=True)
class CandidateLine:
    """A candidate as the page of an election shows them. `votes`: round by round, "" for one where they did not stand."""

    candidate: Candidate
    votes: tuple[str, ...]

    @property
    def names(self) -> str:
        return f"{self.candidate.pupil.full_name}, {self.candidate.substitute.full_name}"


@dataclass(frozen=True)
class RoundLine:
    """A round with its turn-out; once closed, is the urn still what was counted?"""

    round: Round
    on_roll: int
    voted: int
    is_same: bool

    @property
    def expressed(self) -> int:
        return self.round.voted - self.round.blank


def rounds_of(election: Election) -> list[RoundLine]:
    """The rounds with their turn-out, live while one is open (one query, and one an urn)."""
    rows = (
        Round.objects.filter(election=election)
        .select_related("closed_by")
        .annotate(lines=Count("electors"), ticks=Count("electors", filter=Q(electors__has_voted=True)))
        .order_by("number")
    )
    return [
        RoundLine(
            row,
            row.lines if row.is_open else row.on_roll,
            row.ticks if row.is_open else row.voted,
            row.is_open or (counting.is_same(row) and counting.digest_of(row) == row.digest),
        )
        for row in rows
    ]


def candidates_of(viewer: Viewer, election: Election, rounds: Sequence[RoundLine]) -> list[CandidateLine]:
    """Those that this viewer sees, with their votes in the rounds that are closed: those who are elected first, then the most votes."""
    found = (
        Candidate.objects.visible_to(viewer)
        .filter(election=election)
        .select_related("pupil", "substitute")
        .order_by("pupil__search_name", "pk")
    )
    closed = [line.round for line in rounds if not line.round.is_open]
    lines = [
        CandidateLine(one, tuple(str(round_.tally.get(str(one.pk), "")) for round_ in closed))
        for one in found
    ]
    if closed:
        lines.sort(key=lambda line: [int(vote or 0) for vote in reversed(line.votes)], reverse=True)
        lines.sort(key=lambda line: line.candidate.elected_in or 3)
    return lines


def standing(election: Election) -> list[Candidate]:
    """Accepted and not elected yet: those whose names are on a ballot."""
    return list(
        Candidate.objects.filter(election=election, state=Candidate.State.ACCEPTED, elected_in=0)
        .select_related("pupil", "substitute")
        .order_by("pupil__search_name", "pk")
    )


def open_round(election: Election) -> Round | None:
    found: Round | None = election.rounds.filter(closed_at=None).first()
    return found


def own_line(viewer: Viewer, election: Election) -> Elector | None:
    """One's own line on the roll of the round that is open, ticked or not."""
    if not rules.is_elector(viewer):
        return None
    found: Elector | None = Elector.objects.filter(
        round__election=election, round__closed_at=None, pupil=viewer.person.pk
    ).first()
    return found


def points_of(line: RoundLine, candidates: Iterable[CandidateLine]) -> list[tuple[str, int]]:
    """Each candidate of a closed round and their votes, as `ui.chart` draws them; blanks last."""
    names = {str(one.candidate.pk): one.candidate.pupil.full_name for one in candidates}
    points = [(names[key], number) for key, number in line.round.tally.items() if key in names]
    return [*sorted(points, key=lambda point: -point[1]), (str(_("Blancs")), line.round.blank)]


def roll_of(round_: Round) -> "QuerySet[Elector]":
    return Elector.objects.filter(round=round_).select_related("pupil").order_by("pupil__search_name", "pk")


def elector_of_code(typed: str) -> Elector | None:
    """Whose code it is, in a round that is open, and that has not served."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if not code:
        return None
    found: Elector | None = (
        Elector.objects.filter(code=digest_of_code(code), has_voted=False, round__closed_at=None)
        .select_related("round", "round__election", "round__election__group")
        .first()
    )
    return found


def digest_of_code(code: str) -> str:
    """What is kept of a code: nobody reads one in the database."""
    return salted_hmac("preau.surveys.code", code, algorithm="sha256").hexdigest()


def rows_to_vote(viewer: Viewer) -> "QuerySet[Elector, Any]":
    """For « À répondre »."""
    return row_of(
        Elector.objects.to_vote(viewer),
        SOURCE,
        about="pupil_id",
        text="round__election__group__name",
        starts="round__opened_at",
    )


def votes_to_cast(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    return [
        Awaited(
            title=_("Élection des délégués de %(group)s") % {"group": row.text},
            url=reverse("surveys:vote", kwargs={"pk": row.key}),
            gesture=_("Voter"),
            about=row.about or 0,
            icon="check",
        )
        for row in rows
    ]


# Delegates


@dataclass(frozen=True)
class DelegatesOfClass:
    group: Group
    lines: tuple[Delegate, ...]


def delegates_of(viewer: Viewer) -> list[DelegatesOfClass]:
    """Class by class, those of this year (one query)."""
    found = (
        Delegate.objects.visible_to(viewer)
        .current()
        .filter(group__year=viewer.year)
        .select_related("group", "person")
        .order_by("group__name", "group_id", "kind", "person__search_name", "pk")
    )
    by_group: dict[int, list[Delegate]] = {}
    for one in found:
        by_group.setdefault(one.group_id, []).append(one)
    return [DelegatesOfClass(lines[0].group, tuple(lines)) for lines in by_group.values()]


def guardians_of(group: Group, today: date) -> "QuerySet[Person]":
    """The parents of a class, of whom some represent the others."""
    learnt = Enrolment.objects.active(today).filter(group=group)
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=learnt.values("pupil_id"))
    return Person.objects.filter(
        pk__in=links.filter(guardian__is_institution=False).values("guardian_id")
    ).order_by("search_name", "pk")


def pupils_delegated(school_id: int, today: date) -> Any:
    """For the board of the directory: the pupils who are delegates or substitutes, and still learn in their class."""
    kinds = [Delegate.Kind.DELEGATE, Delegate.Kind.SUBSTITUTE]
    found = Delegate.objects.current().filter(school=school_id, kind__in=kinds, group__year__school=school_id)
    return found.filter(
        person__enrolments__in=Enrolment.objects.active(today).values("pk"),
        group__year__starts__lte=today,
        group__year__ends__gte=today,
    ).values("person_id")


def parents_delegated(school_id: int, today: date) -> Any:
    """The representatives of parents of this year's classes."""
    return (
        Delegate.objects.current()
        .filter(school=school_id, kind=Delegate.Kind.PARENT)
        .filter(group__year__starts__lte=today, group__year__ends__gte=today)
        .values("person_id")
    )
