"""What absences noted elsewhere show: their import, what is held of them and until when, in which words."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import past
from preau.domains.attendance.imports.importer import ABSENCES_FILES
from preau.domains.attendance.models import Status
from preau.domains.attendance.queries.past import when_said
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention, Term
from preau.foundation.importers.boards import importers
from preau.foundation.readers import Readers, Rows, on_themselves

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
LIFE = (Role.SCHOOL_LIFE, Role.HEAD)
LEGAL = _("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e).")

importers.add(ABSENCES_FILES)


def _standing(_reader: int) -> Any:
    return Q(withdrawn_at=None)


STANDING = Rows(
    _standing, _("sauf ce que l’établissement a retiré"), _("sauf ce que l’établissement a retiré")
)
for data in [
    PersonalData(
        _("Absences reprises d’un autre logiciel"),
        "attendance.PastAbsence",
        "pupil",
        fields=dict.fromkeys("pupil kind day afternoon starts ends minutes_late excused".split(), CHILD)
        | dict.fromkeys(["reason", "words"], SENSITIVE)
        | dict.fromkeys(["school", "timed", "brought_in"], NONE)
        | {"withdrawn_by": PERSONAL, "withdrawn_at": CHILD},
        purpose=_("Suivre l’assiduité toute l’année, avant comme après l’arrivée dans Préau."),
        legal_basis=LEGAL,
        readers=Readers(STANDING, STANDING, (*LIFE, _("professeur principal"))),
        keep=Retention.YEAR_PLUS_ONE,
        forget=past.forget_past,
    ),
    PersonalData(
        _("Absences apportées d’un autre logiciel"),
        "attendance.AbsencesImport",
        "",
        fields=dict.fromkeys(["brought_by", "brought_at", "moved_at", "settled_at", "preview"], PERSONAL)
        | dict.fromkeys(["school", "year", "state", "folder", "files", "step", "report"], NONE),
        purpose=_(
            "Reprendre les absences notées avec un autre logiciel, et savoir qui les a reprises. Les fichiers et l’aperçu, "
            "qui nomment des personnes, sont effacés dès que c’est appliqué ou abandonné, au plus tard après sept jours."
        ),
        legal_basis=LEGAL,
        readers=on_themselves(*LIFE),
        keep=Retention.YEAR_PLUS_ONE,
    ),
]:
    boards.personal_data.add(data)

TERM: dict[str, Any] = dict(
    keep=Retention.YEAR_PLUS_ONE,
    since=SINCE,
    text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
    offers=("attendance:register", _("Prendre le registre d’appel")),
)
for term in [
    Term(
        "attendance.past_absences",
        _("Absences reprises d’un autre logiciel"),
        model="attendance.PastAbsence",
        when="day",
        due=by_year("attendance.PastAbsence", "day"),
        people=("pupil",),
        order=19,
        **TERM,
    ),
    Term(
        "attendance.imports",
        _("Fichiers d’absences reçus"),
        model="attendance.AbsencesImport",
        when="brought_at",
        due=by_year("attendance.AbsencesImport", "brought_at"),
        order=19,
        **TERM,
    ),
]:
    boards.terms.add(term)


def _named(row: Any) -> str:
    """« matin », « 8 h – 10 h »."""
    ends = row.starts if row.kind == Status.LATE else row.ends
    return when_said(row.starts, ends, afternoon=row.afternoon, timed=row.timed)


boards.data_in_words.add(
    boards.InWords(
        "attendance.PastAbsence",
        when="day",
        sentence=(
            _("%(kind)s, %(self)s, noté avec un autre logiciel"),
            _("%(minutes_late)s min"),
            _("motif : %(reason)s"),
            _("motif : %(words)s"),
            _("justifiée : %(excused)s"),
        ),
        names=_named,
        quiet=frozenset({"afternoon", "starts", "ends"}),
    )
)
for verb, label in [
    ("attendance.import_brought", _("Absences d’un autre logiciel apportées")),
    ("attendance.import_columns_named", _("Colonnes d’un tableau d’absences nommées")),
    ("attendance.import_agreed", _("Reprise d’absences acceptée")),
    ("attendance.import_dropped", _("Reprise d’absences abandonnée")),
    ("attendance.import_exported", _("Rapport d’une reprise d’absences téléchargé")),
    ("attendance.past_written", _("Absences d’un autre logiciel reprises")),
    ("attendance.past_withdrawn", _("Absence reprise retirée")),
    ("attendance.past_restored", _("Absence reprise remise")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
for label, url_name, rule, words in [
    (
        _("Absences d’avant"),
        "attendance:past",
        rules.runs_school_life,
        _("reprise pronote école directe ancien logiciel"),
    ),
    (
        _("Reprendre des absences"),
        "attendance:imports",
        rules.takes_in_absences,
        _("import reprise pronote école directe retards tableur"),
    ),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, "upload", rule, words, "attendance"))
