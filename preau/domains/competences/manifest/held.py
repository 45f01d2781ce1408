"""What the house holds of people: why, until when, who reads it, and in which words."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.competences.actions import erasing
from preau.domains.competences.models import COMPONENTS, readable
from preau.domains.competences.models.reading import changed_since
from preau.domains.competences.queries.proofs import level_of_proof, proof_files
from preau.foundation import boards, dates, journal
from preau.foundation.boards import FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import EVERY_ROW, NO_ROW, Readers, Rows, on_themselves

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
READ_BY = (Role.HEAD, Role.SCHOOL_LIFE, _("les enseignants de la classe"))
BASIS: dict[str, Any] = dict(
    purpose=_(
        "Suivre ce que les élèves savent, en tirer le bilan des cycles, et le faire connaître aux familles."
    ),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)


def read_by(moment: str) -> Any:
    """What is published by now to those whom this moment is for."""
    return lambda reader_id: Q(changed_by=reader_id) | readable(moment, timezone.now(), "column__sheet__")


def changed_after(moment: str) -> Any:
    """What somebody has changed, and what changed once those whom this moment is for could read it."""
    since = changed_since(moment, "column__sheet__")
    return lambda reader_id: Q(by=reader_id) | (readable(moment, timezone.now(), "column__sheet__") & since)


def given(reader_id: int) -> Q:
    """The balances that were given to families, and those that one has settled."""
    return Q(by=reader_id) | Q(given_at__lte=timezone.now())


for data in [
    PersonalData(
        _("Relevés de compétences"),
        "competences.Sheet",
        "teacher",
        fields=dict.fromkeys(
            "school subject group period assessment kind day published_at guardians_at told_at asks_pupils levels_written".split(),
            NONE,
        )
        | dict.fromkeys(["teacher", "title", "created_at"], PERSONAL),
        readers=on_themselves(*READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Compétences des relevés"),
        "competences.SheetColumn",
        "sheet__teacher",
        fields=dict.fromkeys(["sheet", "rank"], NONE) | {"competence": PERSONAL},
        readers=on_themselves(*READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Niveaux de maîtrise"),
        "competences.Level",
        "pupil",
        fields={
            "column": CHILD,
            "pupil": CHILD,
            "value": CHILD,
            "code": CHILD,
            "version": NONE,
            "note": CHILD,
            "proof": CHILD,
        }
        | dict.fromkeys(["changed_at", "changed_by"], PERSONAL),
        withheld=frozenset({"version"}),
        forget=erasing.forget_levels,
        readers=Readers(
            Rows(read_by("published_at"), _("une fois publié")),
            Rows(read_by("guardians_at"), _("une fois publié, après le délai que fixe l’établissement")),
            READ_BY,
        ),
        **BASIS,
    ),
    PersonalData(
        _("Niveaux changés après leur publication"),
        "competences.LevelChange",
        "pupil",
        fields=dict.fromkeys("column pupil former_value former_code value code".split(), CHILD)
        | dict.fromkeys(["at", "by"], PERSONAL),
        forget=erasing.forget_changes,
        readers=Readers(
            Rows(changed_after("published_at"), _("une fois publié")),
            Rows(changed_after("guardians_at"), _("ce qui a changé après le délai que fixe l’établissement")),
            READ_BY,
        ),
        **BASIS,
    ),
    PersonalData(
        _("Niveaux dits par les élèves"),
        "competences.SelfLevel",
        "pupil",
        fields=dict.fromkeys(["column", "pupil", "value"], CHILD) | {"at": PERSONAL},
        forget=erasing.forget_self_levels,
        readers=Readers(EVERY_ROW, NO_ROW, (_("les enseignants qui l’ont demandé"),)),
        **BASIS,
    ),
    PersonalData(
        _("Bilans de fin de cycle"),
        "competences.Balance",
        "pupil",
        fields=dict.fromkeys(["school", "year", "given_at"], NONE)
        | dict.fromkeys(["pupil", "cycle", "component", "level"], CHILD)
        | dict.fromkeys(["by", "at"], PERSONAL),
        says={"component": lambda code: str(COMPONENTS.get(code, code))},
        forget=erasing.forget_balances,
        readers=Readers(Rows(given, _("une fois remis")), Rows(given, _("une fois remis")), READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Référentiels apportés"),
        "competences.ReferentialImport",
        "",
        fields=dict.fromkeys(["brought_by", "brought_at", "moved_at", "settled_at"], PERSONAL)
        | dict.fromkeys(
            ["school", "state", "folder", "files", "step", "report", "preview", "name", "edition", "source"],
            NONE,
        ),
        readers=on_themselves(Role.HEAD),
        purpose=_(
            "Savoir qui a apporté un référentiel. Le fichier, qui ne nomme personne, est effacé dès que c’est décidé."
        ),
        **{name: value for name, value in BASIS.items() if name != "purpose"},
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
        "competences.sheets",
        _("Relevés et niveaux"),
        model="competences.Sheet",
        when="day",
        due=by_year("competences.Sheet", "day"),
        people=("teacher", "columns__levels__pupil"),
        with_it=(
            "competences.SheetColumn",
            "competences.Level",
            "competences.LevelChange",
            "competences.SelfLevel",
        ),
        order=22,
        **TERM,
    ),
    Term(
        "competences.balances",
        _("Bilans de fin de cycle"),
        model="competences.Balance",
        when="at",
        due=by_year("competences.Balance", "at"),
        people=("pupil", "by"),
        order=28,
        **TERM,
    ),
    Term(
        "competences.imports",
        _("Fichiers de référentiels reçus"),
        model="competences.ReferentialImport",
        when="brought_at",
        due=by_year("competences.ReferentialImport", "brought_at"),
        order=29,
        **TERM,
    ),
]:
    boards.terms.add(term)

for words in [
    boards.InWords("competences", boards.Section.WORK),
    boards.InWords(
        "competences.Sheet",
        when="created_at",
        sentence=(_("Relevé de compétences : « %(title)s »"),),
        names=lambda row: dates.day(row.day),
    ),
    boards.InWords(
        "competences.Level",
        when="changed_at",
        sentence=(_("Niveau : %(self)s"), "%(value)s", "%(code)s", _("« %(note)s »")),
        names=lambda row: row.column.competence.name,
        quiet=frozenset({"column"}),
        names_with=("column__competence",),
    ),
    boards.InWords(
        "competences.LevelChange",
        when="at",
        sentence=(
            _("Niveau changé : %(self)s"),
            _("avant : %(former_value)s"),
            _("avant : %(former_code)s"),
            "%(value)s",
            "%(code)s",
        ),
        names=lambda row: row.column.competence.name,
        quiet=frozenset({"column"}),
        names_with=("column__competence",),
    ),
    boards.InWords(
        "competences.SelfLevel",
        when="at",
        sentence=(_("Ce que l’élève a dit : %(column)s"), "%(value)s"),
    ),
    boards.InWords(
        "competences.SheetColumn",
        names=lambda row: row.competence.name,
        names_with=("competence",),
    ),
    boards.InWords(
        "competences.Balance",
        when="at",
        sentence=(_("Bilan de fin de cycle : %(component)s"), _("niveau %(level)s"), _("cycle %(cycle)s")),
    ),
]:
    boards.data_in_words.add(words)


def opened(viewer: Viewer, file: Any) -> None:
    """An adult of the school who opens what proves a level leaves a line."""
    level = level_of_proof(viewer, file.pk)
    if level and viewer.is_staff:
        journal.record_read(viewer, "competences.proof_read", level, subject_id=level.pupil_id)


boards.file_owners.add(
    boards.FileOwner("competences.Level", "proof", proof_files, read=opened, service="competences")
)
for verb, label in [
    ("competences.sheet_created", _("Relevé de compétences créé")),
    ("competences.sheet_changed", _("Compétences d’un relevé changées")),
    ("competences.sheet_published", _("Publication d’un relevé changée")),
    ("competences.sheet_deleted", _("Relevé de compétences supprimé")),
    ("competences.level_written", _("Niveau saisi")),
    ("competences.level_emptied", _("Niveau effacé")),
    ("competences.level_proved", _("Preuve ou mot d’un niveau changé")),
    ("competences.self_answered", _("Un élève a dit où il en est")),
    ("competences.balance_settled", _("Bilan de fin de cycle arrêté")),
    ("competences.balance_given", _("Bilan de fin de cycle remis ou repris")),
    ("competences.referential_written", _("Référentiel ajouté")),
    ("competences.added", _("Compétence ajoutée")),
    ("competences.retired", _("Compétence retirée")),
    ("competences.restored", _("Compétence reprise")),
    ("competences.policy_changed", _("Mots et règles des compétences changés")),
    ("competences.exported", _("Niveaux d’une classe téléchargés")),
    ("competences.import_brought", _("Référentiel apporté")),
    ("competences.import_agreed", _("Référentiel accepté")),
    ("competences.import_dropped", _("Référentiel abandonné")),
    ("competences.import_exported", _("Rapport d’un référentiel téléchargé")),
    ("competences.levels_read", _("Les compétences d’un élève")),
    ("competences.booklets_read", _("Les cahiers de progrès d’une classe")),
    ("competences.class_read", _("Le bilan d’une classe")),
    ("competences.proof_read", _("La preuve d’un niveau")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.journal_words.add(
    boards.JournalWord("competences.level_prepared", _("Niveau préparé, pas publié"), private=True)
)
for verb in ("competences.levels_read", "competences.proof_read"):
    boards.reasons_to_read.add(boards.ReasonToRead(verb, _("Suivre le travail de l’élève.")))
