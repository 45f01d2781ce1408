"""What attendance shows to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance import rules, seeds, tasks
from preau.domains.attendance.actions import announcements, arrangements, explanations, notices, rolls
from preau.domains.attendance.manifest import (  # noqa: F401 - early facts; registers; what school life does; plans
    early,
    in_words,
    past,
    record,
    registers,
    school_life,
    seating,
    terms,
)
from preau.domains.attendance.models import ABSENCES as FOLLOWED
from preau.domains.attendance.models import SCHOOL_LIFE as BY_FUNCTION
from preau.domains.attendance.queries import announcements as known
from preau.domains.attendance.queries import remarks
from preau.domains.attendance.queries.absences import (
    absences_to_explain,
    agenda_of,
    days_of,
    recent_rows,
    rows_to_explain,
)
from preau.domains.attendance.queries.registers import attended, called_among, marks_of, not_in_school
from preau.domains.attendance.queries.school_life import (
    calls_to_make,
    explanations_to_read,
    number_absent,
    number_forgotten,
    number_to_read,
)
from preau.domains.attendance.queries.trend import absence_trend
from preau.domains.timetable.boards import (
    BesideLessons,
    LessonHold,
    LessonMarks,
    LessonPart,
    NearDays,
    Whereabouts,
    beside_lessons,
    lesson_holds,
    lesson_marks,
    lesson_parts,
    near_days,
    whereabouts,
)
from preau.domains.timetable.models import Lesson
from preau.foundation import boards
from preau.foundation.boards import (
    Concerned,
    FieldClass,
    Nature,
    NotificationKind,
    Pace,
    PersonalData,
    Retention,
)
from preau.foundation.readers import Readers, Rows, on_themselves, own, with_guardians

# Before families are told: what they announced is not asked of them.
rolls.absences_recorded.connect(announcements.explain_announced, dispatch_uid="attendance.announced")
rolls.absences_recorded.connect(tasks.enqueue_notices, dispatch_uid="attendance.notices")
rolls.absences_corrected.connect(tasks.enqueue_corrections, dispatch_uid="attendance.corrected")
notices.absences_left.connect(tasks.enqueue_others, dispatch_uid="attendance.others")
boards.schedule.add(boards.Scheduled("attendance.remind_of_calls", tasks.remind_of_calls, every_minutes=10))

lesson_marks.add(LessonMarks("attendance", marks_of, order=10, service="attendance"))


def attended_part(viewer: Viewer, lesson: Lesson) -> Mapping[str, Any] | None:
    found = attended(viewer, lesson)
    return {"found": found} if found else None


lesson_parts.add(
    LessonPart("attendance/_attended.html", attended_part, rules.calls_rolls, order=10, service="attendance")
)
near_days.add(
    NearDays("attendance", known.near_days, known.near_read, rules.follows_absences, service="attendance")
)
beside_lessons.add(BesideLessons("attendance", known.beside_lessons, order=5, service="attendance"))
lesson_holds.add(
    LessonHold("attendance", called_among, _("L’appel de ce cours est fait : il reste où il est."))
)
# A roll says it by itself; study asks.
whereabouts.add(Whereabouts("attendance", not_in_school, "door", in_rolls=False, order=20))
boards.services.add(
    boards.Service(
        "attendance",
        _("Absences et vie scolaire"),
        text=_("L’appel, les absences, leurs explications et les avis aux familles."),
        namespaces=("attendance",),
        order=30,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Absences"),
        "attendance:absences",
        "calendar-off",
        rules.follows_absences,
        order=25,
        service="attendance",
        main=True,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Vie scolaire"),
        "attendance:board",
        "clipboard-check",
        rules.runs_school_life,
        order=15,
        service="attendance",
        main=True,
        in_primary=_("Présences"),
    )
)
for act in [
    boards.Act(
        "attendance.explain",
        _("Expliquer une absence ou un retard"),
        Nature.USUAL,
        order=10,
        service="attendance",
    ),
    boards.Act(
        "attendance.absence",
        _("Apprendre une absence ou un retard"),
        Nature.INFORMATION,
        order=10,
        service="attendance",
    ),
]:
    boards.acts.add(act)
boards.menu.add(
    boards.MenuEntry(
        _("Dispenses et aménagements"),
        "attendance:arrangements",
        "adjustments",
        rules.keeps_arrangements,
        "school-life",
        order=32,
        service="attendance",
    )
)
boards.public_routes.add(boards.PublicRoute("attendance:without_network"))
boards.offline_pages.add(
    boards.OfflinePage(
        "attendance:without_network",
        instead_of=r"^/appel/(\d+|sans-reseau)/$",
        feed="attendance:day",
        open_to=rules.calls_rolls,
        files=("preau/islands/without_network.js",),
        service="attendance",
    )
)
boards.seeds.add(boards.Seed("vie scolaire", seeds.plant, seeds.refresh, order=30))


def school_life_card(viewer: Viewer, to_read: int, forgotten: int, absent: int) -> Mapping[str, Any]:
    return {"to_read": to_read, "forgotten": forgotten, "absent": absent}


def trend_card(viewer: Viewer) -> Mapping[str, Any] | None:
    trend = absence_trend(viewer)
    return {"trend": trend} if trend else None


def to_call_card(viewer: Viewer) -> Mapping[str, Any] | None:
    calls = calls_to_make(viewer, timezone.now())
    return {"calls": calls[:5], "viewer": viewer} if calls else None


def to_read_card(viewer: Viewer) -> Mapping[str, Any] | None:
    waiting = explanations_to_read(viewer)[:5]
    return {"waiting": waiting} if waiting else None


def remarks_card(viewer: Viewer, waiting: int) -> Mapping[str, Any] | None:
    return {"waiting": waiting} if waiting else None


def recent_card(viewer: Viewer) -> Mapping[str, Any]:
    return {"days": days_of(recent_rows(viewer)), "viewer": viewer}


boards.cards.add(
    boards.Card("attendance/_trend.html", trend_card, rules.reads_trend, order=8, service="attendance")
)
boards.cards.add(
    boards.Card("attendance/_to_call.html", to_call_card, rules.calls_own_rolls, "main", 20, "attendance")
)
boards.cards.add(
    boards.Card("attendance/_to_read.html", to_read_card, rules.runs_school_life, "main", 25, "attendance")
)
boards.cards.add(
    boards.Card(
        "attendance/_remarks.html",
        remarks_card,
        rules.mends_lists,
        "aside",
        25,
        "attendance",
        counters=(remarks.number_of_remarks,),
    )
)
boards.cards.add(
    boards.Card("attendance/_recent.html", recent_card, rules.follows_absences, "main", 20, "attendance")
)
boards.awaited.add(
    boards.AwaitedSource(
        "attendance.explain",
        rows_to_explain,
        absences_to_explain,
        rules.answers_for_absences,
        order=10,
        service="attendance",
    )
)
boards.cards.add(
    boards.Card(
        "attendance/_school_life.html",
        school_life_card,
        rules.runs_school_life,
        order=5,
        service="attendance",
        counters=(number_to_read, number_forgotten, number_absent),
    )
)

for verb, label in [
    ("attendance.entry_read", _("La page d’une absence")),
    ("attendance.roll_validated", _("Appel validé")),
    ("attendance.entry_corrected", _("Appel corrigé")),
    ("attendance.explained", _("Absence expliquée")),
    ("attendance.explanation_withdrawn", _("Explication retirée")),
    ("attendance.explanation_accepted", _("Explication acceptée")),
    ("attendance.explanation_refused", _("Explication refusée")),
    ("attendance.exported", _("Absences exportées")),
    ("attendance.list_remarked", _("Remarque sur une liste")),
    ("attendance.list_remark_settled", _("Remarque sur une liste réglée")),
    ("attendance.arrangements_read", _("Les dispenses et aménagements")),
    ("attendance.arranged", _("Dispense ou aménagement noté")),
    ("attendance.arrangement_ended", _("Dispense ou aménagement terminé")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("attendance.entry_read", _("Régler une absence ou un retard."))
)
boards.reasons_to_read.add(
    boards.ReasonToRead("attendance.arrangements_read", _("Appliquer une dispense ou un aménagement."))
)

powers.add(
    Power(
        FOLLOWED,
        _("Suivre les absences"),
        _(
            "La vie scolaire de tout l’établissement : les appels, les absences, leurs motifs, la réponse aux familles."
        ),
        "attendance:board",
        frozenset(BY_FUNCTION),
        verbs=frozenset(
            {
                "attendance.entry_read",
                "attendance.explanation_accepted",
                "attendance.explanation_refused",
                "attendance.exported",
                "attendance.settled",
                "attendance.reopened",
                "attendance.follow_up_opened",
                "attendance.follow_up_read",
                "attendance.follow_up_noted",
                "attendance.follow_up_closed",
                "attendance.follow_up_reopened",
                "attendance.alert_closed",
                "attendance.visit_begun",
                "attendance.visit_ended",
                "attendance.paper_read",
            }
        ),
        order=30,
    )
)


ABSENCES, SCHOOL_LIFE = _("Absences"), _("Vie scolaire")
EXPLAINED = _("Vous avez expliqué cette absence.")
boards.notification_kinds.add(
    NotificationKind(
        "attendance.absence",
        _("Une absence à expliquer"),
        ABSENCES,
        _("Une absence à expliquer"),
        _(
            "%(about)s n’était pas en cours %(day)s, %(hours)s (%(school)s).\n"
            "Si vous connaissez la raison, dites-la en une minute. Si c’est une erreur, ou si vous ne saviez pas, appelez "
            "l’établissement."
        ),
        _("Expliquer l’absence"),
        _(
            "Vous êtes responsable de cet élève : l’établissement vous prévient de chaque journée où il manque."
        ),
        rules.answers_for_absences,
        pace=Pace.AT_ONCE,
        urgent=True,
        urgency=_("Un élève qui n’est pas où on l’attend : sa famille doit le savoir aussitôt."),
        may_wait=True,
        can_be_muted=False,
        order=10,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "attendance.corrected",
        _("Une absence corrigée"),
        ABSENCES,
        _("Une absence corrigée"),
        _("%(about)s %(what)s (%(day)s, %(hours)s, %(school)s)."),
        _("Voir les absences"),
        _("L’établissement vous avait dit cette absence : il vous dit ce qu’elle est devenue."),
        rules.answers_for_absences,
        pace=Pace.AT_ONCE,
        urgent=True,
        urgency=_("Une famille inquiète doit savoir aussitôt que l’élève est là."),
        may_wait=True,
        can_be_muted=False,
        order=10,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "attendance.refused",
        _("Une absence reste à expliquer"),
        ABSENCES,
        _("Une absence reste à expliquer"),
        _(
            "L’établissement n’a pas accepté l’explication que vous avez donnée.\n"
            "Élève : %(about)s\nAbsence : %(day)s\nRéponse : « %(comment)s »"
        ),
        _("Donner une autre explication"),
        EXPLAINED,
        rules.answers_for_absences,
        pace=Pace.AT_ONCE,
        push=True,
        order=11,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "attendance.accepted",
        _("Une explication est acceptée"),
        ABSENCES,
        _("Votre explication est acceptée"),
        _("L’établissement a accepté ce que vous avez dit de l’absence de %(about)s, %(day)s."),
        _("Voir les absences"),
        EXPLAINED,
        rules.answers_for_absences,
        order=12,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "attendance.to_read",
        _("Une explication à lire"),
        SCHOOL_LIFE,
        _("Une explication à lire"),
        _("Une famille a expliqué une absence (%(day)s, %(school)s)."),
        _("Lire l’explication"),
        _("Vous suivez la vie scolaire de cet établissement."),
        rules.runs_school_life,
        pace=Pace.DAILY,
        order=30,
    )
)
boards.notification_kinds.add(
    NotificationKind(
        "attendance.forgotten_call",
        _("Un appel à faire"),
        SCHOOL_LIFE,
        _("Un appel à faire"),
        _("L’appel de votre cours n’est pas encore fait : %(subject)s, %(hours)s (%(school)s)."),
        _("Faire l’appel"),
        _("Vous avez fait ce cours aujourd’hui, et son appel manque."),
        rules.calls_own_rolls,
        push=True,
        order=31,
    )
)

# Absences stay on our pages: the calendar of a phone is kept by others.
boards.agenda.add(
    boards.AgendaSource(
        "attendance",
        agenda_of,
        rules.follows_absences,
        in_feed=False,
        order=30,
        service="attendance",
        in_notebook=True,
    )
)

BASIS: dict[str, Any] = dict(
    purpose=_("Savoir où sont les élèves, prévenir les familles et suivre l’assiduité."),
    legal_basis=_("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e)."),
    readers=with_guardians(Role.SCHOOL_LIFE, Role.HEAD, _("enseignant du cours")),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)

READ_BY = (Role.SCHOOL_LIFE, Role.HEAD, _("enseignant du cours"))
# As `rules.who_reads_explanations` says on the pages.
EXPLANATIONS = (
    *rules.SCHOOL_LIFE,
    _("personnes que la direction charge de suivre les absences"),
)
# What a parent wrote, when, and what the school answered, is not read by the other parent, nor by the pupil; all read the state of
# the absence (docs/decisions/0009). A letter to a guardian is that guardian's.
READERS: Mapping[str, Mapping[str, Any]] = {
    "RollCall": {"readers": on_themselves(*READ_BY)},
    "Explanation": {"readers": Readers(own("given_by"), own("given_by"), EXPLANATIONS)},
    "Decision": {
        "readers": Readers(own("explanation__given_by"), own("explanation__given_by"), EXPLANATIONS)
    },
    "Notice": {"readers": Readers(own("guardian"), own("guardian"), READ_BY)},
}


def said_of_state(explanation: Any) -> str:
    """Of an explanation, everybody reads where it stands."""
    return str(explanation.get_state_display())


# An explanation taken back is for the others as if it had never been.
NOT_TAKEN_BACK = Rows(
    lambda reader_id: (
        Q(explanation=None) | ~Q(explanation__state="withdrawn") | Q(explanation__given_by=reader_id)
    ),
    instead="—",
)
SAYS: Mapping[str, Mapping[str, Any]] = {"Entry": {"explanation": said_of_state}}
ANYONE_TOLD = (Concerned.GUARDIANS, Concerned.STAFF, Concerned.PUPILS)
for label, model, person, fields in [
    (
        _("Appels"),
        "RollCall",
        "called_by",
        {"school": NONE, "lesson": NONE, "called_by": PERSONAL, "called_at": PERSONAL, "listed_to": NONE},
    ),
    (
        _("Absences et retards"),
        "Entry",
        "pupil",
        {
            "school": CHILD,
            "lesson": CHILD,
            "pupil": CHILD,
            "day": CHILD,
            "status": CHILD,
            "minutes_late": CHILD,
        }
        | {"explanation": CHILD, "handling": CHILD},
    ),
    (
        _("Modifications d’absences"),
        "EntryChange",
        "entry__pupil",
        {"school": NONE, "entry": CHILD, "status": CHILD, "minutes_late": CHILD}
        | {"changed_by": PERSONAL, "changed_at": PERSONAL, "sending": NONE},
    ),
    (
        _("Explications d’absences"),
        "Explanation",
        "pupil",
        {"school": NONE, "pupil": CHILD, "day": CHILD, "reason": SENSITIVE, "comment": SENSITIVE}
        | {
            "given_by": PERSONAL,
            "given_at": PERSONAL,
            "state": CHILD,
            "announcement": CHILD,
            "document": SENSITIVE,
        },
    ),
    (
        _("Décisions sur les explications"),
        "Decision",
        "explanation__pupil",
        {"school": NONE, "explanation": CHILD, "state": CHILD, "comment": SENSITIVE}
        | {"decided_by": PERSONAL, "decided_at": PERSONAL},
    ),
    (
        _("Avis d’absence envoyés"),
        "Notice",
        "pupil",
        {
            "school": NONE,
            "entry": CHILD,
            "pupil": CHILD,
            "guardian": PERSONAL,
            "day": CHILD,
            "sent_at": PERSONAL,
        },
    ),
]:
    forget = explanations.forget_words if model == "Explanation" else None
    boards.personal_data.add(
        PersonalData(
            label,
            f"attendance.{model}",
            person,
            fields=fields,
            forget=forget,
            says=SAYS.get(model, {}),
            people={"given_by": ANYONE_TOLD} if model == "Explanation" else {},
            field_readers={"explanation": NOT_TAKEN_BACK} if model == "Entry" else {},
            **BASIS | READERS.get(model, {}),
        )
    )

boards.personal_data.add(
    PersonalData(
        _("Dispenses et aménagements"),
        "attendance.Arrangement",
        "pupil",
        purpose=_("Accueillir chaque élève en cours comme il le faut."),
        legal_basis=BASIS["legal_basis"],
        readers=with_guardians(Role.SCHOOL_LIFE, Role.HEAD, Role.NURSE, _("ses enseignants")),
        keep=Retention.YEAR_PLUS_ONE,
        fields={
            "school": NONE,
            "pupil": CHILD,
            "kind": SENSITIVE,
            "subject": SENSITIVE,
            "must_attend": SENSITIVE,
        }
        | {
            "words": SENSITIVE,
            "first_day": CHILD,
            "last_day": CHILD,
            "said_by": PERSONAL,
            "said_at": PERSONAL,
        }
        | {"ended_by": PERSONAL, "ended_at": PERSONAL},
        forget=arrangements.forget_arrangements,
        people={"said_by": (Concerned.STAFF,)},
    )
)

boards.personal_data.add(
    PersonalData(
        _("Remarques sur les listes"),
        "attendance.ListRemark",
        "pupil",
        purpose=_("Tenir justes les listes des classes et des groupes."),
        legal_basis=BASIS["legal_basis"],
        readers=with_guardians(Role.SECRETARY, Role.HEAD, _("enseignant qui l’a dite")),
        keep=Retention.YEAR_PLUS_ONE,
        fields={"school": NONE, "lesson": CHILD, "pupil": CHILD, "kind": CHILD, "said_by": PERSONAL}
        | {"said_at": PERSONAL, "settled_by": PERSONAL, "settled_at": PERSONAL},
        people={"said_by": (Concerned.STAFF,)},
    )
)

for step in [
    boards.FirstStep(
        _("Suivre les appels du jour"),
        _("Les appels qui manquent, les absents du moment, les explications des familles à lire."),
        "attendance:board",
        rules.runs_school_life,
        order=10,
        service="attendance",
    ),
    boards.FirstStep(
        _("Appeler une classe"),
        _(
            "Pendant le cours, l’appel est en haut de l’accueil. Ensuite, retrouvez-le dans la semaine, pendant sept jours."
        ),
        "timetable:week",
        rules.calls_own_rolls,
        order=10,
        service="attendance",
    ),
    boards.FirstStep(
        _("Expliquer une absence"),
        _("Quelques mots suffisent, sans papier. La réponse de la vie scolaire arrive au même endroit."),
        "attendance:absences",
        rules.answers_for_absences,
        order=10,
        service="attendance",
    ),
    boards.FirstStep(
        _("Relire mes absences"),
        _("Ce qui est noté, et ce qui reste à expliquer par un responsable."),
        "attendance:absences",
        rules.only_reads_absences,
        order=10,
        service="attendance",
    ),
]:
    boards.first_steps.add(step)
