"""Where each piece of a dossier is: the one place where it is computed, for the office and for families."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.files.models import StoredFile
from preau.commons.files.queries import FileRow, rows_of
from preau.directory.models import Enrolment, Group, Person
from preau.directory.viewer import Viewer
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.queries.collections import is_here


class State(StrEnum):
    """Of a piece. What was refused misses again."""

    MISSING = "missing"
    RECEIVED = "received"
    REFUSED = "refused"
    CHECKED = "checked"


TAGS = {
    State.MISSING: (gettext_lazy("À envoyer"), "todo", "upload"),
    State.RECEIVED: (gettext_lazy("Reçue, à vérifier"), "neutral", "clock"),
    State.REFUSED: (gettext_lazy("Refusée, à renvoyer"), "changed", "x"),
    State.CHECKED: (gettext_lazy("Vérifiée"), "done", "check"),
}
# As the office reads the same.
OFFICE_TAGS = TAGS | {
    State.MISSING: (gettext_lazy("Manque"), "todo", "clock"),
    State.REFUSED: (gettext_lazy("Refusée"), "changed", "x"),
}
TO_SEND = {State.MISSING, State.REFUSED}
# Used once more without being asked again: what does not change within a year, and is not of health.
REUSABLE = (Piece.Kind.INSURANCE, Piece.Kind.PHOTO, Piece.Kind.ADDRESS)


@dataclass(frozen=True)
class PieceState:
    """A piece of a dossier and what counts for it. `submission` is known to whoever may read it alone; `state`, to all who are asked.

    `kept_until`: its document goes after that day; `at_latest`: it goes before, once it is checked. `is_ticked`: a paper that the counter
    has noted and nobody has looked at yet, as the office knows.
    """

    piece: Piece
    state: State
    submission: Submission | None = None
    draft: Submission | None = None
    before: Submission | None = None
    kept_until: date | None = None
    at_latest: date | None = None
    is_ticked: bool = False

    @property
    def to_send(self) -> bool:
        return self.state in TO_SEND

    @property
    def is_missing(self) -> bool:
        """Does the dossier miss it?"""
        return self.to_send and self.piece.is_required

    @property
    def tag(self) -> tuple[str, str, str]:
        if self.state == State.MISSING and not self.piece.is_required:
            return _("Facultative"), "neutral", "info-circle"
        label, tone, icon = TAGS[self.state]
        return str(label), tone, icon

    @property
    def office_tag(self) -> tuple[str, str, str]:
        if self.state == State.MISSING and not self.piece.is_required:
            return _("Facultative"), "neutral", "info-circle"
        label, tone, icon = OFFICE_TAGS[self.state]
        return str(label), tone, icon

    @property
    def is_replaceable(self) -> bool:
        """May this reader send one? What somebody else has sent, they do not replace."""
        return self.to_send or (self.state == State.RECEIVED and self.submission is not None)

    @property
    def file(self) -> FileRow | None:
        return _file_of(self.submission)

    @property
    def draft_file(self) -> FileRow | None:
        return _file_of(self.draft)

    @property
    def refusal(self) -> str:
        """Why it was refused, to whoever sent it."""
        if self.submission is None or self.state != State.REFUSED:
            return ""
        reason = str(Submission.Reason(self.submission.reason).label)
        return f"{reason}. {self.submission.note}".strip() if self.submission.note else f"{reason}."


def _file_of(submission: Submission | None) -> FileRow | None:
    file: StoredFile | None = submission.file if submission else None
    return rows_of([file])[0] if file is not None else None


@dataclass(frozen=True)
class DossierRow:
    """A pupil in the following of a collection."""

    pk: int
    pupil: Person
    group: str
    pieces: tuple[PieceState, ...]
    is_late: bool

    def _labels(self, *states: State) -> list[str]:
        return [one.piece.label for one in self.pieces if one.state in states]

    @property
    def missing(self) -> list[str]:
        return [one.piece.label for one in self.pieces if one.state == State.MISSING and one.is_missing]

    @property
    def refused(self) -> list[str]:
        return self._labels(State.REFUSED)

    @property
    def received(self) -> list[str]:
        return self._labels(State.RECEIVED)

    @property
    def state(self) -> str:
        """« manque », « a-verifier », « refuse » or « complet »: the most pressing."""
        if any(one.is_missing for one in self.pieces):
            return "refuse" if self.refused and not self.missing else "manque"
        return "a-verifier" if self.received else "complet"

    @property
    def tag(self) -> tuple[str, str, str]:
        if self.state == "complet":
            return _("Complet"), "done", "check"
        if self.state == "a-verifier":
            return _("À vérifier"), "neutral", "eye"
        if self.is_late:
            return _("En retard"), "changed", "alert-triangle"
        return (_("Refusée"), "changed", "x") if self.state == "refuse" else (_("Manque"), "todo", "clock")

    def is_in(self, what: str) -> bool:
        """Under a filter: some pupil misses one piece, has another to check."""
        tests = {
            "manque": any(one.is_missing for one in self.pieces),
            "a-verifier": bool(self.received),
            "refuse": bool(self.refused),
            "complet": self.state == "complet",
        }
        return tests.get(what, True)


@dataclass(frozen=True)
class PieceCount:
    """A piece in the following: how many of each."""

    piece: Piece
    checked: int
    received: int
    refused: int
    missing: int


@dataclass(frozen=True)
class Following:
    """What the page of a collection shows; `rows`, of the class that was chosen; `left`: how many pupils are in the school no more."""

    rows: tuple[DossierRow, ...]
    pieces: tuple[Piece, ...]
    left: int = 0

    def chosen(self, what: str) -> list[DossierRow]:
        return [row for row in self.rows if row.is_in(what)]

    def number(self, what: str) -> int:
        return len(self.chosen(what))

    @property
    def by_piece(self) -> list[PieceCount]:
        found = []
        for rank, piece in enumerate(self.pieces):
            counts = Counter(row.pieces[rank].state for row in self.rows)
            found.append(
                PieceCount(
                    piece,
                    counts[State.CHECKED],
                    counts[State.RECEIVED],
                    counts[State.REFUSED],
                    counts[State.MISSING],
                )
            )
        return found


def pieces_of(collection: Collection | int) -> list[Piece]:
    key = collection if isinstance(collection, int) else collection.pk
    return list(Piece.objects.filter(collection=key).order_by("place", "pk"))


def following(collection: Collection, today: date, group: Group | None = None) -> Following:
    """The pupils of a collection, of a class where one is chosen, and where each piece is (four queries). States alone: no document. Who left the school is counted apart:
    nothing is awaited of them."""
    dossiers = Dossier.objects.filter(collection=collection, pupil__erased_at=None).select_related("pupil")
    if group is not None:
        learnt = Enrolment.objects.active(today).filter(group=group).values("pupil_id")
        dossiers = dossiers.filter(pupil__in=learnt)
    asked = list(dossiers.annotate(here=is_here(today)).order_by("pupil__search_name", "pk"))
    found = [one for one in asked if one.here]
    pieces = pieces_of(collection)
    current = Submission.objects.current().filter(dossier__collection=collection)
    states = {
        (dossier, piece): State(state)
        for dossier, piece, state in current.values_list("dossier_id", "piece_id", "state")
    }
    classes = classes_of(collection, today)
    late = collection.is_late(today)
    rows = (
        DossierRow(
            one.pk,
            one.pupil,
            classes.get(one.pupil_id, ""),
            tuple(PieceState(piece, states.get((one.pk, piece.pk), State.MISSING)) for piece in pieces),
            late,
        )
        for one in found
    )
    return Following(tuple(rows), tuple(pieces), len(asked) - len(found))


def classes_of(collection: Collection, today: date) -> dict[int, str]:
    """The class of each pupil of the school (one query)."""
    learnt = Enrolment.objects.active(today).filter(school=collection.school_id, group__kind=Group.Kind.CLASS)
    return dict(learnt.order_by("pk").values_list("pupil_id", "group__name"))


def dossier_states(viewer: Viewer, dossier: Dossier) -> list[PieceState]:
    """One dossier as its reader opens it: where each piece is, and of what they may read, the document (four queries)."""
    collection = dossier.collection
    pieces = pieces_of(collection)
    current = {one.piece_id: one for one in _current(dossier)}
    seen = set(
        Submission.objects.visible_to(viewer).filter(dossier=dossier).order_by().values_list("pk", flat=True)
    )
    drafts = {
        one.piece_id: one
        for one in Submission.objects.filter(
            dossier=dossier, by=viewer.person.pk, state=Submission.State.DRAFT
        ).select_related("file")
        if not viewer.is_staff
    }
    before = {} if viewer.is_staff else sent_before(viewer, dossier, pieces)
    found = []
    for piece in pieces:
        one = current.get(piece.pk)
        state = State(one.state) if one else State.MISSING
        found.append(
            PieceState(
                piece,
                state,
                one if one and one.pk in seen else None,
                drafts.get(piece.pk),
                before.get(piece.pk) if state in TO_SEND else None,
                collection.year.ends if piece.keep == Piece.Keep.YEAR else None,
                collection.year.ends,
                bool(one and viewer.is_staff and one.way == Submission.Way.PAPER and state == State.RECEIVED),
            )
        )
    return found


def _current(dossier: Dossier) -> "QuerySet[Submission]":
    rows = Submission.objects.current().filter(dossier=dossier)
    return rows.select_related("file", "by", "decided_by", "again_of__dossier__collection").order_by("pk")


def sent_before(viewer: Viewer, dossier: Dossier, pieces: Iterable[Piece]) -> dict[int, Submission]:
    """By piece, what this person has sent this year for another dossier of the pupil, was checked there, and may be used again: their
    own alone, of the same school, for the same readers (one query)."""
    wanted = [one for one in pieces if one.kind in REUSABLE and not one.is_confidential]
    if not wanted:
        return {}
    known = (
        Submission.objects.current()
        .filter(
            dossier__pupil=dossier.pupil_id,
            by=viewer.person.pk,
            state=Submission.State.CHECKED,
            dossier__collection__year=dossier.collection.year_id,
            piece__kind__in={one.kind for one in wanted},
            piece__readers=Piece.Readers.OFFICE,
            file__state=StoredFile.State.READY,
        )
        .exclude(dossier=dossier.pk)
        .select_related("piece", "file", "dossier__collection")
        .order_by("decided_at", "pk")
    )
    latest = {one.piece.kind: one for one in known}
    return {one.pk: latest[one.kind] for one in wanted if one.kind in latest}


@dataclass(frozen=True)
class FamilyRow:
    """A dossier in the list of a family."""

    dossier: Dossier
    missing: int
    received: int
    checked: int
    is_late: bool


def family_rows(dossiers: Sequence[Dossier], today: date) -> list[FamilyRow]:
    """These dossiers with how many pieces are where (two queries, whatever their number)."""
    pieces: dict[int, list[Piece]] = {}
    for piece in Piece.objects.filter(collection__in={one.collection_id for one in dossiers}):
        pieces.setdefault(piece.collection_id, []).append(piece)
    current = Submission.objects.current().filter(dossier__in=[one.pk for one in dossiers])
    states = {
        (dossier, piece): State(state)
        for dossier, piece, state in current.values_list("dossier_id", "piece_id", "state")
    }
    found = []
    for one in dossiers:
        all_of_it = [
            PieceState(piece, states.get((one.pk, piece.pk), State.MISSING))
            for piece in pieces.get(one.collection_id, ())
        ]
        missing = sum(state.is_missing for state in all_of_it)
        counts = Counter(state.state for state in all_of_it)
        found.append(
            FamilyRow(
                one,
                missing,
                counts[State.RECEIVED],
                counts[State.CHECKED],
                bool(missing) and one.collection.is_open and one.collection.is_late(today),
            )
        )
    return found


def of_pupil(viewer: Viewer, pupil: Person) -> dict[str, Any] | None:
    """For the record of a pupil: what misses in the collections that are open (three queries); None when nothing is asked."""
    rows = Dossier.objects.visible_to(viewer).filter(pupil=pupil.pk, collection__state=Collection.State.OPEN)
    dossiers = list(rows.select_related("collection").order_by("collection__last_day", "pk")[:10])
    return {"dossier_rows": family_rows(dossiers, viewer.today)} if dossiers else None
