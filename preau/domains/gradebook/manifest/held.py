"""What the gradebook holds of people: why, until when, who reads it, and in which words."""

from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.words import Role
from preau.domains.gradebook.actions import erasing
from preau.foundation import boards, dates
from preau.foundation.boards import FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import Readers, Rows, on_themselves
from preau.foundation.text import decimal

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
READ_BY = (Role.HEAD, Role.SCHOOL_LIFE, _("ses enseignants de la matière et son professeur principal"))
BASIS: dict[str, Any] = dict(
    purpose=_("Évaluer le travail des élèves, en tirer leurs moyennes, et les faire connaître aux familles."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)


def changed_after(moment: str) -> Any:
    """What changed once those whom this moment is for could read it."""
    return lambda reader_id: (
        Q(by=reader_id)
        | Q(
            **{"assessment__deleted_at": None, f"assessment__{moment}__lte": timezone.now()},
            at__gte=F(f"assessment__{moment}"),
        )
    )


def read_by(moment: str) -> Any:
    """What is published by now to those whom this moment is for, and not deleted."""
    return lambda reader_id: (
        Q(changed_by=reader_id)
        | Q(**{"assessment__deleted_at": None, f"assessment__{moment}__lte": timezone.now()})
    )


for data in [
    PersonalData(
        _("Évaluations"),
        "gradebook.Assessment",
        "teacher",
        fields=dict.fromkeys(
            "school subject sub_subject group period lesson kind day scale coefficient mode published_at guardians_at"
            " pupils_told_at guardians_told_at deleted_at version marks_written updated_at".split(),
            NONE,
        )
        | dict.fromkeys(["teacher", "title", "topic", "created_at"], PERSONAL),
        readers=on_themselves(*READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Notes"),
        "gradebook.Mark",
        "pupil",
        fields={"assessment": CHILD, "pupil": CHILD, "value": CHILD, "code": CHILD, "version": NONE}
        | dict.fromkeys(["changed_at", "changed_by"], PERSONAL),
        withheld=frozenset({"version"}),
        forget=erasing.forget_marks,
        readers=Readers(
            Rows(read_by("published_at"), _("une fois publiée")),
            Rows(read_by("guardians_at"), _("une fois publiée, après le délai que fixe l’établissement")),
            READ_BY,
        ),
        **BASIS,
    ),
    PersonalData(
        _("Notes changées après leur publication"),
        "gradebook.MarkChange",
        "pupil",
        fields=dict.fromkeys("assessment pupil former_value former_code value code".split(), CHILD)
        | dict.fromkeys(["at", "by"], PERSONAL),
        forget=erasing.forget_changes,
        readers=Readers(
            Rows(changed_after("published_at"), _("une fois publiée")),
            Rows(changed_after("guardians_at"), _("ce qui a changé après le délai que fixe l’établissement")),
            READ_BY,
        ),
        **BASIS,
    ),
    PersonalData(
        _("Notes apportées d’un autre logiciel"),
        "gradebook.MarksImport",
        "",
        fields=dict.fromkeys(["brought_by", "brought_at", "moved_at", "settled_at", "preview"], PERSONAL)
        | dict.fromkeys(["school", "year", "state", "folder", "files", "step", "report"], NONE),
        readers=on_themselves(Role.HEAD),
        purpose=_(
            "Reprendre les notes données avec un autre logiciel, et savoir qui les a reprises. Les fichiers et l’aperçu, "
            "qui nomment des personnes, sont effacés dès que c’est appliqué ou abandonné, au plus tard après sept jours."
        ),
        **{name: value for name, value in BASIS.items() if name != "purpose"},
    ),
    PersonalData(
        _("Périodes arrêtées"),
        "gradebook.PeriodSeal",
        "by",
        fields={"school": NONE, "period": PERSONAL, "by": PERSONAL, "at": PERSONAL},
        readers=on_themselves(_("personnel")),
        **BASIS,
    ),
    PersonalData(
        _("Périodes rouvertes à un enseignant"),
        "gradebook.Reopening",
        "teacher",
        about=("by",),
        fields={"school": NONE}
        | dict.fromkeys(["teacher", "period", "until", "reason", "by", "at"], PERSONAL),
        forget=erasing.forget_reopenings,
        readers=on_themselves(Role.HEAD),
        **BASIS,
    ),
]:
    boards.personal_data.add(data)

TERM: dict[str, Any] = dict(
    keep=Retention.YEAR_PLUS_ONE,
    since=SINCE,
    text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
)
for term in [
    Term(
        "gradebook.assessments",
        _("Évaluations et notes"),
        model="gradebook.Assessment",
        when="day",
        due=by_year("gradebook.Assessment", "day"),
        people=("teacher", "marks__pupil"),
        with_it=("gradebook.Mark", "gradebook.MarkChange"),
        order=24,
        **TERM,
    ),
    Term(
        "gradebook.seals",
        _("Périodes arrêtées"),
        model="gradebook.PeriodSeal",
        when="at",
        due=by_year("gradebook.PeriodSeal", "at"),
        people=("by",),
        order=25,
        **TERM,
    ),
    Term(
        "gradebook.reopenings",
        _("Périodes rouvertes"),
        model="gradebook.Reopening",
        when="at",
        due=by_year("gradebook.Reopening", "at"),
        people=("teacher", "by"),
        order=26,
        **TERM,
    ),
    Term(
        "gradebook.imports",
        _("Fichiers de notes reçus"),
        model="gradebook.MarksImport",
        when="brought_at",
        due=by_year("gradebook.MarksImport", "brought_at"),
        order=27,
        **TERM,
    ),
]:
    boards.terms.add(term)

for words in [
    boards.InWords("gradebook", boards.Section.WORK),
    boards.InWords(
        "gradebook.Assessment",
        when="created_at",
        sentence=(_("Évaluation : « %(title)s »"),),
        names=lambda row: f"{row.subject.name}, {dates.day(row.day)}",
        names_with=("subject",),
    ),
    boards.InWords(
        "gradebook.Mark",
        when="changed_at",
        sentence=(_("Note : %(self)s"), "%(value)s", "%(code)s"),
        names=lambda row: (
            _("%(subject)s (sur %(scale)s), %(day)s")
            % {
                "subject": row.assessment.subject.name,
                "scale": decimal(row.assessment.scale),
                "day": dates.day(row.assessment.day),
            }
        ),
        quiet=frozenset({"assessment"}),
        names_with=("assessment__subject",),
    ),
    boards.InWords(
        "gradebook.MarkChange",
        when="at",
        sentence=(
            _("Note changée : %(assessment)s"),
            _("avant : %(former_value)s"),
            _("avant : %(former_code)s"),
            "%(value)s",
            "%(code)s",
        ),
        names=lambda row: f"{row.assessment.subject.name}, {dates.day(row.assessment.day)}",
        names_with=("assessment__subject",),
    ),
    boards.InWords("gradebook.PeriodSeal", when="at", sentence=(_("Période arrêtée : %(period)s"),)),
    boards.InWords(
        "gradebook.Reopening",
        when="at",
        sentence=(_("Période rouverte : %(period)s"), _("jusqu’au %(until)s"), _("« %(reason)s »")),
    ),
]:
    boards.data_in_words.add(words)

for verb, label in [
    ("gradebook.assessment_created", _("Évaluation créée")),
    ("gradebook.assessment_changed", _("Évaluation modifiée")),
    ("gradebook.assessment_moved", _("Évaluation changée de période")),
    ("gradebook.assessment_deleted", _("Évaluation supprimée")),
    ("gradebook.assessment_restored", _("Évaluation rétablie")),
    ("gradebook.assessment_published", _("Publication d’une évaluation changée")),
    ("gradebook.mark_written", _("Note saisie")),
    ("gradebook.mark_emptied", _("Note effacée")),
    ("gradebook.import_brought", _("Notes d’un autre logiciel apportées")),
    ("gradebook.import_columns_named", _("Colonnes d’un tableau de notes nommées")),
    ("gradebook.import_agreed", _("Reprise de notes acceptée")),
    ("gradebook.import_dropped", _("Reprise de notes abandonnée")),
    ("gradebook.import_exported", _("Rapport d’une reprise de notes téléchargé")),
    ("gradebook.past_written", _("Notes d’un autre logiciel reprises")),
    ("gradebook.period_sealed", _("Période arrêtée")),
    ("gradebook.seal_lifted", _("Arrêt d’une période levé")),
    ("gradebook.period_reopened", _("Période rouverte à un enseignant")),
    ("gradebook.reopening_closed", _("Réouverture d’une période terminée")),
    ("gradebook.exported", _("Grille de notes téléchargée")),
    ("gradebook.policy_changed", _("Règles des moyennes changées")),
    ("gradebook.subject_settled", _("Coefficients et sous-matières changés")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.journal_words.add(
    boards.JournalWord("gradebook.mark_prepared", _("Note préparée, pas publiée"), private=True)
)
