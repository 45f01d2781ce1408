"""What evenings and appointments show to the rest of the platform."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.directory.words import Role
from preau.domains.appointments import rules, seeds, tasks
from preau.domains.appointments.actions import keeping, planning, running
from preau.domains.appointments.models import Meeting
from preau.domains.appointments.queries import days, rooms, singles
from preau.domains.timetable.boards import (
    BesideLessons,
    Gathering,
    NearDays,
    RoomHold,
    SchoolDates,
    beside_lessons,
    gatherings,
    near_days,
    room_holds,
    school_dates,
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
from preau.foundation.readers import NO_ROW, Readers, Rows, on_themselves, own

KEY = "appointments"
planning.plan_asked.connect(tasks.enqueue_computing, dispatch_uid="appointments.computing")
planning.plan_published.connect(tasks.enqueue_publishing, dispatch_uid="appointments.publishing")
keeping.evening_told.connect(tasks.enqueue_telling, dispatch_uid="appointments.telling")
boards.services.add(
    boards.Service(
        KEY,
        _("Rencontres et rendez-vous"),
        text=_(
            "Les rencontres parents-professeurs, sans file d’attente, et les rendez-vous avec l’établissement."
        ),
        namespaces=("appointments",),
        order=25,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Rencontres et rendez-vous"),
        "appointments:evenings",
        "users",
        rules.reads_evenings,
        "school-life",
        order=19,
        service=KEY,
    )
)
boards.schedule.add(boards.Scheduled("appointments.remind", tasks.remind, 30))
boards.awaited.add(
    boards.AwaitedSource(
        singles.SOURCE, singles.rows_awaited, singles.said_awaited, rules.is_guardian, order=22, service=KEY
    )
)
boards.awaited.add(
    boards.AwaitedSource(
        singles.EVENINGS,
        singles.rows_evenings,
        singles.said_evenings,
        rules.is_guardian,
        order=23,
        service=KEY,
    )
)
boards.agenda.add(
    boards.AgendaSource(
        KEY,
        days.agenda_of,
        rules.reads_evenings,
        order=16,
        service=KEY,
        page="appointments:appointments",
        label=_("Rendez-vous"),
        icon="users",
    )
)
near_days.add(NearDays(KEY, days.near_days, days.near_read, rules.is_guardian, service=KEY))
beside_lessons.add(BesideLessons(KEY, days.beside_lessons, order=20, service=KEY))
boards.search.add(
    boards.SearchSource(
        _("Rencontres"),
        "users",
        None,
        rules.reads_evenings,
        letters=3,
        order=58,
        service=KEY,
        titles=days.titles,
        hits=days.evenings_found,
    )
)
boards.pupil_facts.add(
    boards.PupilFact(
        "appointments.meetings",
        _("Rendez-vous"),
        "appointments/facts/_meetings.html",
        days.of_pupil,
        rules.reads_evenings,
        boards.Column.SCHOOL,
        icon="users",
        summary=days.said_of_pupil,
        order=55,
        service=KEY,
    )
)
school_dates.add(SchoolDates(KEY, "parents", days.announced, order=10, service=KEY))
gatherings.add(Gathering(KEY, days.met_at, order=20, service=KEY))
room_holds.add(RoomHold(KEY, rooms.rooms_held, order=30))
boards.measures.add(boards.Measure("appointments.families_met", days.families_met))
boards.seeds.add(boards.Seed("rencontres et rendez-vous", seeds.plant, order=79))
for page in [
    boards.SitePage(
        _("Rendez-vous"),
        "appointments:appointments",
        "users",
        rules.reads_evenings,
        _("CPE infirmière psychologue rappeler"),
        KEY,
    ),
    boards.SitePage(
        _("Préparer une rencontre parents-professeurs"),
        "appointments:create",
        "users",
        rules.organises,
        _("réunion parents planning créneaux"),
        KEY,
    ),
]:
    boards.site_pages.add(page)
for step in [
    boards.FirstStep(
        _("Préparer une rencontre parents-professeurs"),
        _("Un jour, des classes, une salle pour chacun : les familles réservent, ou le planning se calcule."),
        "appointments:create",
        rules.organises,
        where=_("Dans « Rencontres et rendez-vous »"),
        order=43,
        service=KEY,
    ),
    boards.FirstStep(
        _("Ouvrir des heures de rendez-vous"),
        _("Les familles en prennent une : vous en êtes prévenu."),
        "appointments:open_hours",
        rules.opens_hours,
        where=_("Dans « Rencontres et rendez-vous »"),
        order=44,
        service=KEY,
    ),
    boards.FirstStep(
        _("Rencontrer les professeurs"),
        _("À chaque rencontre, une heure avec chacun, le trajet entre les salles compris."),
        "appointments:evenings",
        rules.is_guardian,
        where=_("Dans « Rencontres et rendez-vous »"),
        order=43,
        service=KEY,
    ),
]:
    boards.first_steps.add(step)
for verb, label in [
    ("appointments.created", _("Rencontre préparée")),
    ("appointments.changed", _("Rencontre changée")),
    ("appointments.opened", _("Rencontre ouverte aux familles")),
    ("appointments.evening_cancelled", _("Rencontre annulée")),
    ("appointments.hosts_settled", _("Salles d’une rencontre changées")),
    ("appointments.host_absent", _("Absence à une rencontre notée ou levée")),
    ("appointments.wished", _("Souhaits d’une famille pour une rencontre")),
    ("appointments.asked_to_see", _("Famille demandée à une rencontre")),
    ("appointments.half_settled", _("Moitié d’une rencontre donnée à une famille à part")),
    ("appointments.planned", _("Planning d’une rencontre calculé")),
    ("appointments.published", _("Planning d’une rencontre publié")),
    ("appointments.booked", _("Rendez-vous pris")),
    ("appointments.placed", _("Famille placée à une rencontre")),
    ("appointments.moved", _("Rendez-vous déplacé")),
    ("appointments.cancelled", _("Rendez-vous annulé")),
    ("appointments.noted", _("Rendez-vous noté vu ou manqué")),
    ("appointments.late", _("Retard à une rencontre annoncé")),
    ("appointments.sheets_printed", _("Feuilles d’une rencontre imprimées")),
    ("appointments.hours_opened", _("Heures de rendez-vous ouvertes")),
    ("appointments.hours_closed", _("Heures de rendez-vous fermées")),
    ("appointments.asked", _("Rendez-vous demandé")),
    ("appointments.proposed", _("Heure de rendez-vous proposée")),
    ("appointments.accepted", _("Heure de rendez-vous acceptée")),
    ("appointments.joined", _("Collègue invité à un rendez-vous")),
    ("appointments.room_booked", _("Salle d’un rendez-vous réservée ou rendue")),
    ("appointments.left", _("Collègue retiré d’un rendez-vous")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))

CATEGORY, SEE = _("Rencontres et rendez-vous"), _("Voir")
WHY = _("Vous recevez ou venez à ce rendez-vous, ou à cette rencontre.")
MEETING = _("%(who)s\n%(when)s\n%(school)s")
EVENING = _("%(title)s\n%(when)s\n%(school)s")
for key, label, subject, body, options in [
    (
        "opened",
        _("Une rencontre parents-professeurs s’ouvre"),
        _("Une rencontre parents-professeurs"),
        _("%(title)s\n%(when)s\nRéponse avant %(closes)s.\n%(school)s"),
        {"pace": Pace.AT_ONCE, "order": 30},
    ),
    (
        "published",
        _("Vos rendez-vous d’une rencontre sont connus"),
        _("Le planning d’une rencontre est publié"),
        _("%(title)s\n%(when)s\n%(what)s\n%(school)s"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 31},
    ),
    (
        "changed",
        _("Une rencontre change de jour ou est annulée"),
        _("Une rencontre change"),
        _("%(title)s\n%(when)s\n%(what)s\n%(school)s"),
        {"pace": Pace.AT_ONCE, "push": True, "order": 32},
    ),
    (
        "placed",
        _("Un rendez-vous vous est donné"),
        _("Un rendez-vous vous est donné"),
        MEETING,
        {"order": 33},
    ),
    (
        "moved",
        _("Un rendez-vous change d’heure ou de lieu"),
        _("Un rendez-vous change"),
        _("%(who)s\n%(when)s\n%(what)s\n%(school)s"),
        {"push": True, "order": 34},
    ),
    (
        "cancelled",
        _("Un rendez-vous est annulé"),
        _("Un rendez-vous est annulé"),
        MEETING,
        {"push": True, "order": 35},
    ),
    (
        "today",
        _("Un rendez-vous du jour change ou est annulé"),
        _("Un rendez-vous d’aujourd’hui change"),
        _("%(who)s\n%(when)s\n%(what)s\n%(school)s"),
        {
            "push": True,
            "order": 35,
            "urgent": True,
            "may_wait": True,
            "urgency": _("Ce rendez-vous est aujourd’hui : demain, ce serait trop tard."),
        },
    ),
    (
        "late",
        _("Du retard à une rencontre"),
        _("Du retard à la rencontre"),
        _("%(who)s\n%(what)s\n%(school)s"),
        {
            "push": True,
            "order": 36,
            "urgent": True,
            "may_wait": True,
            "urgency": _("Les familles sont en chemin, ou déjà là : demain, ce serait trop tard."),
        },
    ),
    (
        "free",
        _("Une heure se libère"),
        _("Une heure se libère"),
        _("%(who)s\n%(when)s\n%(what)s\n%(school)s"),
        {"push": True, "order": 37},
    ),
    (
        "asked",
        _("On demande à vous voir"),
        _("On demande à vous voir"),
        _("%(who)s\nUn rendez-vous est demandé.\n%(school)s"),
        {"order": 38},
    ),
    (
        "proposed",
        _("Une heure vous est proposée"),
        _("Une heure vous est proposée"),
        MEETING,
        {"push": True, "order": 39},
    ),
    (
        "joined",
        _("Qui sera à un rendez-vous change"),
        _("Qui sera au rendez-vous"),
        _("%(who)s\n%(when)s\n%(what)s\n%(school)s"),
        {"order": 40},
    ),
    ("booked", _("Un rendez-vous est pris"), _("Un rendez-vous est pris"), MEETING, {"order": 40}),
    ("soon", _("Un rendez-vous demain"), _("Un rendez-vous approche"), MEETING, {"push": True, "order": 41}),
]:
    options.setdefault("pace", Pace.AT_ONCE)
    boards.notification_kinds.add(
        NotificationKind(
            f"{KEY}.{key}", label, CATEGORY, subject, body, SEE, WHY, rules.reads_evenings, **options
        )
    )

COMMON: dict[str, Any] = dict(
    purpose=_("Faire se rencontrer les familles et l’établissement, à une heure connue de chacun."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL = FieldClass.NONE, FieldClass.PERSONAL
OFFICE = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)
STAFF = (Concerned.STAFF,)
PUPILS = (Concerned.PUPILS,)
TOLD = Rows(
    lambda reader_id: Q(guardian=reader_id) & ~Q(state=Meeting.State.PLANNED),
    _("ses propres rendez-vous, une fois annoncés"),
)
for label, model, person, fields, more in [
    (
        _("Rencontres préparées"),
        "Evening",
        "created_by",
        dict.fromkeys(
            "school day starts ends minutes pauses walk walk_near groups mode closes_at state planned_at plan_facts "
            "revision sent_as".split(),
            NONE,
        )
        | dict.fromkeys("title search_title created_by created_at".split(), PERSONAL),
        {
            "readers": on_themselves(*OFFICE, others=(_("ceux que la rencontre concerne"),)),
            "people": {"created_by": STAFF},
        },
    ),
    (
        _("Personnes à rencontrer"),
        "Host",
        "person",
        {"evening": NONE, "room": NONE, "floor": NONE}
        | dict.fromkeys("person away is_absent late role".split(), PERSONAL),
        {
            "readers": on_themselves(*OFFICE, others=(_("les familles des classes de la rencontre"),)),
            "people": {"person": STAFF},
        },
    ),
    (
        _("Familles à une rencontre"),
        "Party",
        "person",
        {"evening": NONE} | dict.fromkeys("person away apart half together written_at".split(), PERSONAL),
        {"readers": Readers(own("person"), NO_ROW, OFFICE), "people": {"person": (Concerned.GUARDIANS,)}},
    ),
    (
        _("Souhaits pour une rencontre"),
        "Wish",
        "party__person",
        dict.fromkeys("party host pupil rank by_host asked_about waits_since".split(), PERSONAL),
        {
            "readers": Readers(
                own("party__person"), NO_ROW, (*OFFICE, _("la personne que l’on souhaite rencontrer"))
            ),
            "about": ("pupil", "asked_about"),
            "people": {"person": (Concerned.GUARDIANS,), "pupil": PUPILS, "asked_about": PUPILS},
        },
    ),
    (
        _("Rendez-vous"),
        "Meeting",
        "guardian",
        {
            "school": NONE,
            "evening": NONE,
            "revision": NONE,
            "is_fixed": NONE,
            "room": NONE,
            "room_given_back": NONE,
        }
        | dict.fromkeys(
            "host guardian pupil sibling starts ends other_starts other_ends state way place proposed_by_host outcome made_by "
            "made_at".split(),
            PERSONAL,
        )
        # What is said to the nurse is there too.
        | {"reason": FieldClass.SENSITIVE},
        {
            "readers": Readers(
                TOLD,
                NO_ROW,
                (_("la personne qui reçoit"), _("pour une rencontre, ceux qui l’organisent")),
            ),
            "about": ("pupil",),
            "people": {
                "guardian": (Concerned.GUARDIANS,),
                "pupil": PUPILS,
                "sibling": PUPILS,
                "host": STAFF,
                "made_by": (Concerned.GUARDIANS, Concerned.STAFF),
            },
            "forget": keeping.forget,
        },
    ),
    (
        _("Collègues à un rendez-vous"),
        "MeetingColleague",
        "person",
        {"meeting": NONE, "person": PERSONAL, "invited_at": PERSONAL},
        {
            "readers": on_themselves(*OFFICE, others=(_("les autres personnes de ce rendez-vous"),)),
            "people": {"person": STAFF},
        },
    ),
    (
        _("Notes personnelles d’un rendez-vous"),
        "MeetingNote",
        "author",
        {"meeting": NONE, "author": PERSONAL, "text": FieldClass.SENSITIVE},
        {
            "readers": on_themselves(),
            "people": {"author": STAFF},
            "forget": running.forget_notes,
            "erases": _("Les notes que la personne a écrites pour elle-même sont effacées."),
        },
    ),
    (
        _("Heures prises par un rendez-vous"),
        "Taken",
        "person",
        dict.fromkeys("meeting person at".split(), PERSONAL),
        {
            "readers": Readers(own("person"), NO_ROW, (_("pour une rencontre, ceux qui l’organisent"),)),
            "people": {"person": (Concerned.GUARDIANS, Concerned.STAFF)},
        },
    ),
    (
        _("Heures de rendez-vous ouvertes"),
        "Opening",
        "host",
        {"school": NONE, "minutes": NONE, "way": NONE, "is_closed": NONE}
        | dict.fromkeys("host starts ends place made_at".split(), PERSONAL),
        {
            "readers": on_themselves(others=(_("les familles des élèves de l’établissement"),)),
            "people": {"host": STAFF},
        },
    ),
]:
    boards.personal_data.add(
        PersonalData(label, f"appointments.{model}", person, fields=fields, **COMMON, **more)
    )

for name, label, model, when, people, with_it, said in [
    (
        "evenings",
        _("Rencontres et leurs rendez-vous"),
        "Evening",
        "day",
        ("created_by", "hosts__person", "parties__person", "meetings__pupil", "meetings__guardian"),
        ("Host", "Party", "Wish"),
        _(
            "Effacées à la fin de l’année scolaire qui suit, avec leurs rendez-vous et ce que les familles ont dit."
        ),
    ),
    (
        "meetings",
        _("Rendez-vous"),
        "Meeting",
        "made_at",
        ("host", "guardian", "pupil"),
        ("Taken", "MeetingColleague", "MeetingNote"),
        _("Effacés à la fin de l’année scolaire qui suit."),
    ),
    (
        "openings",
        _("Heures de rendez-vous ouvertes"),
        "Opening",
        "starts",
        ("host",),
        (),
        _("Effacées à la fin de l’année scolaire qui suit."),
    ),
]:
    boards.terms.add(
        Term(
            f"appointments.{name}",
            label,
            keep=Retention.YEAR_PLUS_ONE,
            model=f"appointments.{model}",
            when=when,
            since=SINCE,
            text=said,
            due=by_year(f"appointments.{model}", when),
            people=people,
            with_it=tuple(f"appointments.{one}" for one in with_it),
            # A meeting points at its evening: it goes before it.
            order=32 if name == "evenings" else 31,
        )
    )

for in_words in [
    boards.InWords("appointments", boards.Section.SCHOOL_LIFE),
    boards.InWords("appointments.Evening", when="created_at", names=lambda row: row.title),
    boards.InWords("appointments.Meeting", when="made_at"),
    boards.InWords("appointments.Party", when="written_at"),
    boards.InWords("appointments.Opening", when="made_at"),
]:
    boards.data_in_words.add(in_words)
