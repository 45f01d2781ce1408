"""The service, its links from the pages of attendance and of a pupil, the words of the journal, the schedule."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.commons.delivery.boards import TextSender, text_senders
from preau.directory.boards import MoreVerbs, more_verbs
from preau.domains.attendance.boards import Place, Way, ways
from preau.domains.attendance.models import ABSENCES
from preau.domains.campaigns import rules, seeds, tasks
from preau.domains.campaigns.actions import leaving, sending
from preau.domains.campaigns.models import Channel
from preau.domains.campaigns.queries import carried, history
from preau.foundation import boards, sms, works
from preau.foundation.boards import Nature

KEY = "campaigns"
text_senders.add(TextSender(KEY, history.texts_lost, history.texts_paid, history.texts_refused))
leaving.sendings_ready.connect(tasks.enqueue_sending, dispatch_uid="campaigns.sending")
works.stop_asked.connect(leaving.stop_work, dispatch_uid="campaigns.stop")
boards.schedule.add(boards.Scheduled("campaigns.due", tasks.send_due, every_minutes=5))
boards.schedule.add(boards.Scheduled("campaigns.reports", tasks.ask_reports, every_minutes=15))
for key, label, load, channel, is_set, unset, order in [
    (
        "campagnes-courriel",
        _("Courriels des campagnes"),
        carried.mail_load,
        Channel.MAIL,
        lambda: True,
        "",
        30,
    ),
    (
        "campagnes-sms",
        _("SMS des campagnes"),
        carried.text_load,
        Channel.SMS,
        sms.is_offered,
        _("Aucune passerelle n’est posée : aucun SMS n’est proposé (SMS_GATEWAY)."),
        40,
    ),
]:
    boards.carriers.add(
        boards.Carrier(key, label, load, partial(sending.send_again, channel), is_set, unset, order)
    )
boards.seeds.add(boards.Seed("campagnes", seeds.plant, order=45, finish=seeds.open_the_others))
boards.services.add(
    boards.Service(
        KEY,
        _("Campagnes aux familles"),
        text=_("Écrire en une fois aux familles de plusieurs élèves, par courrier, courriel ou SMS."),
        namespaces=("campaigns",),
        order=35,
    )
)
for place, label, url_name, icon, open_to in [
    (Place.SCHOOL_LIFE, _("Campagnes"), "campaigns:campaigns", "mail", rules.prepares_campaigns),
    (Place.CHOSEN, _("Écrire aux familles"), "campaigns:from_list", "mail", rules.prepares_campaigns),
    (Place.FAMILY, _("Messages reçus"), "campaigns:received", "mail", rules.reads_messages),
]:
    ways.add(Way(place, label, url_name, icon, open_to, KEY))


def address_of_sent(public_id: str) -> str:
    return reverse("campaigns:sent", kwargs={"public_id": public_id})


boards.pupil_links.add(
    boards.PupilLink(
        _("Messages à la famille"), address_of_sent, "mail", rules.prepares_campaigns, service=KEY
    )
)
boards.acts.add(
    boards.Act(
        "campaigns.message",
        _("Recevoir un message de la vie scolaire"),
        Nature.INFORMATION,
        order=12,
        service=KEY,
    )
)
for step in [
    boards.FirstStep(
        _("Écrire à plusieurs familles"),
        _(
            "Courrier, courriel ou SMS : les doutes sont montrés avant, et rien ne part sans votre confirmation."
        ),
        "campaigns:campaigns",
        rules.prepares_campaigns,
        where=_("Dans « Vie scolaire », « Campagnes »"),
        order=45,
        service=KEY,
    ),
    boards.FirstStep(
        _("Relire les messages de la vie scolaire"),
        _("Courriers, courriels et SMS envoyés par l’établissement, et le choix de ne pas recevoir de SMS."),
        "campaigns:received",
        rules.reads_messages,
        where=_("Dans « Absences », « Messages reçus »"),
        order=45,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

for verb, label in [
    ("campaigns.prepared", _("Campagne préparée")),
    ("campaigns.dropped", _("Campagne abandonnée")),
    ("campaigns.wording_kept", _("Texte de campagne gardé")),
    ("campaigns.confirmed", _("Campagne confirmée")),
    ("campaigns.stopped", _("Campagne arrêtée")),
    ("campaigns.retried", _("Messages envoyés de nouveau")),
    ("campaigns.posted", _("Courriers notés comme postés")),
    ("campaigns.printed", _("Courriers préparés à l’impression")),
    ("campaigns.exported", _("Messages d’une campagne exportés")),
    ("campaigns.sendings_read", _("Les messages envoyés à la famille")),
    ("campaigns.reach_read", _("La page « Joindre cette personne »")),
    ("campaigns.address_noted", _("Adresse postale notée")),
    ("campaigns.sms_refused", _("SMS refusés")),
    ("campaigns.sms_wanted", _("SMS acceptés")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
# Whoever was charged with absences sends, stops and prints campaigns for the head who gave that.
more_verbs.add(
    MoreVerbs(
        ABSENCES,
        frozenset(
            {
                "campaigns.confirmed",
                "campaigns.stopped",
                "campaigns.retried",
                "campaigns.posted",
                "campaigns.prepared",
                "campaigns.dropped",
                "campaigns.printed",
                "campaigns.exported",
            }
        ),
    )
)
boards.reasons_to_read.add(
    boards.ReasonToRead("campaigns.sendings_read", _("Savoir ce qui a été envoyé à la famille."))
)
boards.reasons_to_read.add(boards.ReasonToRead("campaigns.reach_read", _("Joindre cette personne.")))
boards.site_pages.add(
    boards.SitePage(
        _("Campagnes aux familles"),
        "campaigns:campaigns",
        "mail",
        rules.prepares_campaigns,
        _("courrier SMS écrire"),
        KEY,
    )
)
