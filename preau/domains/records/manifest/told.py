"""The words of confidential records: the journal's, and those that reach people. None says of whom, nor what."""

from django.utils.translation import gettext_lazy as _

from preau.domains.records import rules
from preau.foundation import boards
from preau.foundation.boards import JournalWord, NotificationKind, Pace

for gesture, label in [
    ("opened", _("Dossier confidentiel ouvert")),
    ("revised", _("Dossier confidentiel modifié")),
    ("closed", _("Dossier confidentiel clos")),
    ("reopened", _("Dossier confidentiel rouvert")),
    ("read", _("Dossier confidentiel lu")),
    ("emergency_read", _("Conduite d’urgence lue")),
    ("printed", _("Dossier confidentiel imprimé")),
    ("reader_added", _("Accès donné à un dossier confidentiel")),
    ("reader_ended", _("Accès retiré à un dossier confidentiel")),
    ("measure_added", _("Aménagement publié")),
    ("measure_ended", _("Aménagement terminé")),
    ("paper_added", _("Document joint à un dossier confidentiel")),
    ("paper_read", _("Document d’un dossier confidentiel lu")),
    ("paper_removed", _("Document retiré d’un dossier confidentiel")),
    ("agreed", _("Accord donné à la transmission d’un dossier")),
    ("agreement_taken_back", _("Accord repris à la transmission d’un dossier")),
    ("handed_over", _("Dossier confidentiel transmis")),
]:
    # One verb, whatever the record: the journal must not say about whom a professional keeps notes (docs/decisions/0118).
    boards.journal_words.add(
        JournalWord(f"records.{gesture}", label, formerly=(f"records.private_{gesture}",))
    )

for gesture, why in [
    ("read", _("Suivre l’élève, selon son dossier.")),
    ("emergency_read", _("Savoir que faire en cas d’urgence.")),
    ("paper_read", _("Lire un document joint au dossier.")),
]:
    boards.reasons_to_read.add(boards.ReasonToRead(f"records.{gesture}", why))

RECORDS = _("Dossiers confidentiels")
for kind in [
    NotificationKind(
        "records.changed",
        _("Un dossier confidentiel a changé"),
        RECORDS,
        _("Un dossier confidentiel a changé"),
        _("Un dossier que vous pouvez ouvrir a changé (%(school)s). Qui et quoi se lisent sur sa page."),
        _("Ouvrir"),
        _("Vous êtes sur la liste d’accès de ce dossier."),
        rules.keeps_records,
        pace=Pace.DAILY,
        order=45,
    ),
    NotificationKind(
        "records.review_due",
        _("Un dossier confidentiel est à revoir"),
        RECORDS,
        _("Un dossier confidentiel est à revoir"),
        _("La date de revue d’un dossier que vous pouvez ouvrir approche (%(school)s)."),
        _("Ouvrir"),
        _("Vous êtes sur la liste d’accès de ce dossier."),
        rules.keeps_records,
        pace=Pace.DAILY,
        order=46,
    ),
    NotificationKind(
        "records.family_changed",
        _("Un plan a changé"),
        _("Plans et aménagements"),
        _("Un plan a changé"),
        _("Le plan convenu avec l’établissement le %(since)s pour %(about)s a changé (%(school)s)."),
        _("Lire"),
        _("Vous êtes cet élève, ou son responsable légal."),
        rules.follows_own,
        pace=Pace.DAILY,
        order=47,
    ),
]:
    boards.notification_kinds.add(kind)
