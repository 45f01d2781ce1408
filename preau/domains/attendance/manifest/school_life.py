"""What the school-life half shows: reasons, settling, and the tables that hold them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance import rules, tasks
from preau.domains.attendance.actions import announcements, follow_ups, handlings
from preau.domains.attendance.models import Announcement, Explanation
from preau.domains.timetable.models import Lesson
from preau.foundation import boards, journal
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention
from preau.foundation.readers import EVERY_ROW, Readers, once, own, with_guardians

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
SCHOOL_LIFE = (Role.SCHOOL_LIFE, Role.HEAD)
EXPLANATIONS = (*SCHOOL_LIFE, _("personnes que la direction charge de suivre les absences"))
# What a parent announces is that parent's; that a pupil has left before the end of the day is known to all.
ANNOUNCED = once(
    Q(kind="departure"), _("les départs avant l’heure, et ce qui vient de soi"), or_own=["given_by"]
)
# What was done with the family; neither the notes that the school keeps for itself nor the words of somebody else.
TOLD = once(Q(told_to_family=True), _("sauf un soin que la loi laisse à l’élève"))
DONE = once(
    ~Q(kind__in=["note", "word"]), _("sans les notes internes ni les mots d’un autre"), or_own=["made_by"]
)
FOR_FAMILY = once(Q(for_family=True), _("si c’est écrit pour la famille"), or_own=["made_by"])


def roll_heard(viewer: Viewer, number: int | None) -> str | None:
    """Whoever may call this roll sees what a colleague has noted in it."""
    lesson = Lesson.objects.visible_to(viewer).filter(pk=number).first() if number else None
    return f"roll:{lesson.pk}" if lesson and rules.can_call_register(viewer, lesson) else None


def board_heard(viewer: Viewer, number: int | None) -> str | None:
    """The calls of the day, of one's own school."""
    runs = number is None and viewer.school_id and rules.runs_school_life(viewer)
    return f"board:{viewer.school_id}" if runs else None


boards.topics.add(boards.Topic("roll", roll_heard))
boards.topics.add(boards.Topic("board", board_heard))
BASIS: dict[str, Any] = dict(
    purpose=_("Savoir où sont les élèves, prévenir les familles et suivre l’assiduité."),
    legal_basis=_("Obligation légale et mission d’intérêt public (RGPD, articles 6.1.c et 6.1.e)."),
    readers=with_guardians(*SCHOOL_LIFE),
    keep=Retention.YEAR_PLUS_ONE,
)


boards.settings_pages.add(
    boards.SettingsPage(
        _("Motifs d’absence"),
        _("Ceux que les familles choisissent, ceux de la vie scolaire, et ce que chacun change."),
        "attendance:reasons",
        "calendar-off",
        rules.settles_reasons,
        order=60,
        heading=boards.SettingsHeading.DAILY,
    )
)

for verb, label in [
    ("attendance.settled", _("Absence réglée par la vie scolaire")),
    ("attendance.reopened", _("Règlement d’une absence annulé")),
    ("attendance.reason_created", _("Motif d’absence ajouté")),
    ("attendance.reason_changed", _("Motif d’absence modifié")),
    ("attendance.reason_retired", _("Motif d’absence retiré")),
    ("attendance.reason_restored", _("Motif d’absence remis")),
    ("attendance.follow_up_opened", _("Suivi d’assiduité ouvert")),
    ("attendance.follow_up_read", _("La page d’un suivi d’assiduité")),
    ("attendance.follow_up_noted", _("Action notée dans un suivi d’assiduité")),
    ("attendance.follow_up_closed", _("Suivi d’assiduité fermé")),
    ("attendance.follow_up_reopened", _("Suivi d’assiduité rouvert")),
    ("attendance.alert_closed", _("Alerte d’assiduité classée")),
    ("attendance.announced", _("Absence annoncée")),
    ("attendance.visit_begun", _("Passage noté (infirmerie, CDI, étude…)")),
    ("attendance.latecomer_noted", _("Élève en retard noté à l’entrée")),
    ("attendance.building_read", _("Liste de qui est dans l’établissement")),
    ("attendance.visit_ended", _("Fin d’un passage")),
    ("attendance.announcement_withdrawn", _("Annonce d’absence retirée")),
    ("attendance.paper_read", _("Le document d’une absence")),
    ("attendance.counting_settled", _("Seuils d’absence réglés")),
]:
    boards.journal_words.add(boards.JournalWord(verb, label))
boards.reasons_to_read.add(
    boards.ReasonToRead("attendance.follow_up_read", _("Suivre l’assiduité avec la famille."))
)
boards.reasons_to_read.add(
    boards.ReasonToRead("attendance.paper_read", _("Lire le document que la famille a joint."))
)


def _papers(rows: QuerySet[Any]) -> Callable[[Viewer], Any]:
    """The papers of rows that the viewer sees; of a confidential reason, for those who read it and whoever gave it."""

    def papers(viewer: Viewer) -> Any:
        seen = rows.all().visible_to(viewer).exclude(document=None)  # type: ignore[attr-defined]
        if viewer.is_staff and not rules.reads_confidential(viewer):
            seen = seen.exclude(reason__confidential=True)
        return seen.values("document_id")

    return papers


def paper_read(viewer: Viewer, file: StoredFile) -> None:
    """Somebody of the school opens what a family has sent of a pupil."""
    rows = [model.objects.filter(document=file).first() for model in (Explanation, Announcement)]
    for row in rows:
        if row is not None and viewer.is_staff:
            journal.record_read(viewer, "attendance.paper_read", row, subject_id=row.pupil_id)
            return


for owner in (Explanation, Announcement):
    boards.file_owners.add(
        boards.FileOwner(
            owner._meta.label, "document", _papers(owner.objects.all()), read=paper_read, service="attendance"
        )
    )

boards.notification_kinds.add(
    boards.NotificationKind(
        "attendance.announced",
        _("Une absence annoncée"),
        _("Vie scolaire"),
        _("Une absence annoncée"),
        _("Une famille annonce une absence (%(day)s, %(school)s)."),
        _("Voir les absences annoncées"),
        _("Vous suivez la vie scolaire de cet établissement."),
        rules.runs_school_life,
        pace=boards.Pace.DAILY,
        order=32,
    )
)

boards.menu.add(
    boards.MenuEntry(
        _("Hors de la classe"),
        "attendance:passages",
        "building",
        rules.only_notes_visits,
        order=31,
        service="attendance",
        main=True,
    )
)
boards.schedule.add(boards.Scheduled("attendance.visits", tasks.end_forgotten_visits, every_minutes=60))
boards.schedule.add(boards.Scheduled("attendance.watch", tasks.watch, every_minutes=24 * 60))

for label, model, person, fields, more in [
    (
        _("Passages à l’infirmerie, au CDI, en étude"),
        "Visit",
        "pupil",
        {"school": NONE, "pupil": CHILD, "place": SENSITIVE, "starts": CHILD, "ends": CHILD}
        | {"told_to_family": SENSITIVE, "noted_by": PERSONAL, "ended_by": PERSONAL},
        {"readers": Readers(EVERY_ROW, TOLD, (*SCHOOL_LIFE, _("infirmerie et CDI, les passages chez eux")))},
    ),
    (
        _("Absences annoncées"),
        "Announcement",
        "pupil",
        {"school": NONE, "pupil": CHILD, "kind": CHILD, "starts": CHILD, "ends": CHILD, "reason": SENSITIVE}
        | {"comment": SENSITIVE, "leaves_with": PERSONAL, "document": SENSITIVE, "given_by": PERSONAL}
        | {"given_at": PERSONAL, "noted_by": PERSONAL, "withdrawn_at": CHILD},
        {
            "field_readers": dict.fromkeys(["reason", "comment", "leaves_with", "document"], own("given_by")),
            "forget": announcements.forget_announcements,
            "readers": Readers(ANNOUNCED, ANNOUNCED, EXPLANATIONS),
            "people": {"given_by": (Concerned.GUARDIANS, Concerned.STAFF)},
        },
    ),
    (
        _("Alertes d’assiduité"),
        "Alert",
        "pupil",
        {
            "school": NONE,
            "pupil": CHILD,
            "month": CHILD,
            "level": CHILD,
            "half_days": CHILD,
            "raised_at": CHILD,
        }
        | {"lifted_at": CHILD, "closed_by": PERSONAL, "closed_at": PERSONAL, "follow_up": CHILD},
        {},
    ),
    (
        _("Suivis d’assiduité"),
        "FollowUp",
        "pupil",
        {"school": NONE, "pupil": CHILD, "opened_by": PERSONAL, "opened_at": CHILD}
        | {"closed_by": PERSONAL, "closed_at": CHILD},
        {},
    ),
    (
        _("Actions des suivis d’assiduité"),
        "FollowUpAction",
        "follow_up__pupil",
        {
            "school": NONE,
            "follow_up": CHILD,
            "kind": CHILD,
            "day": CHILD,
            "words": SENSITIVE,
            "for_family": NONE,
        }
        | {"made_by": PERSONAL, "made_at": PERSONAL},
        {
            "field_readers": {"words": FOR_FAMILY},
            "forget": follow_ups.forget_follow_ups,
            "readers": Readers(DONE, DONE, SCHOOL_LIFE),
        },
    ),
]:
    boards.personal_data.add(
        PersonalData(label, f"attendance.{model}", person, fields=fields, **BASIS | more)
    )

boards.personal_data.add(
    PersonalData(
        _("Traitements d’absences"),
        "attendance.Handling",
        "entry__pupil",
        fields={"school": NONE, "entry": CHILD, "reason": SENSITIVE, "settled": CHILD, "told_by": PERSONAL}
        | {"comment": SENSITIVE, "handled_by": PERSONAL, "handled_at": PERSONAL},
        # What one parent said on the telephone is not read by the other (docs/decisions/0009).
        field_readers={"reason": own("told_by"), "told_by": own("told_by"), "comment": own("handled_by")},
        forget=handlings.forget_handlings,
        **BASIS,
        people={"told_by": (Concerned.GUARDIANS, Concerned.STAFF)},
    )
)
for label, url_name, words in [
    (_("Appels du jour"), "attendance:board", _("appel explications vie scolaire")),
    (_("Toutes les absences"), "attendance:entries", _("retards justifier")),
    (_("Alertes d’assiduité"), "attendance:alerts", _("absentéisme")),
    (_("Absences annoncées"), "attendance:announced", _("prévenir parents malade maladie")),
    (_("Un parent appelle"), "attendance:calling", _("annoncer absence absent malade maladie")),
    (_("Registre des absences"), "attendance:register", _("appel")),
]:
    boards.site_pages.add(
        boards.SitePage(label, url_name, "clipboard-check", rules.runs_school_life, words, "attendance")
    )
