"""What the agenda shows: its menu entry, its public feed, what it holds about people."""

from django.utils.translation import gettext_lazy as _

from preau.commons.agenda import actions, api, rules
from preau.foundation import boards
from preau.foundation.boards import FieldClass, PersonalData, Retention
from preau.foundation.readers import on_themselves

boards.menu.add(
    boards.MenuEntry(_("Agenda"), "agenda:agenda", "calendar-event", rules.has_agenda, order=12, main=True)
)
boards.public_routes.add(boards.PublicRoute("agenda:feed"))
boards.public_routes.add(boards.PublicRoute("agenda:well_known"))
boards.doors.add(
    boards.Door(
        "agenda",
        _("Agenda"),
        _("Lire votre agenda dans le calendrier d’un téléphone ou d’un ordinateur, sans rien y changer."),
        rules.has_agenda,
        to_pupils=True,
        how="agenda/_in_a_calendar.html",
        most=rules.MOST_REQUESTS,
        order=10,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Abonnement à l’agenda"),
        model="agenda.Feed",
        person="account__person",
        purpose=_(
            "Laisser une personne lire son agenda dans le calendrier de son choix, tant qu’elle le veut."
        ),
        legal_basis=_("À la demande de la personne ; mission d’intérêt public (RGPD, article 6.1.e)."),
        readers=on_themselves(others=(_("le calendrier à qui l’adresse a été donnée"),)),
        keep=Retention.ACCOUNT,
        fields={
            "account": FieldClass.PERSONAL,
            "digest": FieldClass.NONE,
            "number": FieldClass.NONE,
            "opened_at": FieldClass.PERSONAL,
        },
        forget=actions.forget_feed,
        erases=_("L’adresse de l’agenda ne répond plus : le calendrier du téléphone n’est plus mis à jour."),
        changed_at="agenda:subscription",
    )
)
boards.doors.add(
    boards.Door(
        "api.agenda",
        _("Agenda"),
        _("vos cours, les vacances et les événements, sans absences ni punitions."),
        rules.has_agenda,
        by=("token",),
        most=1000,
        order=20,
    )
)
boards.api.add(boards.ApiPart("agenda", api.router, "api.agenda", order=20))
boards.first_steps.add(
    boards.FirstStep(
        _("Voir ses journées d’un coup d’œil"),
        _("Par jour, par semaine ou par mois. L’agenda se met aussi dans le calendrier d’un téléphone."),
        "agenda:agenda",
        rules.has_agenda,
        where=_("« Emploi du temps », puis « Agenda »"),
        order=30,
    )
)
for verb, label in [
    ("agenda.feed_opened", _("Abonnement à l’agenda ouvert")),
    ("agenda.feed_renewed", _("Adresse de l’abonnement à l’agenda changée")),
    ("agenda.feed_closed", _("Abonnement à l’agenda fermé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

# How people read it.
for words in [
    boards.InWords("agenda", boards.Section.SIGN_INS),
]:
    boards.data_in_words.add(words)
