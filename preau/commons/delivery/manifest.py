"""What the hours of delivery show to the rest, and what they hold about people."""

from django.utils.translation import gettext_lazy as _

from preau.commons.delivery import actions, rules
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves

boards.personal_data.add(
    PersonalData(
        _("Mes heures"),
        "delivery.PersonPolicy",
        "person",
        purpose=_("Ne rien envoyer à une personne aux heures qu’elle garde pour elle."),
        legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(),
        keep=Retention.ACCOUNT,
        fields=dict.fromkeys(["person", "quiet", "days"], FieldClass.PERSONAL),
        forget=actions.forget_hours,
    )
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Heures d’envoi"),
        _("De quand à quand partent courriels, SMS et avis ; ce qui est urgent, et pourquoi."),
        "delivery:school",
        "clock",
        rules.runs_hours,
        order=62,
        heading=boards.SettingsHeading.DAILY,
        words=_("droit à la déconnexion nuit week-end notification"),
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Envois"), "delivery:carriers", "mail", rules.runs_carriers, _("passerelle courriel sms panne")
    )
)
boards.journal_words.add(boards.JournalWord("delivery.hours_settled", _("Heures d’envoi changées")))
for words in [
    boards.InWords("delivery", boards.Section.OTHER),
    boards.InWords("delivery.PersonPolicy", sentence=(_("silence %(quiet)s"), _("jours %(days)s"))),
]:
    boards.data_in_words.add(words)
