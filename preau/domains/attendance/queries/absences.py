"""Absences as lists show them: to families, to school life, to a spreadsheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import SAID, Entry, Explanation, Status, exempting, label_of
from preau.domains.attendance.rules import (
    answers_for_absences,
    follows_absences,
    only_reads_absences,
    reason_said,
)
from preau.foundation import dates, text
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import AgendaEntry, Awaited
from preau.foundation.prepared import Lines, Prepared


@dataclass(frozen=True)
class AbsenceRow:
    """One absence or lateness as lists show it."""

    pk: int
    pupil: str
    list_name: str
    group: str
    day: date
    hours: str
    subject: str
    status: str
    label: str
    explanation_id: int | None
    explanation_state: str
    reason: str
    to_explain: bool
    settled: bool
    announced: bool
    exempt: bool
    own: bool = False
    """Read by the pupil or the family: what they sent waits for the school, not for them."""
    explains: bool = True
    """Whoever reads it answers for absences; a pupil under eighteen does not."""

    @property
    def has_state(self) -> bool:
        """A lateness that nobody has settled says no more than itself."""
        return self.status == Status.ABSENT or self.settled

    @property
    def tag(self) -> tuple[str, str]:
        """The word and the tone of what remains to be done."""
        if self.settled:
            return (_("Réglée") if self.status == Status.ABSENT else _("Réglé"), "done")
        if self.status != Status.ABSENT:
            return (self.label, "neutral")
        if self.exempt:
            return (_("Dispensé"), "neutral")
        return self._explained()

    def _explained(self) -> tuple[str, str]:
        match self.explanation_state:
            case Explanation.State.PENDING:
                if self.own:
                    return (_("Absence annoncée") if self.announced else _("Explication envoyée"), "neutral")
                return (_("Annoncée, à valider") if self.announced else _("Explication à lire"), "todo")
            case Explanation.State.ACCEPTED:
                return (_("Explication acceptée"), "done")
            case Explanation.State.REFUSED:
                return (_("Explication refusée"), "changed")
        return (_("À expliquer") if self.explains else _("À expliquer par la famille"), "todo")


COLUMNS = (
    "pk",
    "pupil__family_name",
    "pupil__given_name",
    "day",
    "lesson__starts",
    "lesson__ends",
    "school__timezone",
    "lesson__subject__name",
    "status",
    "minutes_late",
    "explanation_id",
    "explanation__state",
    "explanation__reason__label",
    "explanation__reason__confidential",
    "explanation__given_by_id",
    "pupil_id",
    "explanation__announcement_id",
    "handling__settled",
    "handling__reason__label",
    "handling__reason__confidential",
    "handling__told_by_id",
)


def rows_of(
    entries: "QuerySet[Entry] | Sequence[Mapping[str, Any]]", classes: Mapping[int, str], viewer: Viewer
) -> list[AbsenceRow]:
    """Lines of `entries.values(*COLUMNS, exempt=exempting())` as rows; `classes` gives the class of each pupil."""
    return [_absence_row(line, classes, viewer) for line in entries]  # type: ignore[arg-type]


def _absence_row(line: Mapping[str, Any], classes: Mapping[int, str], viewer: Viewer) -> AbsenceRow:
    settled, exempt, absent = bool(line["handling__settled"]), line["exempt"], line["status"] == Status.ABSENT
    return AbsenceRow(
        pk=line["pk"],
        pupil=line["pupil__given_name"],
        list_name=f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}",
        group=classes.get(line["pupil_id"], ""),
        day=line["day"],
        hours=dates.hours(line["lesson__starts"], line["lesson__ends"], line["school__timezone"]),
        subject=line["lesson__subject__name"],
        status=line["status"],
        label=label_of(line["status"], line["minutes_late"]),
        explanation_id=line["explanation_id"],
        explanation_state=line["explanation__state"] or "",
        reason=_reason(line, viewer),
        to_explain=not settled and not exempt and absent and line["explanation__state"] not in SAID,
        settled=settled,
        announced=bool(line["explanation__announcement_id"]),
        exempt=exempt,
        own=follows_absences(viewer),
        explains=not only_reads_absences(viewer),
    )


def _reason(line: Mapping[str, Any], viewer: Viewer) -> str:
    """The reason kept by school life, else the one that a family gave, as far as the viewer may read it."""
    kept = line["handling__reason__label"]
    of, said_by = (
        ("handling", "handling__told_by_id") if kept else ("explanation", "explanation__given_by_id")
    )
    label = line[f"{of}__reason__label"] or ""
    return reason_said(viewer, label, line[said_by], confidential=bool(line[f"{of}__reason__confidential"]))


CLASSES = Prepared(
    lambda pupils, day: (
        Enrolment.objects.active(day)
        .filter(pupil_id__in=pupils, group__kind=Group.Kind.CLASS)
        .values_list("pupil_id", "group__name")
    )
)


def classes_of(pupil_ids: Sequence[int], day: date) -> dict[int, str]:
    """The class of each pupil on a day."""
    return dict(CLASSES(tuple(dict.fromkeys(pupil_ids)), day))


RECENT = Prepared(lambda viewer: absences_of(viewer)[:4])


def recent_rows(viewer: Viewer) -> list[AbsenceRow]:
    """The four newest of what a family follows."""
    return rows_of(RECENT(viewer), {}, viewer)


@dataclass(frozen=True)
class AbsenceDay:
    """What a family reads of one child on one day, lesson by lesson: what is true of all of them is said once."""

    pupil: str
    day: date
    rows: tuple[AbsenceRow, ...]

    @property
    def tag(self) -> tuple[str, str] | None:
        """The state that all of them share."""
        states = {row.tag for row in self.rows if row.has_state}
        return states.pop() if len(states) == 1 and all(row.has_state for row in self.rows) else None

    @property
    def reason(self) -> str:
        """The reason that all of them share; "" for none."""
        reasons = {row.reason for row in self.rows}
        return reasons.pop() if len(reasons) == 1 else ""

    @property
    def to_explain(self) -> AbsenceRow | None:
        """The first that waits for a word: its form offers the others of the day."""
        return next((row for row in self.rows if row.to_explain), None)

    @property
    def explanations(self) -> list[int]:
        return list(dict.fromkeys(row.explanation_id for row in self.rows if row.explanation_id))


def days_of(rows: Iterable[AbsenceRow]) -> list[AbsenceDay]:
    """Newest day first, in a day one child after the other; of each, the lessons by the hour. `rows`: newest first."""
    days: dict[tuple[date, str], list[AbsenceRow]] = {}
    for row in rows:
        days.setdefault((row.day, row.pupil), []).insert(0, row)
    ordered = sorted(days, key=lambda key: (-key[0].toordinal(), key[1]))
    return [AbsenceDay(pupil, day, tuple(days[day, pupil])) for day, pupil in ordered]


def absences_of(viewer: Viewer) -> "QuerySet[Entry, dict[str, Any]]":
    """What a family follows: absences and latenesses of its pupils, newest first."""
    seen = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
    return seen.order_by("-day", "-lesson__starts", "pk").values(*COLUMNS, exempt=exempting())


CHILDREN = Prepared(lambda viewer: Person.objects.filter(pk__in=viewer.own_pupils()))
# One group of all that is found: how many there are.
FOLLOWED_NUMBER = Prepared(
    lambda viewer, child: (
        _followed(viewer, child)
        .order_by()
        .values(every=Value(1))
        .annotate(number=Count("pk"))
        .values_list("number", flat=True)
    )
)
OWN_PENDING = Prepared(
    lambda viewer: Explanation.objects.visible_to(viewer).pending().order_by().values_list("pk", flat=True)
)


def _followed(viewer: Viewer, child: int | None) -> "QuerySet[Entry, dict[str, Any]]":
    return absences_of(viewer).filter(pupil=child) if child else absences_of(viewer)


FOLLOWED = Prepared(_followed)


def children_of(viewer: Viewer) -> list[Person]:
    """The children whom a guardian follows here; nobody for a pupil, who follows themselves."""
    return CHILDREN(viewer) if viewer.is_guardian else []


def absences_followed(viewer: Viewer, child: Person | None) -> Lines:
    """What a family follows, of one child or of all, for a paginator."""
    one = child.pk if child else None
    return Lines(
        lambda: FOLLOWED_NUMBER.first(viewer, one) or 0,
        lambda first, last: FOLLOWED.part(first, last, viewer, one),
    )


def own_explanations_waiting(viewer: Viewer) -> set[int]:
    """What this person has said of an absence and nobody has read: it may still be taken back."""
    return set(OWN_PENDING(viewer))


def rows_to_explain(viewer: Viewer) -> "QuerySet[Entry, Any]":
    """The lessons missed that a family has still to explain, among all that is awaited of it."""
    return row_of(
        Entry.objects.visible_to(viewer).to_explain(),
        "attendance.explain",
        about="pupil_id",
        whose="pupil__given_name",
        day="day",
        starts="lesson__starts",
        ends="lesson__ends",
        word=Coalesce("explanation__state", Value("")),
        text="school__timezone",
        more="school__phone",
    )


def absences_to_explain(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """The absences a family has to explain, one line a pupil and a day, oldest first."""
    days: dict[tuple[int, date | None], list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row.day, row.about, row.starts)):  # type: ignore[return-value, arg-type]
        days.setdefault((row.about, row.day), []).append(row)
    return [_to_explain(lessons) for lessons in days.values()]


def _to_explain(lessons: list[Row]) -> Awaited:
    first, last, zone = lessons[0], lessons[-1], lessons[0].text
    refused = any(row.word == Explanation.State.REFUSED for row in lessons)
    hours = ""
    if first.starts and last.ends:
        ends = {"starts": dates.hour(first.starts, zone), "ends": dates.hour(last.ends, zone)}
        hours = _("de %(starts)s à %(ends)s") % ends
    return Awaited(
        title=_("Absence à expliquer"),
        url=reverse("attendance:explain", kwargs={"pk": first.key}),
        gesture=_("Expliquer"),
        about=first.about,
        whose=first.whose,
        when=f"{dates.day(first.day)}, {hours}" if first.day else hours,
        text=_("Vous pouvez en donner une autre.") if refused else "",
        day=first.day,
        word=_("Explication refusée") if refused else "",
        tone="changed",
        icon="alert-triangle",
        phone=first.more,
    )


def same_day_to_explain(entry: Entry) -> "QuerySet[Entry]":
    """The absences of the same pupil and day that one explanation may cover."""
    same = Entry.objects.filter(
        pupil_id=entry.pupil_id, school_id=entry.school_id, day=entry.day
    ).to_explain()
    return same.select_related("lesson__subject", "lesson__school").order_by("lesson__starts")


class Show(StrEnum):
    """What the list may be narrowed to, as an address says it."""

    TO_SETTLE = "a_regler"
    TO_EXPLAIN = "a_expliquer"
    EXEMPT = "dispense"
    SETTLED = "reglee"
    TO_READ = "a_lire"
    ACCEPTED = "acceptee"
    REFUSED = "refusee"
    LATE = "retard"


SHOWN: dict[Show, Q] = {
    Show.SETTLED: Q(handling__settled=True),
    Show.TO_READ: Q(status=Status.ABSENT, explanation__state=Explanation.State.PENDING),
    Show.ACCEPTED: Q(status=Status.ABSENT, explanation__state=Explanation.State.ACCEPTED),
    Show.REFUSED: Q(status=Status.ABSENT, explanation__state=Explanation.State.REFUSED),
    Show.LATE: Q(status=Status.LATE),
}


class Order(Enum):
    """By what the list may be sorted; the last fields keep the pages the same from one to the next."""

    EARLIEST = ("day", "lesson__starts", "-pupil__search_name", "-pk")
    NEWEST = ("-day", "-lesson__starts", "pupil__search_name", "pk")
    BY_NAME = ("pupil__search_name", "-day", "-lesson__starts", "pk")
    BY_NAME_UP = ("-pupil__search_name", "day", "lesson__starts", "-pk")


def entries_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Entry]":
    """The absences of the school that match the filters chosen (`forms.AbsenceFilter`), to be read by `lines_of`."""
    return _matching(viewer, *_wanted(chosen))


def learning_in(group: int, today: date) -> "QuerySet[Enrolment, dict[str, Any]]":
    """The pupils who are in a class today, wherever they were when something was noted of them."""
    return Enrolment.objects.active(today).filter(group=group).values("pupil")


def _wanted(chosen: Mapping[str, Any]) -> tuple[str | None, int | None, date, date, Show | None]:
    name = text.fold(chosen["nom"]) if chosen.get("nom") else None
    group = chosen["classe"].pk if chosen.get("classe") else None
    show = Show(chosen["etat"]) if chosen.get("etat") else None
    return name, group, chosen.get("du") or date.min, chosen.get("au") or date.max, show


def _matching(
    viewer: Viewer, name: str | None, group: int | None, first: date, last: date, show: Show | None
) -> "QuerySet[Entry]":
    # Always between two days: the newest are then read where the index by day ends, not among those of the whole year.
    found = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT).filter(day__range=(first, last))
    if name is not None:
        found = found.filter(pupil__search_name__contains=name)
    if group is not None:
        found = found.filter(pupil__in=learning_in(group, viewer.today))
    match show:
        case None:
            return found
        case Show.TO_SETTLE:
            return found.to_settle()
        case Show.TO_EXPLAIN:
            return found.to_explain()
        case Show.EXEMPT:
            return found.exempt()
    return found.filter(SHOWN[show])


LISTED = Prepared(lambda viewer, order, *wanted: lines_of(_matching(viewer, *wanted)).order_by(*order.value))
NUMBER = Prepared(
    lambda viewer, *wanted: (
        _matching(viewer, *wanted)
        .order_by()
        .values("school")
        .annotate(n=Count("pk"))
        .values_list("n", flat=True)
    )
)


def entries_listed(viewer: Viewer, chosen: Mapping[str, Any], order: Order) -> Lines:
    """What `entries_matching` finds, for a paginator."""
    wanted = _wanted(chosen)
    return Lines(
        lambda: NUMBER.first(viewer, *wanted) or 0,
        lambda first, last: LISTED.part(first, last, viewer, order, *wanted),
    )


def lines_of(entries: "QuerySet[Entry]") -> "QuerySet[Entry, dict[str, Any]]":
    """Entries with what a line says of them, newest first: the tables that this asks for are no matter for a count."""
    return entries.order_by("-day", "-lesson__starts", "pupil__search_name", "pk").values(
        *COLUMNS, exempt=exempting()
    )


BETWEEN = Prepared(
    lambda viewer, first, last: (
        Entry.objects.visible_to(viewer)
        .exclude(status=Status.PRESENT)
        .filter(day__range=(first, last))
        .order_by("lesson__starts", "pk")
        .values(*COLUMNS, exempt=exempting())
    )
)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """A family's absences and latenesses between two days: those of one pupil, day and state together (one query)."""
    together: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for line in BETWEEN(viewer, first, last):
        row = _absence_row(line, {}, viewer)
        # Two latenesses of a day are two facts; the hours missed one after the other are one.
        key = (line["pupil_id"], row.day, row.tag, row.status == Status.LATE and row.pk)
        together.setdefault(key, []).append(line)
    return [_agenda_entry(viewer, lessons) for lessons in together.values()]


def _agenda_entry(viewer: Viewer, lessons: list[Mapping[str, Any]]) -> AgendaEntry:
    row = _absence_row(lessons[0], {}, viewer)
    word, tone = row.tag if row.status == Status.ABSENT else ("", "neutral")
    to_explain = row.to_explain and answers_for_absences(viewer)
    address = (
        reverse("attendance:explain", kwargs={"pk": row.pk}) if to_explain else reverse("attendance:absences")
    )
    missed = ", ".join(dict.fromkeys(line["lesson__subject__name"] for line in lessons))
    return AgendaEntry(
        uid=f"absence-{row.pk}",
        title=_("Absence") if row.status == Status.ABSENT else row.label,
        starts=lessons[0]["lesson__starts"],
        ends=lessons[-1]["lesson__ends"],
        zone=lessons[0]["school__timezone"],
        whose=row.pupil if viewer.is_guardian else "",
        detail=missed,
        word=word,
        tone=tone,
        url=address,
        gesture=_("Expliquer") if to_explain else _("Voir les absences"),
    )


def absences_between(viewer: Viewer, pupil: Person, starts: datetime, ends: datetime) -> int:
    """At how many lessons of these hours a roll has noted this pupil absent (one query)."""
    found = Entry.objects.visible_to(viewer).absences().filter(pupil=pupil)
    return found.filter(lesson__starts__lt=ends, lesson__ends__gt=starts).count()
