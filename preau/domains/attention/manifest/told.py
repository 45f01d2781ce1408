"""The words of the room: the journal's, and those that reach people."""

from django.utils.translation import gettext_lazy as _

from preau.domains.attention import rules
from preau.foundation import boards
from preau.foundation.boards import NotificationKind, Pace

for verb, label in [
    # Kept three years, when all the rest is gone: a reading does not say of what, and a gesture does not say of whom.
    ("attention.page_read", _("Une page de la vie scolaire")),
    ("attention.decided", _("Décision prise après avoir regardé des faits")),
    ("attention.decided_again", _("Décision d’accompagnement revue")),
    ("attention.step_added", _("Étape d’accompagnement ajoutée")),
    ("attention.step_done", _("Étape d’accompagnement faite")),
    ("attention.step_undone", _("Étape d’accompagnement de nouveau à faire")),
    ("attention.ended", _("Accompagnement terminé")),
    ("attention.word_written", _("Mot écrit sur un accompagnement")),
    ("attention.word_answered", _("Réponse à un mot sur un accompagnement")),
    ("attention.thresholds_settled", _("Seuils des faits à regarder réglés")),
    ("attention.erased", _("Faits et accompagnements effacés à leur terme")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("attention.page_read", _("Suivre la vie scolaire de l’élève."))
)

FOLLOWED, SCHOOL_LIFE = _("Accompagnement"), _("Vie scolaire")
ANSWERS = _("Vous êtes cet élève, ou son responsable : l’établissement vous dit ce qui le concerne.")

for kind in [
    NotificationKind(
        "attention.opened",
        _("Une aide proposée par l’établissement"),
        FOLLOWED,
        _("Une aide est proposée"),
        _("Une personne de l’établissement a pris une décision pour aider %(about)s (%(school)s)."),
        _("Lire"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        push=True,
        order=19,
    ),
    NotificationKind(
        "attention.answered",
        _("Une réponse à votre mot"),
        FOLLOWED,
        _("L’établissement vous a répondu"),
        _("L’établissement répond au mot que vous avez écrit pour %(about)s (%(school)s)."),
        _("Lire la réponse"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        order=20,
    ),
    NotificationKind(
        "attention.to_follow",
        _("Un accompagnement qui attend quelque chose de vous"),
        SCHOOL_LIFE,
        _("Un accompagnement à lire"),
        _("Un accompagnement attend un regard de votre part (%(day)s, %(school)s)."),
        _("Lire"),
        _("Vous suivez un élève, ou la vie scolaire vous demande de savoir quelque chose."),
        lambda viewer: viewer.works_with_pupils,
        pace=Pace.DAILY,
        order=36,
    ),
]:
    boards.notification_kinds.add(kind)
