"""Referentials on the board of importers: how a table is read and written, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from preau.domains.competences.actions import referentials
from preau.domains.competences.imports.tables import Problem, read_table
from preau.domains.competences.models import Referential, ReferentialImport
from preau.domains.competences.queries.imports import CHANGES, NOTES
from preau.foundation import uploads
from preau.foundation.importers import stages
from preau.foundation.importers.importer import Importer, Outcome, Tell, Words
from preau.foundation.reading import Unreadable

_ = gettext_lazy


def _told(row: ReferentialImport) -> referentials.Told:
    return referentials.Told(row.name, row.edition, row.source)


def _rows(row: ReferentialImport, paths: Sequence[Path]) -> tuple[list[referentials.Row], list[Problem]]:
    if len(paths) != 1:
        raise Unreadable("", None, gettext("Un référentiel est un seul fichier."))
    facts = _told(row)
    if Referential.objects.filter(school=row.school_id, key=facts.key, edition=facts.edition).exists():
        sentence = gettext(
            "L’établissement a déjà « %(name)s », édition %(edition)s. Donnez une autre édition."
        )
        raise Unreadable(paths[0].name, None, sentence % {"name": facts.name, "edition": facts.edition})
    return read_table(paths[0])


def read(row: ReferentialImport, paths: Sequence[Path], _tell: Tell) -> Outcome:
    """What the table would write. With one wrong line nothing would be: a tree is whole, or it is another one."""
    rows, problems = _rows(row, paths)
    if problems:
        raise Unreadable(problems[0].file, problems[0].line, _all_of(problems))
    lines = [{"what": row.name, "code": row.code, "above": row.parent} for row in rows]
    before = Referential.objects.filter(school=row.school_id, key=_told(row).key).current().first()
    report = {"rows": len(rows), "replaces": before.edition if before else ""}
    return Outcome(report, {"created": lines, "print": _print(rows)})


def _all_of(problems: Sequence[Problem]) -> str:
    """The first ten, each with its line."""
    first, *others = problems
    sentences = [
        first.reason,
        *(gettext("Ligne %(line)s : ") % {"line": other.line} + other.reason for other in others[:9]),
    ]
    if len(others) > 9:
        sentences.append(gettext("Et %(count)s autres lignes.") % {"count": len(others) - 9})
    return " ".join(sentences)


def _print(rows: Sequence[referentials.Row]) -> str:
    return sha256(repr(list(rows)).encode()).hexdigest()


def apply(row: ReferentialImport, paths: Sequence[Path], _tell: Tell, settle: Callable[..., None]) -> None:
    """In one transaction with the end of the import."""
    rows, problems = _rows(row, paths)
    if problems:
        raise Unreadable(problems[0].file, problems[0].line, _all_of(problems))
    try:
        with transaction.atomic():
            referentials.write_referential(row.school, _told(row), rows, row.brought_by)
            settle({"rows": len(rows), "applied": True}, _print(rows))
    except referentials.SameEdition as known:
        raise stages.Differs from known


def figures(report: Mapping[str, Any]) -> dict[str, int]:
    """What the journal says of a report."""
    return {"rows": int(report.get("rows") or 0)}


REFERENTIAL_FILES = Importer(
    key="competences.import",
    model=ReferentialImport,
    namespace="competences",
    room="referentials",
    lock="referentials",
    works=("competences.received-", "competences.applying-"),
    read=read,
    apply=apply,
    limits=uploads.Limits(files=1, size=5 * uploads.MEGABYTE),
    kinds=(".csv", ".txt", ".xlsx", ".ods"),
    changes=CHANGES,
    notes=NOTES,
    header=(_("Nature"), _("Fichier"), _("Ligne"), _("Compétence"), _("Texte")),
    file_name="referentiel",
    figures=figures,
    words=Words(
        reading=_("Lecture d’un référentiel"),
        applying=_("Écriture d’un référentiel"),
        busy=_("En attente : un autre référentiel est en train d’être lu"),
        already=_("Un référentiel est déjà en cours de lecture : le voici. Votre fichier n’est pas pris."),
        agreed=_("C’est parti : le référentiel est écrit."),
        dropped=_("Le référentiel est abandonné, son fichier est effacé. Rien n’a changé."),
        title=_("Référentiel apporté le %(day)s"),
        title_within=_("référentiel apporté le %(day)s"),
        back=_("Imports de référentiels"),
        refused=_("Le référentiel n’a pas pu être pris"),
        unchanged=_("Rien n’a changé, et le fichier est effacé."),
        line=_("Lignes"),
        drop_text=_("Le fichier apporté est effacé. Rien ne change."),
        open_title=_("Un référentiel est déjà en cours de lecture"),
    ),
)
