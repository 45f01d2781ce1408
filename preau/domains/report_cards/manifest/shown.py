"""Where bulletins show: the service, its menu, the page of a class, the settings, the first steps."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.gradebook.boards import SettledAverages, settled_averages
from preau.domains.report_cards import seeds, tasks
from preau.domains.report_cards.models import CardBatch
from preau.domains.report_cards.queries import coming
from preau.domains.report_cards.queries.cards import settled_average
from preau.domains.report_cards.rules import access
from preau.domains.timetable.boards import Gathering, gatherings
from preau.foundation import boards, filework
from preau.foundation.boards import NotificationKind, Pace

KEY = "report_cards"


def council_of(group: int) -> str:
    """The council of a class."""
    return reverse("report_cards:council", kwargs={"pk": group})


def texts_of(group: int) -> str:
    """The appreciations of a class or a group."""
    return reverse("report_cards:write", kwargs={"pk": group})


def council_heard(viewer: Viewer, number: int | None) -> str | None:
    """Whoever reads a council hears that it goes on."""
    return f"council:{number}" if number and access.hears_council(viewer, number) else None


def offers_council(viewer: Viewer, group: Group) -> bool:
    """Of a class, for whoever reads it."""
    return access.reads_council(viewer, group)


def councils_card(viewer: Viewer, soon: int, ahead: int) -> Mapping[str, Any] | None:
    """The councils of today and tomorrow, for who sits in all; how many of theirs come, for a teacher, whose home asks enough already."""
    if not access.reads_every(viewer):
        return {"ahead": ahead} if ahead else None
    rows = coming.coming_soon(viewer) if soon else []
    more = max(0, len(rows) - coming.MOST_SOON)
    return {"councils": rows[: coming.MOST_SOON], "more": more, "ahead": 0} if rows else None


def to_give_card(viewer: Viewer, waiting: int) -> Mapping[str, Any] | None:
    """What the head alone does once councils are over."""
    return {"waiting": waiting} if waiting else None


boards.services.add(
    boards.Service(
        KEY,
        _("Bulletins et conseils"),
        text=_("Appréciations, conseils de classe et bulletins périodiques."),
        namespaces=("report_cards",),
        order=29,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Bulletins et conseils"),
        "report_cards:index",
        "file-text",
        access.takes_part,
        "school-life",
        order=29,
        service=KEY,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Bulletins"),
        "report_cards:own",
        "file-text",
        access.follows,
        "school-life",
        order=29,
        service=KEY,
    )
)
gatherings.add(Gathering("councils", coming.met_at, order=10, service=KEY))
boards.agenda.add(boards.AgendaSource("councils", coming.agenda_of, access.takes_part, order=22, service=KEY))
boards.cards.add(
    boards.Card(
        "report_cards/_soon.html",
        councils_card,
        access.takes_part,
        order=5,
        service=KEY,
        counters=(coming.number_soon, coming.number_ahead),
    )
)
boards.cards.add(
    boards.Card(
        "report_cards/_to_give.html",
        to_give_card,
        access.gives_cards,
        order=6,
        service=KEY,
        counters=(coming.number_to_give,),
    )
)
boards.group_links.add(
    boards.GroupLink(_("Appréciations"), texts_of, "feather", access.reads_group, order=27, service=KEY)
)
boards.group_links.add(
    boards.GroupLink(_("Conseil de classe"), council_of, "users", offers_council, order=28, service=KEY)
)
boards.settings_pages.add(
    boards.SettingsPage(
        _("Bulletins et conseils"),
        _("Les mentions que donnent les conseils de classe, et la longueur des appréciations."),
        "report_cards:settings",
        "file-text",
        access.settles,
        order=64,
        heading=boards.SettingsHeading.DAILY,
        words=_("mentions félicitations encouragements appréciation"),
    )
)
settled_averages.add(SettledAverages(KEY, settled_average, service=KEY))
boards.topics.add(boards.Topic("council", council_heard))
boards.seeds.add(boards.Seed("bulletins", seeds.plant, order=48))
boards.first_steps.add(
    boards.FirstStep(
        _("Écrire ses appréciations"),
        _(
            "Une classe à la fois, au clavier : chaque texte s’enregistre tout seul, Entrée passe à l’élève suivant."
        ),
        "report_cards:index",
        access.takes_part,
        order=32,
        service=KEY,
    )
)
filework.file_asked.connect(tasks.enqueue_batch, sender=CardBatch, dispatch_uid="report_cards.batch")
boards.schedule.add(boards.Scheduled("report_cards.tell_published", tasks.tell_published, every_minutes=10))
boards.schedule.add(
    boards.Scheduled("report_cards.erase_batches", tasks.erase_batches, every_minutes=24 * 60)
)
boards.notification_kinds.add(
    NotificationKind(
        "report_cards.published",
        _("Un bulletin remis"),
        _("Bulletins"),
        _("Un bulletin est là"),
        _("Le bulletin de %(about)s est à lire depuis %(day)s (%(school)s)."),
        _("Lire le bulletin"),
        _("Vous suivez la scolarité de cet élève."),
        access.follows,
        order=24,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "report_cards.ready",
        _("Les bulletins d’une classe prêts"),
        _("Bulletins"),
        _("Les bulletins sont prêts"),
        _("Les bulletins de la classe que vous avez demandés sont prêts (%(school)s)."),
        _("Les voir"),
        _("Vous avez demandé ces bulletins."),
        access.takes_part,
        pace=Pace.NEVER,
        order=39,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "report_cards.to_write",
        _("Un rappel de ce qui reste à écrire"),
        _("Bulletins et conseils"),
        _("Des appréciations restent à écrire"),
        _("%(period)s (%(school)s). Il vous reste à écrire : %(left)s."),
        _("Les écrire"),
        _("La direction prépare les conseils de classe."),
        access.takes_part,
        pace=Pace.AT_ONCE,
        order=38,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "report_cards.suggested",
        _("Une correction proposée sur un de vos textes"),
        _("Bulletins et conseils"),
        _("Une correction vous est proposée"),
        _(
            "%(period)s (%(school)s) : un collègue propose de corriger une de vos appréciations. Rien ne change sans vous."
        ),
        _("La lire"),
        _("Vous écrivez ces appréciations."),
        access.takes_part,
        pace=Pace.DAILY,
        order=38,
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Campagne des bulletins"),
        "report_cards:campaign",
        "clipboard-check",
        access.runs_campaign,
        words=_(
            "rappel relance appréciations manquantes conseils avancement signer signature remettre bulletins"
        ),
        service=KEY,
    )
)
boards.first_steps.add(
    boards.FirstStep(
        _("Lire un bulletin"),
        _("Ce que dit le conseil, puis matière par matière ; chaque version reste là."),
        "report_cards:own",
        access.follows,
        order=24,
        service=KEY,
    )
)
