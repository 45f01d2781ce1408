"""Records in lists, and one record on its page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Holding
from preau.directory.queries.finding import classes_of
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.records import rules
from preau.domains.records.models import Kind, Paper, Reader, Record, Version, Words
from preau.foundation import boards, dates, filekinds
from preau.foundation.text import weight

COLUMNS = (
    "public_id",
    "pupil_id",
    "pupil__family_name",
    "pupil__given_name",
    "kind",
    "state",
    "review_on",
    "school__name",
)
# As pages and histories name the parts of a record.
PARTS = {
    "needs": gettext_lazy("Ce qu’il faut savoir"),
    "plan": gettext_lazy("Ce qui est prévu"),
    "emergency": gettext_lazy("Que faire en cas d’urgence"),
    "plain": gettext_lazy("En mots simples, pour l’élève"),
    "review_on": gettext_lazy("Date de la revue"),
    "shows_emergency": gettext_lazy("Conduite d’urgence montrée ou non"),
}


@dataclass(frozen=True)
class RecordRow:
    """One record as lists show it: of whom, of which kind, when it is to be looked at. Never what it says."""

    public_id: str
    list_name: str
    given_name: str
    group: str
    kind: str
    short: str
    state: tuple[str, str]
    review_on: date
    is_late: bool
    school: str


def records_of(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Record, dict[str, Any]]":
    """Those that a viewer may open and that match (`forms.RecordFilter`), by pupil."""
    found = Record.objects.visible_to(viewer)
    if chosen.get("nature"):
        found = found.filter(kind=chosen["nature"])
    found = found.filter(state=chosen.get("etat") or Record.State.OPEN)
    if chosen.get("classe"):
        learning = Enrolment.objects.active(viewer.today).filter(group=chosen["classe"])
        found = found.filter(pupil__in=learning.values("pupil_id"))
    return found.order_by("pupil__search_name", "kind", "pk").values(*COLUMNS)


def own_records(viewer: Viewer) -> "QuerySet[Record, dict[str, Any]]":
    """Those that a family reads of its children, or a pupil of their own; open ones first."""
    found = Record.objects.visible_to(viewer)
    return found.order_by("-state", "pupil__search_name", "kind", "pk").values(*COLUMNS)


def rows_of(viewer: Viewer, lines: Iterable[Mapping[str, Any]]) -> list[RecordRow]:
    """Lines as rows, with the class of each pupil (one query)."""
    lines = list(lines)
    groups = classes_of(viewer, [line["pupil_id"] for line in lines]) if lines else {}
    return [_row(line, groups.get(line["pupil_id"], ""), viewer.today) for line in lines]


def _row(line: Mapping[str, Any], group: str, today: date) -> RecordRow:
    is_open = line["state"] == Record.State.OPEN
    near = is_open and rules.is_to_review(line["review_on"], today)
    state = (
        (_("À revoir"), "todo")
        if near
        else (str(Record.State(line["state"]).label), "done" if is_open else "neutral")
    )
    return RecordRow(
        public_id=line["public_id"],
        list_name=f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}".strip(),
        given_name=line["pupil__given_name"],
        group=group,
        kind=str(Kind(line["kind"]).label),
        short=Kind(line["kind"]).short,
        state=state,
        review_on=line["review_on"],
        is_late=is_open and line["review_on"] < today,
        school=line["school__name"],
    )


def whole(record: Record) -> Record:
    """A record with its pupil, its school and who opened it (one query)."""
    found: Record = Record.objects.select_related(
        "pupil", "school", "opened_by", "closed_by", "came_from"
    ).get(pk=record.pk)
    return found


@dataclass(frozen=True)
class OpenVersion:
    """A version that is being read. `words` is None when the key that sealed it is gone."""

    number: int
    by: str
    at: datetime
    words: Words | None

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts that say something, but the emergency, which has its own place."""
        if self.words is None:
            return []
        pairs = [(str(PARTS[name]), getattr(self.words, name)) for name in ("needs", "plan", "plain")]
        return [(label, text) for label, text in pairs if text]


def opened_at(record: Record, number: int) -> OpenVersion | None:
    """A version of a record, opened; None when there is no such number (one query)."""
    found: Version | None = record.versions.select_related("by").filter(number=number).first()
    if found is None:
        return None
    return OpenVersion(found.number, found.by.full_name, found.at, record.open(found))


@dataclass(frozen=True)
class Step:
    """One version in the history: who wrote it, when, and the names of what changed."""

    number: int
    title: str
    when: str
    changed: str


def steps_of(record: Record) -> list[Step]:
    """Every version, the newest first (one query); nothing is opened."""
    return [
        Step(
            version.number,
            _("Version %(number)s, %(name)s") % {"number": version.number, "name": version.by.full_name},
            dates.day_and_hour(version.at),
            said_of_parts(version.changed),
        )
        for version in record.versions.select_related("by").order_by("-number")
    ]


@dataclass(frozen=True)
class PaperRow:
    """One paper: its name, opened; nothing of it is drawn."""

    pk: int
    name: str
    word: str
    icon: str
    size: str
    added: str


def papers_of(record: Record) -> list[PaperRow]:
    """The papers of a record (one query)."""
    found = list(record.papers.select_related("added_by").order_by("pk"))
    for paper in found:
        paper.record = record
    return [_paper(paper) for paper in found]


def _paper(paper: Paper) -> PaperRow:
    kind = filekinds.KINDS[paper.kind]
    added = _("%(name)s, le %(day)s") % {
        "name": paper.added_by.full_name,
        "day": dates.plain_day(dates.local(paper.added_at, paper.record.school.timezone).date()),
    }
    return PaperRow(
        paper.pk, paper.name or _("Document"), str(kind.word), kind.icon, weight(paper.size), added
    )


def readers_of(record: Record) -> "QuerySet[Reader]":
    """Everybody who may open it, or could: those whose access goes on first."""
    found = Reader.objects.filter(record=record).select_related("person", "added_by", "ended_by")
    return found.order_by(F("ended_at").asc(nulls_first=True), "pk")


@dataclass(frozen=True)
class ReadingRow:
    """Somebody opened the record: who, for those on its list; in which role, for a family; and what they opened."""

    at: datetime
    who: str
    what: str


READ = ("records.read", "records.emergency_read", "records.paper_read", "records.printed")


def readings_of(viewer: Viewer, record: Record) -> "QuerySet[Line]":
    """The times when a record was opened, the newest first. A family reads those of the school and its own, not the other parent's."""
    words = [word for word in boards.journal_words if word.verb in READ]
    verbs = [verb for word in words for verb in (word.verb, *word.formerly)]
    found = Line.objects.filter(target="records.record", target_id=record.pk, verb__in=verbs)
    if not viewer.is_staff:
        staff = found.filter(acting_as__startswith="staff")
        found = staff | found.filter(actor_id=viewer.person.pk)
    return found.select_related("actor").order_by("-pk")


def reading_rows(viewer: Viewer, record: Record, lines: Iterable[Line]) -> list[ReadingRow]:
    """Lines as rows; for a family, in which role (docs/decisions/0019), one query more."""
    lines = list(lines)
    words = {verb: str(word.label) for verb, word in boards.journal_words_by_verb().items()}
    roles = _roles(record, [line.actor_id for line in lines if line.actor_id])
    return [ReadingRow(line.at, _who(viewer, line, roles), words.get(line.verb, line.verb)) for line in lines]


def _roles(record: Record, people: list[int]) -> dict[int, list[str]]:
    held = Holding.objects.exclude(role=Role.PUPIL).filter(person__in=people, school=record.school_id)
    found: dict[int, list[str]] = {}
    for person, role in held.order_by("pk").values_list("person_id", "role"):
        found.setdefault(person, []).append(str(Role(role).label))
    return found


def _who(viewer: Viewer, line: Line, roles: Mapping[int, list[str]]) -> str:
    if line.actor_id == viewer.person.pk:
        return _("Vous")
    if not line.acting_as.startswith("staff"):
        return _("L’élève") if line.acting_as.startswith("pupil") else _("Un responsable")
    label = ", ".join(dict.fromkeys(roles.get(line.actor_id or 0, [_("Personnel")])))
    if not viewer.is_staff or line.actor is None:
        return label
    return f"{line.actor.full_name} · {label}"


def said_of_parts(changed: str) -> str:
    """The names of the parts that a version changed."""
    return ", ".join(str(PARTS[name]) for name in changed.split(",") if name in PARTS)


def word_of(kind: str) -> str:
    return str(filekinds.KINDS[kind].word)


def no_files() -> "QuerySet[Paper, int]":
    """What the store of files shows of the papers: nothing."""
    return Paper.objects.none().values_list("file", flat=True)
