"""Past absences on the board of importers: how their tables are read and written, and in which words."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.columns import remember_columns
from preau.directory.models import Person
from preau.directory.queries.columns import column_words
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions.past import write_past
from preau.domains.attendance.imports.past import run
from preau.domains.attendance.imports.past.matching import Fact, Plan, together
from preau.domains.attendance.models import AbsencesImport, PastAbsence, Reason, Status, past_label
from preau.domains.attendance.queries.absences import classes_of
from preau.domains.attendance.queries.past import CHANGES, NOTES, excused_said, when_said
from preau.foundation import dates, uploads
from preau.foundation.importers import stages
from preau.foundation.importers.importer import Importer, Outcome, Tell, Words
from preau.foundation.importers.rows import MATCHING
from preau.foundation.importers.tables import ColumnsWanted
from preau.foundation.reading import Unreadable

# A whole year of a large school is read in full in the file: the preview shows the first ones.
MOST_SHOWN, MOST_WORDS = 500, 12


def read(row: AbsencesImport, paths: Sequence[Path], _tell: Tell) -> Outcome:
    """What the tables would write; or their columns, when nothing says what they hold."""
    words = column_words(row.school_id, run.COLUMNS)
    columns = {"columns": run.columns_of(paths, words)}
    try:
        brought = _brought(row, paths)
    except ColumnsWanted as wanted:
        return Outcome(stages.refusal_of(wanted), columns, MATCHING)
    who = [problem.place() | {"who": problem.who} for problem in brought.plan.problems]
    more = {"put_aside": who, "print": brought.print, "words": list(brought.plan.words[:MOST_WORDS])}
    return Outcome(_report(brought), columns | _shown(row, brought.plan) | more)


def _brought(row: AbsencesImport, paths: Sequence[Path]) -> run.PastFiles:
    return run.bring(paths, row.year, _today(row), column_words(row.school_id, run.COLUMNS))


def _today(row: AbsencesImport) -> Any:
    return timezone.localdate(timezone=ZoneInfo(row.school.timezone))


def _shown(row: AbsencesImport, plan: Plan) -> dict[str, Any]:
    """What would be written, the first of it in words."""
    lists = {"absences": together(plan.of(Status.ABSENT)), "latenesses": together(plan.of(Status.LATE))}
    shown = {name: found[:MOST_SHOWN] for name, found in lists.items()}
    pupils = {facts[0].pupil for found in shown.values() for facts in found}
    people = {person.pk: person.list_name for person in Person.objects.filter(pk__in=pupils)}
    classes = classes_of(sorted(pupils), _today(row))
    reasons = dict(Reason.objects.in_use(row.school_id).values_list("pk", "label"))
    sentences = {
        name: [_said(facts, people, classes, reasons, row.school.timezone) for facts in found]
        for name, found in shown.items()
    }
    return sentences | {"counts": {name: len(found) for name, found in lists.items()}}


def _said(
    facts: Sequence[Fact],
    people: Mapping[int, str],
    classes: Mapping[int, str],
    reasons: Mapping[int, str],
    zone: str,
) -> dict[str, str]:
    first, last = facts[0], facts[-1]
    when = when_said(first.starts, last.ends, afternoon=first.afternoon, timed=first.timed, zone=zone)
    if first.kind == Status.LATE:
        when = dates.hour(first.starts, zone) if first.timed else ""
    elif len(facts) > 1 and not first.timed:
        when = gettext("toute la journée")
    reason = reasons[first.reason] if first.reason else first.words
    return {
        "what": people[first.pupil],
        "groups": classes.get(first.pupil, ""),
        "when": ", ".join(filter(None, [dates.short_day(first.day), when])),
        "subject": past_label(first.kind, first.minutes),
        "detail": ", ".join(filter(None, [excused_said(first.kind, excused=first.excused), reason])),
    }


def _report(brought: run.PastFiles) -> dict[str, Any]:
    """In numbers, places and reasons: nobody's name."""
    made = brought.plan
    absences = made.of(Status.ABSENT)
    reasons = Counter(problem.reason for problem in made.problems)
    return {
        "absences": len(absences),
        "excused": sum(fact.excused for fact in absences),
        "latenesses": len(made.facts) - len(absences),
        "unchanged": made.same,
        "aside": len(made.problems),
        "put_aside": [problem.place() for problem in made.problems],
        "reasons": reasons.most_common(),
        "columns_left": list(brought.left),
    }


def apply(row: AbsencesImport, paths: Sequence[Path], _tell: Tell, settle: Callable[..., None]) -> None:
    """In one transaction with the end of the import."""
    if row.brought_by is None:
        raise Unreadable(
            "",
            None,
            gettext("La personne qui a apporté ces absences n’est plus là : apportez-les de nouveau."),
        )
    with transaction.atomic():
        brought = _brought(row, paths)
        write_past(row, row.brought_by, [_written(row, fact) for fact in brought.plan.facts])
        settle(_report(brought) | {"applied": True}, brought.print)


def _written(row: AbsencesImport, fact: Fact) -> PastAbsence:
    return PastAbsence(
        school_id=row.school_id,
        pupil_id=fact.pupil,
        kind=fact.kind,
        day=fact.day,
        afternoon=fact.afternoon,
        starts=fact.starts,
        ends=fact.ends,
        timed=fact.timed,
        minutes_late=fact.minutes,
        excused=fact.excused,
        reason_id=fact.reason,
        words=fact.words,
        brought_in=row,
    )


def name_columns(
    viewer: Viewer, row: AbsencesImport, columns: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """What each column holds is remembered, and the tables are read. Raises MovedOn."""

    def remember(known: AbsencesImport) -> dict[str, Any]:
        for mapping in columns.values():
            remember_columns(known.school, run.COLUMNS, mapping)
        return {}

    stages.read_again(ABSENCES_FILES, viewer, row, "attendance.import_columns_named", remember)


def figures(report: Mapping[str, Any]) -> dict[str, int]:
    """What the journal says of a report."""
    return {name: int(report.get(name) or 0) for name in ("absences", "latenesses", "aside")}


ABSENCES_FILES = Importer(
    key="attendance.import",
    model=AbsencesImport,
    namespace="attendance",
    room="absences",
    lock="absences",
    works=("attendance.received-", "attendance.applying-"),
    read=read,
    apply=apply,
    limits=uploads.Limits(files=20, size=20 * uploads.MEGABYTE),
    kinds=(".csv", ".txt", ".xlsx", ".ods"),
    changes=CHANGES,
    notes=NOTES,
    header=(_("Nature"), _("Fichier"), _("Ligne"), _("Élève"), _("Texte")),
    file_name="absences-reprises",
    figures=figures,
    words=Words(
        reading=_("Lecture d’absences"),
        applying=_("Reprise d’absences"),
        busy=_("En attente : d’autres absences sont en train d’être lues"),
        already=_(
            "Des absences sont déjà en cours de reprise : les voici. Vos nouveaux fichiers ne sont pas pris."
        ),
        agreed=_("C’est parti : les absences sont reprises."),
        dropped=_("La reprise est abandonnée, ses fichiers sont effacés. Aucune absence n’a changé."),
        moved_on=_("La reprise a avancé entre-temps : voici où elle en est."),
        title=_("Absences apportées le %(day)s"),
        title_within=_("absences apportées le %(day)s"),
        back=_("Reprises d’absences"),
        being_read=_("En train d’être lues"),
        refused=_("Les absences n’ont pas pu être lues"),
        unchanged=_("Aucune absence n’a changé, et les fichiers sont effacés."),
        given_up=_(
            "La reprise a été abandonnée, ou est restée sept jours sans décision. Ses fichiers sont effacés."
        ),
        line=_("Lignes"),
        drop_title=_("Abandonner cette reprise ?"),
        drop_text=_("Les fichiers apportés sont effacés. Aucune absence ne change."),
        drop_button=_("Abandonner la reprise"),
        open_title=_("Des absences sont déjà en cours de reprise"),
        open_text=_(
            "Un établissement en traite une à la fois. Appliquez celle-ci ou abandonnez-la, puis revenez."
        ),
        open_link=_("Voir la reprise en cours"),
    ),
)
