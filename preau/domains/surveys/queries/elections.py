"""Elections in lists and on their page; who is delegate."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
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
    return found.order_by("rank", "name", "pk")


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
    def reading(self) -> str:
        return reading_of(self.candidate)

    @property
    def names(self) -> str:
        return f"{self.candidate.pupil.full_name}, {self.candidate.substitute.full_name}"


@dataclass(frozen=True)
class RoundLine:
    """A round with its turn-out; once closed, is the urn still what was counted, and the digest that of what is written?

    `said`: the line whose SHA-256 the digest is.
    """

    round: Round
    on_roll: int
    voted: int
    is_same: bool
    said: str = ""
    is_unchanged: bool = True

    @property
    def expressed(self) -> int:
        return self.round.voted - self.round.blank

    @property
    def is_hidden(self) -> bool:
        """As long as it is open, nobody reads how few have voted: the first ballots would be somebody's."""
        return self.round.is_open and self.voted < rules.THRESHOLD


@dataclass(frozen=True)
class Turnout:
    """How many have voted in an open round, and how many may still: who left the class does not."""

    on_roll: int
    voted: int
    missing: int

    @property
    def is_few(self) -> bool:
        return self.voted < rules.THRESHOLD

    @property
    def may_close(self) -> bool:
        return not self.is_few or (self.missing == 0 and self.voted > 0)


def turnout_of(round_: Round, today: date) -> Turnout:
    """Of an open round, as the class is today (one query)."""
    there = Q(has_voted=False, pupil__in=pupils_of(round_.election.group, today).order_by().values("pk"))
    return Turnout(
        **Elector.objects.filter(round=round_).aggregate(
            on_roll=Count("pk"),
            voted=Count("pk", filter=Q(has_voted=True)),
            missing=Count("pk", filter=there),
        )
    )


def rounds_of(election: Election) -> list[RoundLine]:
    """The rounds with their turn-out, live while one is open (two queries, and one an urn)."""
    rows = (
        Round.objects.filter(election=election)
        .select_related("closed_by", "election", "election__group")
        .annotate(lines=Count("electors"), ticks=Count("electors", filter=Q(electors__has_voted=True)))
        .order_by("number")
    )
    found = list(rows)
    names: dict[str, str] = {}
    if any(not row.is_open for row in found):
        stood = Candidate.objects.filter(election=election).select_related("pupil")
        names = {str(one.pk): one.pupil.full_name for one in stood}
    return [
        RoundLine(row, row.lines, row.ticks, is_same=True)
        if row.is_open
        else RoundLine(
            row,
            row.on_roll,
            row.voted,
            counting.is_same(row),
            counting.said_of(row, names),
            counting.digest_of(row, names) == row.digest,
        )
        for row in found
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


def on_ballot(election: Election) -> list[Candidate]:
    """Accepted with a substitute who agreed, and not elected yet: those for whom a ballot may have been cast."""
    return list(
        Candidate.objects.filter(election=election, state=Candidate.State.ACCEPTED, agreed=True, elected_in=0)
        .select_related("pupil", "substitute")
        .order_by("pupil__search_name", "pk")
    )


def standing(election: Election, today: date) -> list[Candidate]:
    """Of these, the two of whom are of the class today: those whose names are on a ballot."""
    there = set(pupils_of(election.group, today).values_list("pk", flat=True))
    return [one for one in on_ballot(election) if {one.pupil_id, one.substitute_id} <= there]


def not_ready(election: Election, today: date) -> list[Candidate]:
    """Those that would not be on the ballot: to be written anew, without a substitute who agreed, or of somebody who left."""
    ready = {one.pk for one in standing(election, today)}
    found = Candidate.objects.filter(election=election).select_related("pupil", "substitute")
    return [one for one in found.order_by("pupil__search_name", "pk") if one.pk not in ready]


def reading_of(candidate: Candidate) -> str:
    """The digest of what an adult reads of a candidacy before they decide."""
    text = json.dumps([candidate.substitute_id, candidate.words], ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


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
        .select_related("round", "round__election", "round__election__group", "round__election__school")
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

    @property
    def by_kind(self) -> list[tuple[str, list[Delegate]]]:
        """Under a heading for all of a kind: the file does not say who is « déléguée »."""
        headings = {
            Delegate.Kind.DELEGATE: _("Délégués de la classe"),
            Delegate.Kind.SUBSTITUTE: _("Suppléants"),
            Delegate.Kind.PARENT: _("Représentants de parents"),
        }
        found = [
            (heading, [line for line in self.lines if line.kind == kind])
            for kind, heading in headings.items()
        ]
        return [(heading, lines) for heading, lines in found if lines]


def speaking_for(viewer: Viewer) -> "QuerySet[Delegate]":
    """Those of this year whom this viewer sees."""
    return Delegate.objects.visible_to(viewer).speaking(viewer.today)


def classes_with_delegates(viewer: Viewer) -> "QuerySet[Group]":
    return Group.objects.filter(pk__in=speaking_for(viewer).order_by().values("group_id")).order_by(
        "name", "pk"
    )


def delegates_of(viewer: Viewer, groups: Sequence[Group]) -> list[DelegatesOfClass]:
    """Who speaks for each of these classes (one query)."""
    found = (
        speaking_for(viewer)
        .filter(group__in=[group.pk for group in groups])
        .select_related("person")
        .order_by("kind", "person__search_name", "pk")
    )
    by_group: dict[int, list[Delegate]] = {}
    for one in found:
        by_group.setdefault(one.group_id, []).append(one)
    return [DelegatesOfClass(group, tuple(by_group.get(group.pk, ()))) for group in groups]


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
    found = Delegate.objects.speaking(today).filter(school=school_id, kind__in=kinds)
    return found.values("person_id")


def parents_delegated(school_id: int, today: date) -> Any:
    """The representatives of parents of this year's classes, who still answer for a pupil of theirs."""
    found = Delegate.objects.speaking(today).filter(school=school_id, kind=Delegate.Kind.PARENT)
    return found.values("person_id")
