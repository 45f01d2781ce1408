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
    Section(
        "arrivent",
        "created",
        gettext_lazy("Cours qui arrivent"),
        gettext_lazy("Ils s’ajoutent à l’emploi du temps."),
    ),
    Section(
        "changent",
        "changed",
        gettext_lazy("Cours qui changent"),
        gettext_lazy("Leurs séances passées restent ; celles à venir suivent."),
    ),
    Section(
        "s-arretent",
        "stopped",
        gettext_lazy("Cours qui s’arrêtent"),
        gettext_lazy(
            "Le fichier ne les dit plus : leurs séances à venir disparaissent, les passées restent."
        ),
    ),
)
NOTES = (
    Section(
        "mis-de-cote",
        "put_aside",
        gettext_lazy("Mis de côté"),
        gettext_lazy(
            "Ces cours du fichier ne sont pas pris. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau."
        ),
    ),
    Section(
        "en-meme-temps",
        "clashes",
        gettext_lazy("En même temps"),
        gettext_lazy(
            "La même personne, la même classe ou la même salle à la même heure. Cela n’empêche rien : à vous de voir si c’est voulu."
        ),
    ),
    Section(
        "a-verifier",
        "notes",
        gettext_lazy("À vérifier"),
        gettext_lazy("Ces remarques n’empêchent aucun cours d’être pris."),
    ),
)


def by(timetable_import: TimetableImport) -> str:
    return (
        timetable_import.brought_by.full_name
        if timetable_import.brought_by
        else _("l’exploitant de la plateforme")
    )


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """What changes, in words; nothing when nothing does."""
    counts = {
        name: int(report.get(name) or 0)
        for name in ("created", "changed", "stopped", "kept", "unchanged", "aside")
    }
    words = {
        "created": ngettext("%(count)s cours arrive", "%(count)s cours arrivent", counts["created"]),
        "changed": ngettext("%(count)s cours change", "%(count)s cours changent", counts["changed"]),
        "stopped": ngettext("%(count)s cours s’arrête", "%(count)s cours s’arrêtent", counts["stopped"]),
        "kept": ngettext(
            "%(count)s décision prise ici reste", "%(count)s décisions prises ici restent", counts["kept"]
        ),
        "unchanged": ngettext(
            "%(count)s cours ne change pas", "%(count)s cours ne changent pas", counts["unchanged"]
        ),
        "aside": ngettext("%(count)s cours mis de côté", "%(count)s cours mis de côté", counts["aside"]),
    }
    return [words[name] % {"count": number(count)} for name, count in counts.items() if count]


def changes_of(timetable_import: TimetableImport) -> list[Part]:
    """What would change, while it waits for a decision."""
    return parts_of(CHANGES, timetable_import.preview)


def decisions_of(timetable_import: TimetableImport) -> list[Mapping[str, Any]]:
    """Where the file and people have decided of the same thing; `take`: somebody chose the file."""
    taken = set(timetable_import.preview.get("take", ()))
    return [dict(row) | {"take": row["id"] in taken} for row in timetable_import.preview.get("decided", ())]


def columns_of(timetable_import: TimetableImport) -> list[Mapping[str, Any]]:
    """The headings of its tables, as long as somebody may say what they hold."""
    return (
        list(timetable_import.preview.get("columns", ()))
        if timetable_import.state in {MATCHING, PREVIEW}
        else []
    )


def notes_of(timetable_import: TimetableImport) -> list[Part]:
    """What was put aside or is to be looked at. Overlaps name people only while it waits."""
    rows = {
        s.name: (
            timetable_import.preview if s.name in timetable_import.preview else timetable_import.report
        ).get(s.name)
        for s in NOTES
    }
    return parts_of(NOTES, rows, reasons={"put_aside": timetable_import.report.get("reasons", ())})


def part_of(_viewer: Viewer, timetable_import: TimetableImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    return next(
        (part for part in [*changes_of(timetable_import), *notes_of(timetable_import)] if part.slug == slug),
        None,
    )


def exported(_viewer: Viewer, timetable_import: TimetableImport) -> dict[str, Any]:
    """The report for other programs."""
    return {
        "import": timetable_import.pk,
        "state": timetable_import.state,
        "brought_at": timetable_import.brought_at.isoformat(),
        "files": timetable_import.files,
    } | timetable_import.report


def csv_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(report):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(report)
    for section in NOTES:
        for row in report.get(section.name, ()):
            yield [section.title, row["file"], row["line"] or "", row.get("what", ""), row["reason"]]
    for name, label in (
        ("subjects_created", _("Matière créée")),
        ("rooms_created", _("Salle créée")),
        ("alternations_created", _("Alternance créée")),
    ):
        for created in report.get(name, ()):
            yield [label, "", "", created, ""]
