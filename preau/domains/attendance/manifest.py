"""What attendance shows to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.attendance import actions, queries, rules, seeds, tasks
from preau.domains.timetable.boards import LessonMarks, lesson_marks
from preau.foundation import boards
from preau.foundation.boards import FieldClass, NotificationKind, Pace, PersonalData, Retention

actions.absences_recorded.connect(tasks.enqueue_notices, dispatch_uid="attendance.notices")
boards.schedule.add(boards.Scheduled("attendance.remind_of_calls", tasks.remind_of_calls, every_minutes=10))

lesson_marks.add(LessonMarks("attendance", queries.marks_of, order=10, service="attendance"))
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
        order=30,
        service="attendance",
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Vie scolaire"),
        "attendance:board",
        "clipboard-check",
        rules.runs_school_life,
        order=30,
        service="attendance",
    )
)
boards.seeds.add(boards.Seed("vie scolaire", seeds.plant, seeds.refresh, order=30))


def to_explain_card(viewer: Viewer) -> Mapping[str, Any] | None:
    absences = queries.absences_to_explain(viewer)
    return {"absences": absences[:5], "more": max(0, len(absences) - 5)} if absences else None


def school_life_card(viewer: Viewer) -> Mapping[str, Any]:
    return {"figures": queries.figures_of(viewer, timezone.now())}


def to_call_card(viewer: Viewer) -> Mapping[str, Any] | None:
    calls = queries.calls_to_make(viewer, timezone.now())
    return {"calls": calls[:5], "viewer": viewer} if calls else None


def to_read_card(viewer: Viewer) -> Mapping[str, Any] | None:
    waiting = queries.explanations_to_read(viewer)[:5]
    return {"waiting": waiting} if waiting else None


def recent_card(viewer: Viewer) -> Mapping[str, Any]:
    return {"rows": queries.recent_rows(viewer), "viewer": viewer}


boards.cards.add(
    boards.Card("attendance/_to_call.html", to_call_card, rules.calls_own_rolls, "aside", 20, "attendance")
)
boards.cards.add(
    boards.Card("attendance/_to_read.html", to_read_card, rules.runs_school_life, "aside", 20, "attendance")
)
boards.cards.add(
    boards.Card("attendance/_recent.html", recent_card, rules.follows_absences, "aside", 20, "attendance")
)
boards.cards.add(
    boards.Card(
        "attendance/_to_explain.html", to_explain_card, rules.follows_absences, order=5, service="attendance"
    )
)
boards.cards.add(
    boards.Card(
        "attendance/_school_life.html",
        school_life_card,
        rules.runs_school_life,
        order=5,
        service="attendance",
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
]:
    boards.journal_words.add(boards.JournalWord(verb, label))


def own_notice(guardian_id: int) -> Q:
    """A letter to another guardian is that guardian's."""
    return Q(guardian=guardian_id)


# What a parent wrote, and what the school answered to it, is not read by the other parent (docs/decisions/0009).
AUTHORED = {
    "Explanation": {"reason": ("given_by",), "comment": ("given_by",)},
    "Decision": {"comment": ("decided_by", "explanation__given_by")},
}

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
        "attendance", queries.agenda_of, rules.follows_absences, in_feed=False, order=30, service="attendance"
    )
)

BASIS = dict(
    purpose=_("Savoir où sont les élèves, prévenir les familles et suivre l’assiduité."),
    legal_basis=_("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e)."),
    recipients=_("La vie scolaire, la direction, l’enseignant du cours, l’élève et ses responsables."),
    keep=Retention.YEAR_PLUS_ONE,
)
NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)

for label, model, person, fields in [
    (
        _("Appels"),
        "RollCall",
        "called_by",
        {"school": NONE, "lesson": NONE, "called_by": PERSONAL, "called_at": PERSONAL},
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
        | {"explanation": CHILD},
    ),
    (
        _("Modifications d’absences"),
        "EntryChange",
        "entry__pupil",
        {"school": NONE, "entry": CHILD, "status": CHILD, "minutes_late": CHILD}
        | {"changed_by": PERSONAL, "changed_at": PERSONAL},
    ),
    (
        _("Explications d’absences"),
        "Explanation",
        "pupil",
        {"school": NONE, "pupil": CHILD, "day": CHILD, "reason": SENSITIVE, "comment": SENSITIVE}
        | {"given_by": PERSONAL, "given_at": PERSONAL, "state": CHILD},
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
    forget = actions.forget_words if model == "Explanation" else None
    shared = own_notice if model == "Notice" else None
    authored = AUTHORED.get(model, {})
    boards.personal_data.add(
        PersonalData(
            label,
            f"attendance.{model}",
            person,
            fields=fields,
            forget=forget,
            authored=authored,
            shared=shared,
            **BASIS,
        )
    )

for step in [
    boards.FirstStep(
        _("Suivre les appels du jour"),
        _("Les appels qui manquent, les absents du moment, les explications des familles à lire."),
        "attendance:board", rules.runs_school_life, order=10, service="attendance",
    ),
    boards.FirstStep(
        _("Appeler une classe"),
        _("Pendant le cours, l’appel est en haut de l’accueil. Ensuite, retrouvez-le dans la semaine, pendant sept jours."),
        "timetable:week", rules.calls_own_rolls, order=10, service="attendance",
    ),
    boards.FirstStep(
        _("Expliquer une absence"),
        _("Quelques mots suffisent, sans papier. La réponse de la vie scolaire arrive au même endroit."),
        "attendance:absences", rules.answers_for_absences, order=10, service="attendance",
    ),
    boards.FirstStep(
        _("Relire mes absences"),
        _("Ce qui est noté, et ce qui reste à expliquer par un responsable."),
        "attendance:absences", rules.only_reads_absences, order=10, service="attendance",
    ),
]:  # fmt: skip
    boards.first_steps.add(step)
