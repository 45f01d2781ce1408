"""What events show to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.viewer import Viewer
from preau.domains.events import rules, seeds, tasks
from preau.domains.events.actions import keeping
from preau.domains.events.queries import days, lists, one
from preau.domains.timetable.actions import patterns
from preau.domains.timetable.boards import (
    BesideLessons,
    MealStop,
    RoomHold,
    Whereabouts,
    beside_lessons,
    meal_stops,
    room_holds,
    whereabouts,
)
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
    Term,
)
from preau.foundation.readers import on_themselves

KEY = "events"
patterns.lessons_planned.connect(tasks.enqueue_following, dispatch_uid="events.following")
keeping.event_told.connect(tasks.enqueue_telling, dispatch_uid="events.telling")
boards.services.add(
    boards.Service(
        KEY,
        _("Événements et réunions"),
        text=_(
            "Réunions, sorties, journées de l’établissement : qui est concerné, qui vient, ce qui change."
        ),
        namespaces=("events",),
        order=22,
    )
)
beside_lessons.add(BesideLessons(KEY, days.beside_lessons, order=10, service=KEY))
meal_stops.add(MealStop(KEY, days.without_meals, order=10))
room_holds.add(RoomHold(KEY, one.rooms_held, order=10))
whereabouts.add(Whereabouts(KEY, days.out_of_school, "school", order=10))
boards.agenda.add(
    boards.AgendaSource(
        KEY,
        days.agenda_of,
        rules.reads_events,
        order=15,
        service=KEY,
        page="events:events",
        label=_("Événements"),
        icon="calendar-event",
    )
)
boards.search.add(
    boards.SearchSource(
        _("Événements"),
        "calendar-event",
        lists.events_found,
        rules.reads_events,
        letters=3,
        order=55,
        service=KEY,
    )
)
boards.public_routes.add(boards.PublicRoute("events:open_days", in_sitemap=True))
boards.front_links.add(
    boards.FrontLink(
        _("Y a-t-il école demain ?"),
        _("Aujourd’hui et demain, établissement par établissement : vacances, jours fériés, fermetures."),
        _("Y a-t-il école demain ?"),
        "events:open_days",
        "calendar-event",
        order=5,
        at_door=True,
    )
)
boards.seeds.add(boards.Seed("événements", seeds.plant, order=50))


boards.awaited.add(
    boards.AwaitedSource(
        KEY, lists.rows_to_answer, lists.events_to_answer, rules.is_family, order=20, service=KEY
    )
)


def soon_card(viewer: Viewer) -> Mapping[str, Any] | None:
    rows, more = days.coming_soon(viewer)
    return {"rows": rows, "more": more} if rows else None


boards.cards.add(boards.Card("events/_soon.html", soon_card, rules.reads_events, "aside", 12, KEY))

for verb, label in [
    ("events.created", _("Événement préparé")),
    ("events.published", _("Événement publié")),
    ("events.changed", _("Événement changé")),
    ("events.cancelled", _("Événement annulé")),
    ("events.restored", _("Événement rétabli")),
    ("events.removed", _("Brouillon d’événement supprimé")),
    ("events.exported", _("Réponses à un événement exportées")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

for step in [
    boards.FirstStep(
        _("Annoncer un événement"),
        _("Une réunion, une sortie : dites quand, où et pour qui. Ceux que cela concerne sont prévenus."),
        "events:create",
        rules.creates_events,
        where=_("« Emploi du temps », « Agenda », puis « Événements »"),
        order=45,
        service=KEY,
    ),
    boards.FirstStep(
        _("Fermer à midi, ou une journée"),
        _("Les cours, la cantine, les transports et qui prévenir, sur une page ; tout revient d’un geste."),
        "events:close",
        rules.closes_school,
        where=_("« Emploi du temps », « Agenda », puis « Événements »"),
        order=44,
        service=KEY,
    ),
    boards.FirstStep(
        _("Voir les réunions et les sorties"),
        _("Ce qui a lieu à côté des cours est dans l’agenda ; on y répond quand une réponse est demandée."),
        "events:events",
        rules.reads_events,
        where=_("« Emploi du temps », « Agenda », puis « Événements »"),
        order=46,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)

CATEGORY, SEE = _("Événements"), _("Voir l’événement")
CONCERNED = _("Cet événement vous concerne, ou concerne un élève dont vous êtes responsable.")
for key, label, subject, body, options in [
    (
        "told",
        _("Un événement est annoncé"),
        _("Un événement est annoncé"),
        _("%(title)s\n%(when)s\n%(school)s"),
        {"pace": Pace.DAILY, "order": 26},
    ),
    (
        "asked",
        _("Une réponse est demandée"),
        _("Une réponse vous est demandée"),
        _("%(title)s\n%(when)s\nDites si vous venez.\n%(school)s"),
        {"pace": Pace.AT_ONCE, "order": 25},
    ),
    (
        "changed",
        _("Un événement change ou est annulé"),
        _("Un événement change"),
        _("%(title)s\n%(when)s\n%(what)s\n%(school)s"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 24},
    ),
    (
        "closed",
        _("L’établissement ferme ou rouvre, ou des cours sont annulés, aujourd’hui ou demain"),
        _("Fermeture ou cours annulés"),
        _("%(title)s\n%(when)s\n%(what)s\n%(school)s"),
        {
            "pace": Pace.AT_ONCE,
            "push": True,
            "urgent": True,
            "may_wait": True,
            "order": 23,
            "undone": _("Fermeture annulée"),
            "urgency": _("Demain, ce sera trop tard pour venir chercher un enfant, ou pour ne pas venir."),
        },
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(
            f"events.{key}", label, CATEGORY, subject, body, SEE, CONCERNED, rules.reads_events, **options
        )
    )

COMMON: dict[str, Any] = dict(
    purpose=_("Annoncer les réunions, les sorties et les événements, et savoir qui vient."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(
        _("qui prépare l’événement"), others=(_("ceux que l’événement concerne, sans les réponses"),)
    ),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL


for label, model, person, fields, more in [
    (
        _("Événements préparés"),
        "Event",
        "created_by",
        dict.fromkeys(
            "school kind first_day last_day starts ends whole_days room place audience groups with_families asks_answer "
            "stops_lessons meals transport tells "
            "state published_at revision sent_as".split(),
            NONE,
        )
        | dict.fromkeys(["title", "search_title", "description", "created_by", "created_at"], PERSONAL),
        {},
    ),
    (
        _("Étapes d’événements"),
        "EventStep",
        "by",
        {"school": NONE, "event": NONE} | dict.fromkeys(["gesture", "note", "by", "at"], PERSONAL),
        {"people": {"by": (Concerned.STAFF,)}},
    ),
    (
        _("Invitations et réponses"),
        "Invitation",
        "person",
        {"school": NONE, "event": NONE} | dict.fromkeys(["person", "answer", "answered_at"], PERSONAL),
        {"forget": keeping.forget_invitations},
    ),
]:
    boards.personal_data.add(PersonalData(label, f"events.{model}", person, fields=fields, **COMMON, **more))

boards.terms.add(
    Term(
        "events.events",
        _("Événements et réponses"),
        keep=Retention.YEAR_PLUS_ONE,
        model="events.Event",
        when="last_day",
        since=SINCE,
        text=_("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre."),
        due=by_year("events.Event", "last_day"),
        people=("created_by", "invitations__person"),
        with_it=("events.EventStep", "events.Invitation"),
        order=30,
    )
)

# How people read it.
for words in [
    boards.InWords("events", boards.Section.SCHOOLING),
    boards.InWords(
        "events.Invitation",
        sentence=(_("Invitation : « %(self)s »"), _("réponse : %(answer)s")),
        names=lambda row: row.event.title,
        names_with=("event",),
    ),
]:
    boards.data_in_words.add(words)
boards.site_pages.add(
    boards.SitePage(
        _("Événements"),
        "events:events",
        "calendar-event",
        rules.reads_events,
        _("réunion sortie voyage"),
        KEY,
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("Fermer l’établissement, annuler des cours"),
        "events:close",
        "calendar-event",
        rules.closes_school,
        _("fermeture banalisée midi grève neige intempéries panne"),
        KEY,
    )
)
