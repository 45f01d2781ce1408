"""What the house holds of people: why, until when, who reads it, and in which words."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.report_cards.actions import cards, erasing, proofreading, reminding
from preau.domains.report_cards.queries.cards import batch_files, card_of_paper, papers
from preau.foundation import boards, journal
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention, Term
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves

NONE, PERSONAL, CHILD = FieldClass.NONE, FieldClass.PERSONAL, FieldClass.CHILD
READ_BY = (Role.HEAD, Role.SCHOOL_LIFE, _("le professeur principal"))
# Pupils and families read bulletins, once published: what is being written changes until the council is over.
STAFF_ALONE = Readers(NO_ROW, NO_ROW, (*READ_BY, _("les enseignants de la matière")))
CLOSED_BY = Rows(lambda reader_id: Q(held_by=reader_id), _("si vous avez clos le conseil"))
BASIS: dict[str, Any] = dict(
    purpose=_("Dire à chaque élève et à sa famille ce que vaut sa période, et tenir les conseils de classe."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)


def read_by_now(reader_id: int) -> Q:
    """The bulletins that families read by now, and those that one has made."""
    return Q(made_by=reader_id) | Q(published_at__lte=timezone.now())


ONCE_GIVEN = Rows(read_by_now, _("une fois remis"))
for data in [
    PersonalData(
        _("Bulletins périodiques"),
        "report_cards.ReportCard",
        "pupil",
        fields=dict.fromkeys(["school", "period", "digest", "published_at", "told_at"], NONE)
        | dict.fromkeys(["pupil", "group", "number", "content", "paper"], CHILD)
        | dict.fromkeys(["made_at", "made_by"], PERSONAL),
        forget=cards.forget_cards,
        readers=Readers(ONCE_GIVEN, ONCE_GIVEN, READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Préparations de bulletins"),
        "report_cards.CardBatch",
        "asked_by",
        fields=dict.fromkeys(
            ["school", "period", "seat", "state", "kind", "made", "file", "expires_on"], NONE
        )
        | dict.fromkeys(["asked_by", "asked_at", "group"], PERSONAL),
        forget=cards.forget_batches,
        readers=on_themselves(),
        **{name: value for name, value in BASIS.items() if name != "keep"},
        keep=Retention.MONTH,
    ),
    PersonalData(
        _("Appréciations"),
        "report_cards.Appreciation",
        "pupil",
        fields=dict.fromkeys(["school", "period", "version"], NONE)
        | dict.fromkeys(["pupil", "group", "kind", "subject", "text"], CHILD)
        | dict.fromkeys(["changed_at", "changed_by"], PERSONAL),
        withheld=frozenset({"version"}),
        forget=erasing.forget_appreciations,
        readers=STAFF_ALONE,
        **BASIS,
    ),
    PersonalData(
        _("Corrections proposées sur des appréciations"),
        "report_cards.Suggestion",
        "pupil",
        fields=dict.fromkeys(["school", "based_on"], NONE)
        | dict.fromkeys(["pupil", "appreciation", "former", "text", "state"], CHILD)
        | dict.fromkeys(["by", "at", "answered_by", "answered_at"], PERSONAL),
        withheld=frozenset({"based_on"}),
        forget=proofreading.forget_suggestions,
        readers=Readers(NO_ROW, NO_ROW, (Role.HEAD, _("le professeur principal, et qui a écrit le texte"))),
        **BASIS,
    ),
    PersonalData(
        _("Rappels d’appréciations"),
        "report_cards.TextReminder",
        "teacher",
        fields=dict.fromkeys(["school", "period", "day"], NONE)
        | dict.fromkeys(["teacher", "left", "at", "by"], PERSONAL),
        forget=reminding.forget_reminders,
        readers=on_themselves(Role.HEAD),
        **BASIS,
    ),
    PersonalData(
        _("Phrases gardées"),
        "report_cards.Phrase",
        "owner",
        fields={"school": NONE} | dict.fromkeys(["owner", "text", "kept_at"], PERSONAL),
        forget=erasing.forget_phrases,
        readers=on_themselves(),
        **BASIS,
    ),
    PersonalData(
        _("Conseils de classe"),
        "report_cards.Council",
        "held_by",
        fields=dict.fromkeys(["school", "group", "period", "starts"], NONE)
        | dict.fromkeys(["held_at", "held_by", "present", "comment"], PERSONAL)
        | {"shown": CHILD},
        # The row says who was there and what is thought of a class: it is nothing of the pupil who is shown.
        about=("shown",),
        people={"shown": (Concerned.PUPILS,)},
        withheld=frozenset({"shown"}),
        readers=Readers(CLOSED_BY, NO_ROW, READ_BY),
        **BASIS,
    ),
    PersonalData(
        _("Décisions des conseils de classe"),
        "report_cards.Decision",
        "pupil",
        fields={"version": NONE}
        | dict.fromkeys(["pupil", "council", "distinction"], CHILD)
        | dict.fromkeys(["by", "at"], PERSONAL),
        withheld=frozenset({"version"}),
        forget=erasing.forget_decisions,
        readers=Readers(NO_ROW, NO_ROW, READ_BY),
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
        "report_cards.appreciations",
        _("Appréciations"),
        model="report_cards.Appreciation",
        when="changed_at",
        due=by_year("report_cards.Appreciation", "changed_at"),
        people=("pupil", "changed_by"),
        with_it=("report_cards.Suggestion",),
        order=30,
        **TERM,
    ),
    Term(
        "report_cards.cards",
        _("Bulletins périodiques"),
        model="report_cards.ReportCard",
        when="made_at",
        due=by_year("report_cards.ReportCard", "made_at"),
        people=("pupil", "made_by"),
        order=33,
        **TERM,
    ),
    Term(
        "report_cards.reminders",
        _("Rappels d’appréciations"),
        model="report_cards.TextReminder",
        when="at",
        due=by_year("report_cards.TextReminder", "at"),
        people=("teacher",),
        order=29,
        **TERM,
    ),
    Term(
        "report_cards.phrases",
        _("Phrases gardées"),
        model="report_cards.Phrase",
        when="kept_at",
        due=by_year("report_cards.Phrase", "kept_at"),
        people=("owner",),
        order=31,
        **TERM,
    ),
    Term(
        "report_cards.councils",
        _("Conseils de classe"),
        model="report_cards.Council",
        when="period__ends",
        due=by_year("report_cards.Council", "period__ends"),
        people=("held_by", "decisions__pupil"),
        with_it=("report_cards.Decision",),
        order=32,
        **TERM,
    ),
]:
    boards.terms.add(term)

for words in [
    boards.InWords("report_cards", boards.Section.WORK),
    boards.InWords(
        "report_cards.Appreciation",
        when="changed_at",
        sentence=(_("Appréciation : %(self)s"), _("« %(text)s »")),
        names=lambda row: row.subject.name if row.subject else row.get_kind_display(),
        quiet=frozenset({"kind", "subject"}),
        names_with=("subject",),
    ),
    boards.InWords(
        "report_cards.ReportCard",
        when="made_at",
        sentence=(_("Bulletin : %(self)s"), _("version %(number)s")),
        names=lambda row: f"{row.group.name}, {row.period.name}",
        quiet=frozenset({"group", "period"}),
        names_with=("group", "period"),
    ),
    boards.InWords(
        "report_cards.CardBatch", when="asked_at", sentence=(_("Bulletins d’une classe : %(group)s"),)
    ),
    boards.InWords(
        "report_cards.Suggestion",
        when="at",
        sentence=(_("Correction proposée : « %(text)s »"), "%(state)s"),
    ),
    boards.InWords(
        "report_cards.TextReminder",
        when="at",
        sentence=(_("Rappel d’appréciations : %(self)s"), _("%(left)s à écrire")),
        names=lambda row: row.period.name,
        quiet=frozenset({"period"}),
        names_with=("period",),
    ),
    boards.InWords("report_cards.Phrase", when="kept_at", sentence=(_("Phrase gardée : « %(text)s »"),)),
    boards.InWords(
        "report_cards.Council",
        when="held_at",
        sentence=(_("Conseil de classe : %(self)s"), _("présents : %(present)s"), "%(comment)s"),
        names=lambda row: f"{row.group.name}, {row.period.name}",
        quiet=frozenset({"group", "period"}),
        names_with=("group", "period"),
    ),
    boards.InWords(
        "report_cards.Decision",
        when="at",
        sentence=(_("Décision du conseil de classe : %(council)s"), "%(distinction)s"),
    ),
]:
    boards.data_in_words.add(words)

for verb, label in [
    ("report_cards.appreciation_written", _("Appréciation écrite")),
    ("report_cards.policy_changed", _("Mentions et longueurs des bulletins changées")),
    ("report_cards.signature_changed", _("Signature des bulletins changée")),
    ("report_cards.signature_removed", _("Signature des bulletins retirée")),
    ("report_cards.class_read", _("Les appréciations d’une classe")),
    ("report_cards.council_read", _("Un conseil de classe")),
    ("report_cards.pupil_decided", _("Décision du conseil validée")),
    ("report_cards.council_written", _("Conseil de classe : date, présents ou appréciation changés")),
    ("report_cards.council_closed", _("Conseil de classe clos")),
    ("report_cards.council_opened", _("Conseil de classe rouvert")),
    ("report_cards.cards_asked", _("Bulletins d’une classe demandés")),
    ("report_cards.statement_read", _("Le relevé de notes d’un élève")),
    ("report_cards.batch_fetched", _("Documents d’une classe ouverts")),
    ("report_cards.card_made", _("Bulletin préparé")),
    ("report_cards.cards_published", _("Bulletins d’une classe remis aux familles")),
    ("report_cards.card_read", _("Le bulletin d’un élève")),
    ("report_cards.text_suggested", _("Correction proposée sur une appréciation")),
    ("report_cards.suggestion_answered", _("Réponse à une correction proposée")),
    ("report_cards.text_read", _("Une appréciation, pour la relire")),
    ("report_cards.teachers_reminded", _("Enseignants rappelés de ce qui reste à écrire")),
    ("report_cards.figures_taken", _("Chiffres d’une période téléchargés")),
    ("report_cards.minutes_read", _("Le procès-verbal d’un conseil")),
    ("report_cards.minutes_taken", _("Procès-verbal d’un conseil téléchargé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

for verb in (
    "report_cards.card_read",
    "report_cards.council_read",
    "report_cards.text_read",
    "report_cards.statement_read",
):
    boards.reasons_to_read.add(boards.ReasonToRead(verb, _("Suivre le travail de l’élève.")))
boards.endings.add(
    boards.Ending(
        ("report_cards.CardBatch",), _("Un mois après la demande."), by="report_cards.erase_batches"
    )
)


def opened(viewer: Viewer, file: Any) -> None:
    """An adult of the school who opens the paper of a pupil leaves a line."""
    card = card_of_paper(viewer, file.pk) if viewer.is_staff else None
    if card:
        journal.record_read(viewer, "report_cards.card_read", card, subject_id=card.pupil_id)


boards.file_owners.add(
    boards.FileOwner(
        "report_cards.ReportCard", "paper", papers, outlives=True, read=opened, service="report_cards"
    )
)


def fetched(viewer: Viewer, file: Any) -> None:
    """Whoever fetches the papers of a class takes names out: it leaves its line."""
    journal.record(viewer, "report_cards.batch_fetched", viewer.school)


boards.file_owners.add(
    boards.FileOwner(
        "report_cards.CardBatch",
        "file",
        batch_files,
        outlives=True,
        read=fetched,
        service="report_cards",
    )
)
