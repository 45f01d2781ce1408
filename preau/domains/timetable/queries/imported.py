"""Imported timetables as pages show them: state, figures, what would change, what was put aside."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.viewer import Viewer
from preau.domains.timetable.models import TimetableImport
from preau.foundation.importers.importer import Section
from preau.foundation.importers.reports import Part, error_rows, parts_of
from preau.foundation.importers.rows import MATCHING, PREVIEW
from preau.foundation.text import number

CHANGES = (
    Section("arrivent", "created", gettext_lazy("Cours qui arrivent"), gettext_lazy("Ils s’ajoutent à l’emploi du temps.")),
    Section("changent", "changed", gettext_lazy("Cours qui changent"), gettext_lazy("Leurs séances passées restent ; celles à venir suivent.")),
    Section("s-arretent", "stopped", gettext_lazy("Cours qui s’arrêtent"), gettext_lazy("Le fichier ne les dit plus : leurs séances à venir disparaissent, les passées restent.")),
)  # fmt: skip
NOTES = (
    Section("mis-de-cote", "put_aside", gettext_lazy("Mis de côté"), gettext_lazy("Ces cours du fichier ne sont pas pris. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau.")),
    Section("en-meme-temps", "clashes", gettext_lazy("En même temps"), gettext_lazy("La même personne, la même classe ou la même salle à la même heure. Cela n’empêche rien : à vous de voir si c’est voulu.")),
    Section("a-verifier", "notes", gettext_lazy("À vérifier"), gettext_lazy("Ces remarques n’empêchent aucun cours d’être pris.")),
)  # fmt: skip


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
    """What would change, while it waits for a decision."""
    return parts_of(CHANGES, one.preview)


def decisions_of(one: TimetableImport) -> list[Mapping[str, Any]]:
    """Where the file and people have decided of the same thing; `take`: somebody chose the file."""
    taken = set(one.preview.get("take", ()))
    return [dict(row) | {"take": row["id"] in taken} for row in one.preview.get("decided", ())]


def columns_of(one: TimetableImport) -> list[Mapping[str, Any]]:
    """The headings of its tables, as long as somebody may say what they hold."""
    return list(one.preview.get("columns", ())) if one.state in {MATCHING, PREVIEW} else []


def notes_of(one: TimetableImport) -> list[Part]:
    """What was put aside or is to be looked at. Overlaps name people only while it waits."""
    told = {s.name: (one.preview if s.name in one.preview else one.report).get(s.name) for s in NOTES}
    return parts_of(NOTES, told, reasons={"put_aside": one.report.get("reasons", ())})


def part_of(_viewer: Viewer, one: TimetableImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    return next((part for part in [*changes_of(one), *notes_of(one)] if part.slug == slug), None)


def exported(_viewer: Viewer, one: TimetableImport) -> dict[str, Any]:
    """The report for other programs."""
    return {"import": one.pk, "state": one.state, "brought_at": one.brought_at.isoformat(), "files": one.files} | one.report  # fmt: skip


def csv_rows(told: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(told):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(told)
    for section in NOTES:
        for row in told.get(section.name, ()):
            yield [section.title, row["file"], row["line"] or "", row.get("what", ""), row["reason"]]
    for name, label in (("subjects_created", _("Matière créée")), ("rooms_created", _("Salle créée")), ("alternations_created", _("Alternance créée"))):  # fmt: skip
        for created in told.get(name, ()):
            yield [label, "", "", created, ""]
