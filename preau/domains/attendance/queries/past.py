"""Absences noted before the school came, as lists show them, and their imports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import DAWN, DUSK, PastAbsence, Status, past_label
from preau.domains.attendance.queries.absences import Show, learning_in
from preau.domains.attendance.rules import reason_said
from preau.foundation import dates, text
from preau.foundation.importers.importer import Section
from preau.foundation.prepared import Lines, Prepared
from preau.foundation.text import number

CHANGES = (
    Section(
        "absences",
        "absences",
        gettext_lazy("Absences reprises"),
        gettext_lazy("Chaque demi-journée compte aussitôt dans la fiche, les registres et les seuils."),
    ),
    Section(
        "retards",
        "latenesses",
        gettext_lazy("Retards repris"),
        gettext_lazy("Ils comptent aussitôt dans la fiche et les registres."),
    ),
)
NOTES = (
    Section(
        "mis-de-cote",
        "put_aside",
        gettext_lazy("Mis de côté"),
        gettext_lazy(
            "Ces lignes ne sont pas prises, ou pas entièrement. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau : ce qui est déjà repris ne l’est pas deux fois."
        ),
    ),
)


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """How much, in words."""
    counts = {
        name: int(report.get(name) or 0)
        for name in ("absences", "excused", "latenesses", "unchanged", "aside")
    }
    words = {
        "absences": ngettext(
            "%(count)s demi-journée d’absence", "%(count)s demi-journées d’absence", counts["absences"]
        ),
        "excused": ngettext("dont %(count)s justifiée", "dont %(count)s justifiées", counts["excused"]),
        "latenesses": ngettext("%(count)s retard", "%(count)s retards", counts["latenesses"]),
        "unchanged": ngettext("%(count)s déjà là", "%(count)s déjà là", counts["unchanged"]),
        "aside": ngettext("%(count)s ligne mise de côté", "%(count)s lignes mises de côté", counts["aside"]),
    }
    return [words[name] % {"count": number(count)} for name, count in counts.items() if count]


def when_said(starts: datetime, ends: datetime, *, afternoon: bool, timed: bool, zone: str = "") -> str:
    """« 8 h – 10 h », « dès 14 h », « matin »: as precisely as the file said it."""
    if not timed:
        return _("après-midi") if afternoon else _("matin")
    if ends <= starts:
        return dates.hour(starts, zone)
    if dates.local(starts, zone).time() == DAWN:
        return _("jusqu’à %(hour)s") % {"hour": dates.hour(ends, zone)}
    if dates.local(ends, zone).time() == DUSK:
        return _("dès %(hour)s") % {"hour": dates.hour(starts, zone)}
    return dates.hours(starts, ends, zone)


def excused_said(kind: str, *, excused: bool) -> str:
    """« Justifiée », « Sans motif valable »; of a lateness that nothing excuses, nothing."""
    if kind == Status.LATE:
        return _("Justifié") if excused else ""
    return _("Justifiée") if excused else _("Sans motif valable")


@dataclass(frozen=True)
class PastRow:
    """One half-day missed, or one lateness, noted with another program."""

    pk: int
    pupil_id: int
    pupil: str
    list_name: str
    day: date
    when: str
    label: str
    excused: tuple[str, str]
    reason: str
    withdrawn: bool
    group: str = ""


COLUMNS = (
    "pk",
    "pupil_id",
    "pupil__family_name",
    "pupil__given_name",
    "kind",
    "day",
    "afternoon",
    "starts",
    "ends",
    "timed",
    "minutes_late",
    "excused",
    "reason__label",
    "reason__confidential",
    "words",
    "withdrawn_at",
    "school__timezone",
)


def _matching(
    viewer: Viewer, pupil: int | None, name: str | None, group: int | None, first: date, last: date
) -> "QuerySet[PastAbsence]":
    found = PastAbsence.objects.visible_to(viewer).filter(day__range=(first, last))
    found = found if group is None else found.filter(pupil__in=learning_in(group, viewer.today))
    found = found if pupil is None else found.filter(pupil=pupil)
    return found if name is None else found.filter(pupil__search_name__contains=name)


NUMBER = Prepared(
    lambda viewer, *wanted: (
        _matching(viewer, *wanted)
        .order_by()
        .values(every=Value(1))
        .annotate(number=Count("pk"))
        .values_list("number", flat=True)
    )
)
LISTED = Prepared(
    lambda viewer, *wanted: (
        _matching(viewer, *wanted)
        .order_by("-day", "-afternoon", "-starts", "pupil__search_name", "pk")
        .values_list(*COLUMNS)
    )
)


def _wanted(chosen: Mapping[str, Any], child: Person | None) -> tuple[Any, ...]:
    name = text.fold(chosen["nom"]) if chosen.get("nom") else None
    return (
        child.pk if child else None,
        name,
        chosen["classe"].pk if chosen.get("classe") else None,
        chosen.get("du") or date.min,
        chosen.get("au") or date.max,
    )


def past_number(viewer: Viewer, chosen: Mapping[str, Any], child: Person | None = None) -> int:
    """How many the viewer sees that match (one query)."""
    return NUMBER.first(viewer, *_wanted(chosen, child)) or 0


def past_listed(viewer: Viewer, chosen: Mapping[str, Any], child: Person | None = None) -> Lines:
    """Those that the viewer sees and that match, the newest first, for a paginator."""
    wanted = _wanted(chosen, child)
    return Lines(
        lambda: NUMBER.first(viewer, *wanted) or 0,
        lambda first, last: LISTED.part(first, last, viewer, *wanted),
    )


MOST_BESIDE = 10


def past_beside(viewer: Viewer, child: Person | None) -> tuple[list[PastRow], bool]:
    """The newest ones, beside what a family follows, and whether there are more (one query)."""
    lines = LISTED.part(0, MOST_BESIDE + 1, viewer, *_wanted({}, child))
    return rows_of_past(viewer, lines[:MOST_BESIDE], {}), len(lines) > MOST_BESIDE


def standing_lines(viewer: Viewer, chosen: Mapping[str, Any]) -> Any:
    """Those that count and match the filters of the list of absences, for a spreadsheet: nothing is to settle of them."""
    found = _matching(viewer, *_wanted(chosen, None)).filter(withdrawn_at=None)
    if state := chosen.get("etat"):
        found = found.filter(kind=Status.LATE) if state == Show.LATE else found.none()
    return found.order_by("-day", "-afternoon", "-starts", "pupil__search_name", "pk").values_list(*COLUMNS)


def rows_of_past(
    viewer: Viewer, lines: Iterable[tuple[Any, ...]], classes: Mapping[int, str]
) -> list[PastRow]:
    """Lines of `past_listed` as rows; `classes` gives the class of each pupil."""
    return [_row(viewer, line, classes) for line in lines]


def _row(viewer: Viewer, line: tuple[Any, ...], classes: Mapping[int, str]) -> PastRow:
    values = dict(zip(COLUMNS, line, strict=True))
    kind, excused = values["kind"], bool(values["excused"])
    label = values["reason__label"] or values["words"]
    untimed_late = kind == Status.LATE and not values["timed"]
    return PastRow(
        values["pk"],
        values["pupil_id"],
        values["pupil__given_name"],
        Person(family_name=values["pupil__family_name"], given_name=values["pupil__given_name"]).list_name,
        values["day"],
        ""
        if untimed_late
        else when_said(
            values["starts"],
            values["starts"] if kind == Status.LATE else values["ends"],
            afternoon=bool(values["afternoon"]),
            timed=bool(values["timed"]),
            zone=values["school__timezone"],
        ),
        past_label(kind, values["minutes_late"]),
        (excused_said(kind, excused=excused), "done" if excused else "neutral"),
        reason_said(viewer, label, None, confidential=bool(values["reason__confidential"])),
        values["withdrawn_at"] is not None,
        classes.get(values["pupil_id"], ""),
    )
