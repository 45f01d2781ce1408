"""Imported timetables as pages show them: state, figures, what would change, what was put aside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.viewer import Viewer
from preau.domains.timetable.models import TimetableImport
from preau.foundation.text import number

State = TimetableImport.State
TONES = {State.MATCHING: "todo", State.PREVIEW: "todo", State.DONE: "done", State.REFUSED: "changed"}
ICONS = {
    State.RECEIVED: "clock", State.READING: "clock", State.MATCHING: "clock", State.PREVIEW: "clock", State.APPLYING: "clock",
    State.DONE: "check", State.REFUSED: "alert-triangle", State.DROPPED: "x",
}  # fmt: skip
FIRST, PLACES = 8, 3
# part → where it is, its title, what it says.
CHANGES = {
    "arrivent": ("created", gettext_lazy("Cours qui arrivent"), gettext_lazy("Ils s’ajoutent à l’emploi du temps.")),
    "changent": ("changed", gettext_lazy("Cours qui changent"), gettext_lazy("Leurs séances passées restent ; celles à venir suivent.")),
    "s-arretent": ("stopped", gettext_lazy("Cours qui s’arrêtent"), gettext_lazy("Le fichier ne les dit plus : leurs séances à venir disparaissent, les passées restent.")),
}  # fmt: skip
NOTES = {
    "mis-de-cote": ("put_aside", gettext_lazy("Mis de côté"), gettext_lazy("Ces cours du fichier ne sont pas pris. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau.")),
    "en-meme-temps": ("clashes", gettext_lazy("En même temps"), gettext_lazy("La même personne, la même classe ou la même salle à la même heure. Cela n’empêche rien : à vous de voir si c’est voulu.")),
    "a-verifier": ("notes", gettext_lazy("À vérifier"), gettext_lazy("Ces remarques n’empêchent aucun cours d’être pris.")),
}  # fmt: skip


@dataclass(frozen=True)
class ImportRow:
    """One import in the list."""

    pk: int
    brought_at: datetime
    by: str
    source: str
    label: str
    tone: str
    icon: str
    figures: Sequence[str]


@dataclass(frozen=True)
class Part:
    """One kind of change or of remark: its first lines, and how many there are."""

    slug: str
    title: str
    text: str
    count: int
    rows: Sequence[Mapping[str, Any]]

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Sentence:
    """A reason, how many courses it holds back, and the first places."""

    reason: str
    count: int
    places: Sequence[Mapping[str, Any]]


def imports_of(viewer: Viewer) -> "QuerySet[TimetableImport]":
    """The imports of the viewer's school, the newest first."""
    return TimetableImport.objects.visible_to(viewer).select_related("brought_by")


def rows_of(page: Iterable[TimetableImport]) -> list[ImportRow]:
    """The rows of one page of `imports_of`."""
    return [
        ImportRow(one.pk, one.brought_at, by(one), one.get_source_display(), *said(one.state), figures_of(one.report))
        for one in page
    ]  # fmt: skip


def said(state: str) -> tuple[str, str, str]:
    """A state in words, with the tone and the drawing of its tag."""
    return str(State(state).label), TONES.get(State(state), "neutral"), ICONS[State(state)]


def by(one: TimetableImport) -> str:
    return one.brought_by.full_name if one.brought_by else _("l’exploitant de la plateforme")


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """What changes, in words; nothing when nothing does."""
    told = {name: int(report.get(name) or 0) for name in ("created", "changed", "stopped", "kept", "unchanged", "aside")}  # fmt: skip
    words = {
        "created": ngettext("%(count)s cours arrive", "%(count)s cours arrivent", told["created"]),
        "changed": ngettext("%(count)s cours change", "%(count)s cours changent", told["changed"]),
        "stopped": ngettext("%(count)s cours s’arrête", "%(count)s cours s’arrêtent", told["stopped"]),
        "kept": ngettext("%(count)s décision prise ici reste", "%(count)s décisions prises ici restent", told["kept"]),
        "unchanged": ngettext("%(count)s cours ne change pas", "%(count)s cours ne changent pas", told["unchanged"]),
        "aside": ngettext("%(count)s cours mis de côté", "%(count)s cours mis de côté", told["aside"]),
    }  # fmt: skip
    return [words[name] % {"count": number(count)} for name, count in told.items() if count]


def changes_of(one: TimetableImport) -> list[Part]:
    """What would change, with the first lines; while it waits for a decision."""
    return [_part(slug, CHANGES[slug], one.preview) for slug in CHANGES if one.preview.get(CHANGES[slug][0])]


def decisions_of(one: TimetableImport) -> list[Mapping[str, Any]]:
    """Where the file and people have decided of the same thing; `take`: somebody chose the file."""
    taken = set(one.preview.get("take", ()))
    return [dict(row) | {"take": row["id"] in taken} for row in one.preview.get("decided", ())]


def columns_of(one: TimetableImport) -> list[Mapping[str, Any]]:
    """The headings of its tables, as long as somebody may say what they hold."""
    return list(one.preview.get("columns", ())) if one.state in {State.MATCHING, State.PREVIEW} else []


def notes_of(one: TimetableImport) -> list[Part]:
    """What was put aside or is to be looked at. Overlaps name people only while it waits."""
    return [_part(slug, NOTES[slug], _told(one, NOTES[slug][0])) for slug in NOTES if one.report.get(NOTES[slug][0])]  # fmt: skip


def _told(one: TimetableImport, name: str) -> Mapping[str, Any]:
    return one.preview if name in one.preview else one.report


def _part(slug: str, words: tuple[str, Any, Any], told: Mapping[str, Any]) -> Part:
    name, title, text = words
    return Part(slug, str(title), str(text), len(told[name]), told[name][:FIRST])


def part_of(one: TimetableImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    words = CHANGES.get(slug) or NOTES.get(slug)
    if words is None:
        return None
    told = one.preview if slug in CHANGES else _told(one, words[0])
    rows = told.get(words[0])
    return Part(slug, str(words[1]), str(words[2]), len(rows), rows) if rows else None


def sentences_of(one: TimetableImport) -> list[Sentence]:
    """Why courses were put aside, the most frequent reason first."""
    rows = one.report.get("put_aside", [])
    return [
        Sentence(reason, count, [row for row in rows if row["reason"] == reason][:PLACES])
        for reason, count in one.report.get("reasons", [])
    ]


def exported(one: TimetableImport) -> dict[str, Any]:
    """The report for other programs."""
    return {"import": one.pk, "state": one.state, "brought_at": one.brought_at.isoformat(), "files": one.files} | one.report  # fmt: skip


def csv_rows(told: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(told):
        yield [_("Compte"), "", "", "", sentence]
    for error in told.get("errors", ()):
        yield [_("Refus"), error["file"], error["line"] or "", "", error["reason"]]
    for name, title, _text in NOTES.values():
        for row in told.get(name, ()):
            yield [title, row["file"], row["line"] or "", row.get("what", ""), row["reason"]]
    for name, label in (("subjects_created", _("Matière créée")), ("rooms_created", _("Salle créée")), ("alternations_created", _("Alternance créée"))):  # fmt: skip
        for created in told.get(name, ()):
            yield [label, "", "", created, ""]
