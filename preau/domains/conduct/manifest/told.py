"""The words of conduct: the journal's, and those that reach people."""

from django.utils.translation import gettext_lazy as _

from preau.domains.conduct import rules
from preau.foundation import boards
from preau.foundation.boards import NotificationKind, Pace

for verb, label in [
    # Kept three years: it must not say that there was a sanction, which often goes before (docs/decisions/0090).
    ("conduct.page_read", _("Une page de la vie scolaire")),
    ("conduct.incident_reported", _("Incident signalé")),
    ("conduct.incident_corrected", _("Incident corrigé")),
    ("conduct.incident_settled", _("Incident traité")),
    ("conduct.incident_reopened", _("Incident rouvert")),
    ("conduct.family_told", _("Phrase écrite à la famille")),
    ("conduct.exported", _("Incidents exportés")),
    ("conduct.punition_given", _("Punition donnée")),
    ("conduct.punition_seen", _("Punition vue par un responsable")),
    ("conduct.punition_done", _("Punition faite")),
    ("conduct.punition_cancelled", _("Punition annulée")),
    ("conduct.slot_opened", _("Créneau de retenue ouvert")),
    ("conduct.slot_called", _("Retenue notée")),
    ("conduct.detention_placed", _("Retenue placée")),
    ("conduct.procedure_opened", _("Procédure ouverte")),
    ("conduct.procedure_answered", _("Observations envoyées sur une procédure")),
    ("conduct.procedure_dropped", _("Procédure close sans suite")),
    ("conduct.sanction_pronounced", _("Sanction prononcée")),
    ("conduct.sanction_erased", _("Sanction effacée à la demande")),
    ("conduct.responsibility_prepared", _("Mesure de responsabilisation préparée")),
    ("conduct.responsibility_agreed", _("Accord donné pour une mesure")),
    ("conduct.responsibility_done", _("Mesure de responsabilisation accomplie")),
    ("conduct.contract_opened", _("Contrat ouvert")),
    ("conduct.contract_followed", _("Semaine d’un contrat notée")),
    ("conduct.contract_ended", _("Contrat terminé")),
    ("conduct.register_exported", _("Registre des sanctions exporté")),
    ("conduct.erased_at_term", _("Incidents, punitions et sanctions effacés à leur terme")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(boards.ReasonToRead("conduct.page_read", _("Suivre la vie scolaire de l’élève.")))

SCHOOL_LIFE, FOLLOWED = _("Vie scolaire"), _("Comportement")
ANSWERS = _("Vous êtes cet élève, ou son responsable : l’établissement vous dit ce qui le concerne.")

for kind in [
    NotificationKind(
        "conduct.to_handle",
        _("Un incident à traiter"),
        SCHOOL_LIFE,
        _("Un incident à traiter"),
        _("Un incident est signalé (%(day)s, %(school)s)."),
        _("Lire le signalement"),
        _("Vous suivez la vie scolaire de cet établissement."),
        rules.follows_incidents,
        pace=Pace.DAILY,
        order=35,
    ),
    NotificationKind(
        "conduct.told",
        _("Un mot de la vie scolaire"),
        FOLLOWED,
        _("Un mot de la vie scolaire"),
        _("La vie scolaire vous écrit à propos de %(about)s (%(day)s, %(school)s)."),
        _("Lire"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        push=True,
        order=15,
    ),
    NotificationKind(
        "conduct.punition",
        _("Une punition à lire"),
        FOLLOWED,
        _("Un mot de la vie scolaire"),
        _(
            "Quelque chose est demandé à %(about)s (%(day)s, %(school)s). La raison et le travail sont sur la page."
        ),
        _("Lire"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        order=16,
    ),
    NotificationKind(
        "conduct.detention",
        _("L’heure d’une retenue"),
        FOLLOWED,
        _("Un rendez-vous à noter"),
        _("%(about)s est attendu %(day)s, %(hours)s (%(school)s)."),
        _("Lire"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        push=True,
        order=17,
    ),
    NotificationKind(
        "conduct.letter",
        _("Un courrier de la direction"),
        FOLLOWED,
        _("Un courrier de l’établissement à lire"),
        _("La direction vous écrit à propos de %(about)s (%(school)s)."),
        _("Lire"),
        ANSWERS,
        rules.follows_own,
        pace=Pace.AT_ONCE,
        can_be_muted=False,
        order=18,
    ),
]:
    boards.notification_kinds.add(kind)
