"""Timetables on the board of importers: how their files are read and applied, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.columns import remember_columns
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions import imported
from preau.domains.timetable.imports import run, tables
from preau.domains.timetable.models import TimetableImport
from preau.domains.timetable.queries.imported import CHANGES, NOTES
from preau.foundation import uploads
from preau.foundation.importers import stages
from preau.foundation.importers.importer import Importer, Outcome, Tell, Words
from preau.foundation.importers.rows import DONE, DROPPED, MATCHING, PREVIEW, REFUSED


def read(brought: TimetableImport, paths: Sequence[Path], tell: Tell) -> Outcome:
    """What the files would change; or the columns of a table, when nothing says what they hold."""
    try:
        result = run.bring(paths, brought.year, tell=lambda step: tell(step, 0, 0), **_how(brought))
    except tables.ColumnsWanted as wanted:
        shown = {"columns": tables.shown(paths, run.words_of(brought.year))}
        return Outcome(stages.refusal_of(wanted), shown, MATCHING, {"source": run.TABLE})
    return Outcome(run.report_of(result), run.preview_of(result), fields={"source": result.source})


def apply(brought: TimetableImport, paths: Sequence[Path], _tell: Tell, settle: Callable[..., None]) -> None:
    """In one transaction with the end of the import."""

    def keep(result: run.Result) -> None:
        settle(run.report_of(result), run.fingerprint(result), scope=result.scope)

    run.apply(paths, brought.year, keep=keep, **_how(brought))


def _how(brought: TimetableImport) -> dict[str, Any]:
    zone = ZoneInfo(brought.school.timezone)
    taken = frozenset(brought.preview.get("take", ()))
    asked = run.ImportOptions(scope=brought.scope, taken=taken, by=brought.brought_by_id)
    return {"today": timezone.localdate(timezone=zone), "asked": asked}


def name_columns(
    viewer: Viewer, brought: TimetableImport, columns: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """What each column holds is remembered, and the table is read. Raises MovedOn."""

    def remember(known: TimetableImport) -> dict[str, Any]:
        for words in columns.values():
            remember_columns(known.school, run.COLUMNS, words)
        return {}

    stages.read_again(TIMETABLES, viewer, brought, "timetable.columns_named", remember)


TIMETABLES = Importer(
    key="timetable.import",
    model=TimetableImport,
    namespace="timetable",
    room="timetables",
    lock="timetable",
    works=("timetable.received-", "timetable.applying-"),
    read=read,
    apply=apply,
    limits=uploads.Limits(files=50, size=40 * uploads.MEGABYTE),
    kinds=(".xml", ".ics", ".csv", ".txt", ".xlsx"),
    changes=CHANGES,
    notes=NOTES,
    icons={MATCHING: "clock", PREVIEW: "clock", DONE: "check", REFUSED: "alert-triangle", DROPPED: "x"},
    header=(_("Nature"), _("Fichier"), _("Ligne"), _("Cours"), _("Texte")),
    file_name="emploi-du-temps",
    figures=imported.figures,
    also_writes=frozenset({"applied"}),
    words=Words(
        reading=_("Lecture d’un emploi du temps"),
        applying=_("Application d’un emploi du temps"),
        busy=_("En attente : un autre emploi du temps est en cours"),
        already=_(
            "Un emploi du temps est déjà en cours d’import : le voici. Vos nouveaux fichiers ne sont pas pris."
        ),
        agreed=_("C’est parti : l’emploi du temps s’applique."),
        dropped=_("L’import est abandonné, ses fichiers sont effacés. L’emploi du temps n’a pas changé."),
        title=_("Emploi du temps apporté le %(day)s"),
        title_within=_("emploi du temps apporté le %(day)s"),
        refused=_("L’emploi du temps n’a pas pu être lu"),
        unchanged=_("Rien n’a changé dans l’emploi du temps, et les fichiers sont effacés."),
        line=_("Cours"),
        drop_text=_("Les fichiers apportés sont effacés. L’emploi du temps ne change pas."),
        open_title=_("Un emploi du temps est déjà en cours d’import"),
    ),
)
