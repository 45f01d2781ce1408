"""Absences as lists show them: to families, to school life, to a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, Explanation, Status, label_of
from preau.domains.attendance.rules import answers_for_absences
from preau.foundation import dates, text
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared


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

    @property
    def tag(self) -> tuple[str, str]:
        """The word and the tone of what remains to be done."""
        if self.status != Status.ABSENT:
            return (self.label, "neutral")
        match self.explanation_state:
            case Explanation.State.PENDING:
                return (_("Explication à lire"), "todo")
            case Explanation.State.ACCEPTED:
                return (_("Explication acceptée"), "done")
            case Explanation.State.REFUSED:
                return (_("Explication refusée"), "changed")
        return (_("À expliquer"), "todo")


COLUMNS = (
    "pk", "pupil__family_name", "pupil__given_name", "day", "lesson__starts", "lesson__ends", "school__timezone",
    "lesson__subject__name", "status", "minutes_late", "explanation_id", "explanation__state",
    "explanation__reason__label", "pupil_id",
)  # fmt: skip


def rows_of(
    entries: "QuerySet[Entry] | Sequence[Mapping[str, Any]]", classes: Mapping[int, str]
) -> list[AbsenceRow]:
    """Lines of `entries.values(*COLUMNS)` as rows; `classes` gives the class of each pupil."""
    return [_absence_row(line, classes) for line in entries]  # type: ignore[arg-type]


def _absence_row(line: Mapping[str, Any], classes: Mapping[int, str]) -> AbsenceRow:
    state = line["explanation__state"] or ""
    settled = {Explanation.State.PENDING, Explanation.State.ACCEPTED}
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
        explanation_state=state,
        reason=line["explanation__reason__label"] or "",
        to_explain=line["status"] == Status.ABSENT and state not in settled,
    )


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
    return rows_of(RECENT(viewer), {})


def absences_of(viewer: Viewer) -> "QuerySet[Entry, dict[str, Any]]":
    """What a family follows: absences and latenesses of its pupils, newest first."""
    seen = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
    return seen.order_by("-day", "-lesson__starts", "pk").values(*COLUMNS)


TO_EXPLAIN = Prepared(
    lambda viewer: (
        Entry.objects.visible_to(viewer)
        .to_explain()
        .order_by("day", "pupil_id", "lesson__starts")
        .values(*COLUMNS, "school__phone")
    )
)


@dataclass(frozen=True)
class ToExplain:
    """The lessons of one pupil, missed on one day, that the family has still to explain."""

    entry_id: int
    pupil: str
    day: date
    hours: str
    count: int
    refused: bool
    phone: str


def absences_to_explain(viewer: Viewer) -> list[ToExplain]:
    """The absences a family has to explain, one line a pupil and a day, oldest first (one query)."""
    if not answers_for_absences(viewer):
        return []
    days: dict[tuple[int, date], list[Mapping[str, Any]]] = {}
    for line in TO_EXPLAIN(viewer):
        days.setdefault((line["pupil_id"], line["day"]), []).append(line)
    return [_to_explain(lessons) for lessons in days.values()]


def _to_explain(lessons: list[Mapping[str, Any]]) -> ToExplain:
    first, last = lessons[0], lessons[-1]
    zone = first["school__timezone"]
    return ToExplain(
        entry_id=first["pk"],
        pupil=first["pupil__given_name"],
        day=first["day"],
        hours=f"de {dates.hour(first['lesson__starts'], zone)} à {dates.hour(last['lesson__ends'], zone)}",
        count=len(lessons),
        refused=any(line["explanation__state"] == Explanation.State.REFUSED for line in lessons),
        phone=first["school__phone"],
    )


def same_day_to_explain(entry: Entry) -> "QuerySet[Entry]":
    """The absences of the same pupil and day that one explanation may cover."""
    same = Entry.objects.filter(
        pupil_id=entry.pupil_id, school_id=entry.school_id, day=entry.day
    ).to_explain()
    return same.select_related("lesson__subject", "lesson__school").order_by("lesson__starts")


STATE_FILTERS: dict[str, Q] = {
    "a_expliquer": Q(status=Status.ABSENT)
    & ~Q(explanation__state__in=[Explanation.State.PENDING, Explanation.State.ACCEPTED]),
    "a_lire": Q(status=Status.ABSENT, explanation__state=Explanation.State.PENDING),
    "acceptee": Q(status=Status.ABSENT, explanation__state=Explanation.State.ACCEPTED),
    "refusee": Q(status=Status.ABSENT, explanation__state=Explanation.State.REFUSED),
    "retard": Q(status=Status.LATE),
}


def entries_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Entry]":
    """The absences of the school that match the filters chosen (`forms.AbsenceFilter`), to count, or to read by `lines_of`."""
    found = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
    if chosen.get("nom"):
        found = found.filter(pupil__search_name__contains=text.fold(chosen["nom"]))
    if chosen.get("du"):
        found = found.filter(day__gte=chosen["du"])
    if chosen.get("au"):
        found = found.filter(day__lte=chosen["au"])
    if chosen.get("etat"):
        found = found.filter(STATE_FILTERS[chosen["etat"]])
    return found


def lines_of(entries: "QuerySet[Entry]") -> "QuerySet[Entry, dict[str, Any]]":
    """Entries with what a line says of them, newest first: the tables that this asks for are no matter for a count."""
    return entries.order_by("-day", "-lesson__starts", "pupil__search_name", "pk").values(*COLUMNS)


BETWEEN = Prepared(
    lambda viewer, first, last: (
        Entry.objects.visible_to(viewer)
        .exclude(status=Status.PRESENT)
        .filter(day__range=(first, last))
        .order_by("lesson__starts", "pk")
        .values(*COLUMNS)
    )
)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """A family's absences and latenesses between two days: those of one pupil, day and state together (one query)."""
    together: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
    for line in BETWEEN(viewer, first, last):
        row = _absence_row(line, {})
        # Two latenesses of a day are two facts; the hours missed one after the other are one.
        key = (line["pupil_id"], row.day, row.tag, row.status == Status.LATE and row.pk)
        together.setdefault(key, []).append(line)
    return [_agenda_entry(viewer, lessons) for lessons in together.values()]


def _agenda_entry(viewer: Viewer, lessons: list[Mapping[str, Any]]) -> AgendaEntry:
    row = _absence_row(lessons[0], {})
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
