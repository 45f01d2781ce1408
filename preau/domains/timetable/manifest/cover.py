"""What absences of teachers and covers show to the rest of the platform."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.boards import Power, powers
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable import rules, tasks
from preau.domains.timetable.actions import changes, covering, giving, settling
from preau.domains.timetable.models import COVER, TeacherAbsence
from preau.domains.timetable.queries import absences, cover
from preau.domains.timetable.seeds import cover as seeds
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, NotificationKind, Pace, PersonalData, Retention
from preau.foundation.readers import on_themselves, own

changes.lesson_changed.connect(tasks.enqueue_closing, dispatch_uid="timetable.closing")
settling.lessons_settled.connect(tasks.enqueue_together, dispatch_uid="timetable.together")
giving.lessons_taken_back.connect(tasks.enqueue_undoing_together, dispatch_uid="timetable.undoing_together")
boards.schedule.add(boards.Scheduled("timetable.forget_causes", tasks.forget_causes, every_minutes=24 * 60))

boards.seeds.add(boards.Seed("remplacements", seeds.plant, seeds.refresh, order=25))

VERBS = [
    ("timetable.absence_announced", _("Absence d’enseignant annoncée")),
    ("timetable.absence_confirmed", _("Absence d’enseignant confirmée")),
    ("timetable.absence_withdrawn", _("Absence d’enseignant retirée")),
    ("timetable.cover_asked", _("Remplacement demandé")),
    ("timetable.cover_accepted", _("Remplacement accepté")),
    ("timetable.cover_declined", _("Remplacement refusé")),
    ("timetable.cover_cancelled", _("Demande de remplacement retirée")),
    ("timetable.lessons_given", _("Cours d’une absence confiés à une personne")),
    ("timetable.covers_exported", _("Remplacements exportés")),
]
for verb, label in VERBS:
    boards.journal_words.add(boards.JournalWord(verb, label))

powers.add(
    Power(
        COVER,
        _("Organiser les remplacements"),
        _(
            "Noter les absences d’enseignants, demander à leurs collègues, confier leurs cours, en annuler. Jamais la cause."
        ),
        "timetable:cover",
        frozenset(rules.EDITORS),
        about_pupils=False,
        verbs=frozenset(
            verb
            for verb, _label in VERBS
            if verb not in {"timetable.cover_accepted", "timetable.cover_declined"}
        ),
        order=26,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Remplacements"),
        "timetable:cover",
        "switch-horizontal",
        rules.organises_covers,
        "lessons",
        order=21,
        service="timetable",
    )
)


def asks_card(viewer: Viewer, waiting: int) -> Mapping[str, Any] | None:
    return {"asks": absences.own_asks(viewer, timezone.now())[:5], "viewer": viewer} if waiting else None


def left_card(viewer: Viewer, left: int, left_tomorrow: int) -> Mapping[str, Any] | None:
    return {"left": left, "left_tomorrow": left_tomorrow, "viewer": viewer} if left or left_tomorrow else None


boards.cards.add(
    boards.Card(
        "timetable/_cover_asks.html",
        asks_card,
        rules.may_be_asked,
        order=4,
        service="timetable",
        counters=(absences.number_of_asks,),
    )
)
boards.cards.add(
    boards.Card(
        "timetable/_cover_left.html",
        left_card,
        rules.organises_covers,
        order=6,
        service="timetable",
        counters=(cover.number_left_today, cover.number_left_tomorrow),
    )
)

COVERS = _("Remplacements")
ASKED = _("L’établissement cherche qui peut donner ce cours, et vous êtes libre à cette heure.")
OFFICE = _("Vous organisez les remplacements de cet établissement.")
LESSON = _("%(lesson)s, %(when)s.\n%(school)s")
for key, label, subject, body, action, why, for_whom, options in [
    (
        "cover_asked_soon",
        _("Un remplacement demandé pour aujourd’hui ou demain"),
        _("Pouvez-vous donner un cours ?"),
        LESSON,
        _("Répondre"),
        ASKED,
        rules.may_be_asked,
        {
            "pace": Pace.AT_ONCE,
            "push": True,
            "urgent": True,
            "may_wait": True,
            "order": 23,
            "urgency": _("Une classe attend quelqu’un aujourd’hui ou demain."),
        },
    ),
    (
        "cover_asked",
        _("Un remplacement demandé"),
        _("Pouvez-vous donner un cours ?"),
        LESSON,
        _("Répondre"),
        ASKED,
        rules.may_be_asked,
        {"pace": Pace.AT_ONCE, "push": True, "order": 24},
    ),
    (
        "cover_closed",
        _("Un remplacement n’est plus demandé"),
        _("Un remplacement n’est plus demandé"),
        _("%(lesson)s, %(when)s : déjà pris, ou plus à remplacer. Merci.\n%(school)s"),
        _("Voir"),
        ASKED,
        rules.may_be_asked,
        {"pace": Pace.AT_ONCE, "push": True, "order": 25},
    ),
    (
        "cover_taken",
        _("Un remplacement est accepté"),
        _("Un remplacement est accepté"),
        _("%(who)s prend ce cours : %(lesson)s, %(when)s.\n%(school)s"),
        _("Voir"),
        OFFICE,
        rules.organises_covers,
        {"pace": Pace.AT_ONCE, "push": True, "order": 26},
    ),
    (
        "cover_declined",
        _("Un remplacement est refusé"),
        _("Un remplacement est refusé"),
        _("%(who)s ne prend pas ce cours : %(lesson)s, %(when)s.\n%(school)s"),
        _("Demander à d’autres"),
        OFFICE,
        rules.organises_covers,
        {"pace": Pace.AT_ONCE, "push": True, "order": 27},
    ),
    (
        "absence_announced",
        _("Un enseignant s’annonce absent"),
        _("Un enseignant s’annonce absent"),
        _("%(who)s, %(when)s.\n%(school)s"),
        _("Confirmer l’absence"),
        OFFICE,
        rules.organises_covers,
        {"pace": Pace.AT_ONCE, "push": True, "order": 28},
    ),
    (
        "absence_answered",
        _("La réponse à une absence que vous annoncez"),
        _("Votre absence"),
        _("Votre absence, %(when)s, %(what)s.\n%(school)s"),
        _("Voir"),
        _("Vous avez annoncé cette absence."),
        rules.may_be_asked,
        {"pace": Pace.AT_ONCE, "order": 29},
    ),
]:
    boards.notification_kinds.add(
        NotificationKind(f"timetable.{key}", label, COVERS, subject, body, action, why, for_whom, **options)
    )

BASIS = dict(
    purpose=_("Remplacer les enseignants absents, pour que les élèves aient cours."),
    legal_basis=_("Mission d’intérêt public (RGPD, article 6.1.e)."),
    readers=on_themselves(Role.HEAD, Role.SECRETARY, _("enseignant absent, personne sollicitée")),
    keep=Retention.YEAR_PLUS_ONE,
)
PERSONAL, NONE = FieldClass.PERSONAL, FieldClass.NONE
boards.personal_data.add(
    PersonalData(
        label=_("Absences d’enseignants"),
        model="timetable.TeacherAbsence",
        person="teacher",
        fields={"school": NONE}
        | dict.fromkeys(
            "teacher starts ends cause announced_by announced_at confirmed_by confirmed_at withdrawn_by withdrawn_at".split(),
            PERSONAL,
        ),
        says={"cause": lambda code: str(dict(TeacherAbsence.Cause.choices).get(code, ""))},
        **BASIS,
    )
)
boards.personal_data.add(
    PersonalData(
        label=_("Demandes de remplacement"),
        model="timetable.CoverAsk",
        person="person",
        fields=dict.fromkeys(["school", "lesson", "absence", "change"], NONE)
        | dict.fromkeys(["person", "asked_by", "asked_at", "state", "answered_at", "words"], PERSONAL),
        forget=covering.forget_words,
        field_readers={"words": own("person")},
        withheld=frozenset({"absence"}),
        **BASIS,
        people={"person": (Concerned.STAFF,)},
    )
)

for step in [
    boards.FirstStep(
        _("Remplacer un enseignant absent"),
        _("Annoncez l’absence, ouvrez un cours, demandez à qui est libre : Préau prévient tout le monde."),
        "timetable:cover",
        rules.organises_covers,
        order=22,
        service="timetable",
    ),
    boards.FirstStep(
        _("Annoncer une absence"),
        _("Dites quand vous serez absent : l’établissement confirme et cherche qui donne vos cours."),
        "timetable:absences",
        rules.announces_own,
        where=_("Dans « Emploi du temps »"),
        order=95,
        service="timetable",
    ),
]:
    boards.first_steps.add(step)
for label, url_name, icon, open_to, words in [
    (
        _("Annoncer une absence"),
        "timetable:absences",
        "calendar-event",
        rules.announces_own,
        _("malade maladie absent absente arrêt"),
    ),
    (
        _("Remplacements"),
        "timetable:cover",
        "users",
        rules.organises_covers,
        _("annoncer absence absent malade maladie professeur"),
    ),
]:
    boards.site_pages.add(boards.SitePage(label, url_name, icon, open_to, words, "timetable"))
