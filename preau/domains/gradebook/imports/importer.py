"""Past marks on the board of importers: how their tables are read and written, and in which words."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.columns import remember_columns
from preau.directory.models import Group, Subject
from preau.directory.queries.columns import column_words
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions import sealing
from preau.domains.gradebook.actions.past import write_past
from preau.domains.gradebook.imports.past import matching, run
from preau.domains.gradebook.models import MarksImport
from preau.domains.gradebook.queries.past import CHANGES, NOTES
from preau.foundation import dates, uploads
from preau.foundation.importers import stages
from preau.foundation.importers.importer import Importer, Outcome, Tell, Words
from preau.foundation.importers.rows import MATCHING
from preau.foundation.importers.tables import ColumnsWanted
from preau.foundation.reading import Unreadable


def read(row: MarksImport, paths: Sequence[Path], _tell: Tell) -> Outcome:
    """What the tables would write; or their columns, when nothing says what they hold."""
    words = column_words(row.school_id, run.COLUMNS)
    columns = {"columns": run.columns_of(paths, words)}
    try:
        brought = _brought(row, paths)
    except ColumnsWanted as wanted:
        return Outcome(stages.refusal_of(wanted), columns, MATCHING)
    made = brought.plan
    groups = dict(Group.objects.filter(year=row.year_id).values_list("pk", "name"))
    subjects = dict(Subject.objects.filter(school=row.school_id).values_list("pk", "name"))
    lines: dict[str, list[dict[str, str]]] = {"created": [], "completed": []}
    for one in made.planned:
        count = len(one.marks)
        line = {
            "what": one.place.title,
            "groups": groups[one.place.group],
            "when": dates.plain_day(one.place.day),
            "subject": subjects[one.place.subject],
            "detail": ngettext("%(num)s note", "%(num)s notes", count) % {"num": count},
        }
        lines["completed" if one.known else "created"].append(line)
    who = [
        {"file": problem.file, "line": problem.line, "reason": problem.reason, "who": problem.who}
        for problem in made.problems
    ]
    return Outcome(_report(brought), columns | lines | {"put_aside": who, "print": brought.print})


def _brought(row: MarksImport, paths: Sequence[Path]) -> run.PastMarks:
    today = timezone.localdate(timezone=ZoneInfo(row.school.timezone))
    return run.bring(paths, row.year, today, column_words(row.school_id, run.COLUMNS))


def _report(brought: run.PastMarks) -> dict[str, Any]:
    """In numbers, places and reasons: nobody's name."""
    made = brought.plan
    reasons = Counter(problem.reason for problem in made.problems)
    return {
        "assessments": made.created,
        "marks": made.marks,
        "unchanged": made.same,
        "aside": len(made.problems),
        "put_aside": [
            {"file": problem.file, "line": problem.line, "reason": problem.reason}
            for problem in made.problems
        ],
        "reasons": reasons.most_common(),
        "columns_left": list(brought.left),
    }


def apply(row: MarksImport, paths: Sequence[Path], _tell: Tell, settle: Callable[..., None]) -> None:
    """In one transaction with the end of the import."""
    if row.brought_by is None:
        raise Unreadable(
            "", None, gettext("La personne qui a apporté ces notes n’est plus là : apportez-les de nouveau.")
        )
    try:
        with transaction.atomic():
            brought = _brought(row, paths)
            write_past(
                row.school, row.brought_by, matching.written(brought.plan, brought.ground, row.brought_by.pk)
            )
            settle(_report(brought) | {"applied": True}, brought.print)
    except sealing.PeriodSealed as sealed:
        raise stages.Differs from sealed


def name_columns(viewer: Viewer, row: MarksImport, columns: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """What each column holds is remembered, and the tables are read. Raises MovedOn."""

    def remember(known: MarksImport) -> dict[str, Any]:
        for pairs in columns.values():
            remember_columns(known.school, run.COLUMNS, pairs)
        return {}

    stages.read_again(MARKS_FILES, viewer, row, "gradebook.import_columns_named", remember)


def figures(report: Mapping[str, Any]) -> dict[str, int]:
    """What the journal says of a report."""
    return {name: int(report.get(name) or 0) for name in ("assessments", "marks", "aside")}


MARKS_FILES = Importer(
    key="gradebook.import",
    model=MarksImport,
    namespace="gradebook",
    room="marks",
    lock="marks",
    works=("gradebook.received-", "gradebook.applying-"),
    read=read,
    apply=apply,
    limits=uploads.Limits(files=20, size=20 * uploads.MEGABYTE),
    kinds=(".csv", ".txt", ".xlsx", ".ods"),
    changes=CHANGES,
    notes=NOTES,
    header=(_("Nature"), _("Fichier"), _("Ligne"), _("Devoir"), _("Texte")),
    file_name="notes-reprises",
    figures=figures,
    words=Words(
        reading=_("Lecture de notes"),
        applying=_("Reprise de notes"),
        busy=_("En attente : d’autres notes sont en train d’être lues"),
        already=_(
            "Des notes sont déjà en cours de reprise : les voici. Vos nouveaux fichiers ne sont pas pris."
        ),
        agreed=_("C’est parti : les notes sont reprises."),
        dropped=_("La reprise est abandonnée, ses fichiers sont effacés. Aucune note n’a changé."),
        moved_on=_("La reprise a avancé entre-temps : voici où elle en est."),
        title=_("Notes apportées le %(day)s"),
        title_within=_("notes apportées le %(day)s"),
        back=_("Reprises de notes"),
        being_read=_("En train d’être lues"),
        refused=_("Les notes n’ont pas pu être lues"),
        unchanged=_("Aucune note n’a changé, et les fichiers sont effacés."),
        given_up=_(
            "La reprise a été abandonnée, ou est restée sept jours sans décision. Ses fichiers sont effacés."
        ),
        line=_("Lignes"),
        drop_title=_("Abandonner cette reprise ?"),
        drop_text=_("Les fichiers apportés sont effacés. Aucune note ne change."),
        drop_button=_("Abandonner la reprise"),
        open_title=_("Des notes sont déjà en cours de reprise"),
        open_text=_(
            "Un établissement en traite une à la fois. Appliquez celle-ci ou abandonnez-la, puis revenez."
        ),
        open_link=_("Voir la reprise en cours"),
    ),
)
