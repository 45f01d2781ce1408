"""A valid body for every form, and what is said of files."""

from django.utils import timezone

from preau.directory.models import Person, Subject
from preau.directory.viewer import viewer_for
from preau.domains.attendance.actions import handlings
from preau.domains.attendance.models import Alert, Entry, Explanation, FollowUp, Reason, SeatingPlan, Visit
from preau.domains.timetable.models import Lesson
from tests.declared import Body, Data, Fragment
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    LIFE,
    OWN_FAMILY,
    WHOLE_STAFF,
    Stage,
)


def _roll(stage: Stage) -> Data:
    pupils = stage.own(Lesson).pupils().values_list("pk", flat=True)
    data: Data = {}
    for number, pk in enumerate(pupils):
        # The cast's pupil has been noted absent at this lesson.
        here = Entry.objects.filter(lesson=stage.own(Lesson), pupil_id=pk).exists()
        data |= {
            f"seen-{pk}": "absent" if here else "present",
            f"status-{pk}": "absent" if here or number == 1 else "present",
            f"minutes-{pk}": "",
        }
    return data


def _sent_roll(stage: Stage) -> Data:
    """A roll that waited on a device: the same, with its number and its moment."""
    return _roll(stage) | {"sending": "6f0d2c0e-4c55-4b1f-9d53-0f1c5b3f8a11", "made_at": "1795512000"}


def _remark(stage: Stage) -> Data:
    """Of a pupil of whom nothing is said yet."""
    listed = stage.own(Lesson).pupils().filter(list_remarks=None).order_by("pk")
    return {"pupil": listed.values_list("public_id", flat=True)[0], "remark": "not_here"}


PLAN = {"name": "Îlots", "rows": "4", "columns": "6"}


def _seated(stage: Stage) -> Data:
    """A pupil of the class, at a place of the plan."""
    return {"eleve": stage.own(Person).public_id, "place": "2-3"}


def _arrangement(stage: Stage) -> Data:
    return {
        "kind": "exemption",
        "subjects": [stage.own(Subject).pk],
        "words": "Sur avis du médecin",
        "first_day": "2026-11-24",
        "last_day": "2026-12-08",
    }


def _explanation(stage: Stage) -> Data:
    return {
        "entries": [stage.own(Entry).pk],
        "reason": stage.own(Reason).pk,
        "comment": "Un rendez-vous chez le dentiste",
    }


def _announcement(stage: Stage) -> Data:
    child, reason = stage.own(Person).public_id, stage.own(Reason).pk
    return {"enfant": child, "first_day": "2026-11-25", "reason": reason, "comment": "Un examen à l’hôpital"}


def _departure(stage: Stage) -> Data:
    return {"leaves_at": "15:00", "leaves_with": "sa grand-mère", "reason": stage.own(Reason).pk}


def _call(stage: Stage) -> Data:
    days = {"first_day": "2026-11-24", "last_day": "2026-11-26"}
    mother = stage.people["guardian"].pk
    return days | {"told_by": mother, "motif": stage.own(Reason).pk, "comment": "Rappellera vendredi"}


CALLED = {
    "kind": "call",
    "done_on": "2026-11-23",
    "words": "Sa mère viendra jeudi à 17 h.",
    "for_family": "on",
}
REASON = {
    "label": "Rendez-vous à la mission locale",
    "for_families": "on",
    "settles": "on",
    "in_report": "on",
    "order": "55",
}


def _followed_no_more(stage: Stage) -> None:
    FollowUp.objects.filter(pk=stage.own(FollowUp).pk).update(closed_at=timezone.now())


def _settled(stage: Stage) -> None:
    """The absence to explain of the stage was settled."""
    cpe = viewer_for(stage.people["cpe"], 0, timezone.now(), f"staff-{stage.college.school.pk}")
    handlings.settle(cpe, [stage.own(Entry)], stage.own(Reason))


def _decision(stage: Stage) -> Data:
    entry = stage.own(Explanation).entries.get()
    return {"state": "refused", "comment": "Merci d’apporter le certificat", "entry": entry.pk}


def _minutes_wrong(stage: Stage) -> Data:
    pupil = stage.own(Lesson).pupils().order_by("pk").last()
    return {f"status-{pupil.pk}": "late", f"minutes-{pupil.pk}": "dix"}


BODIES = {
    "attendance:roll": Body("teacher", _roll, wrong=_minutes_wrong),
    "attendance:send": Body("teacher", _sent_roll, wrong=lambda stage: {"sending": "?"}),
    "attendance:lesson_list": Body("teacher", _remark, wrong=lambda stage: {"pupil": ""}),
    "attendance:settle_remark": Body("secretary"),
    "attendance:roll_layout": Body("teacher", lambda stage: {"forme": "plan"}),
    "attendance:plans": Body("teacher", lambda stage: dict(PLAN), wrong=lambda stage: {"rows": "99"}),
    "attendance:plan": Body("teacher", _seated, wrong=lambda stage: {"place": "9-9"}),
    "attendance:plan_gesture": Body(
        "teacher", lambda stage: {"geste": "alphabetique", "revision": stage.own(SeatingPlan).revision}
    ),
    "attendance:plan_settings": Body(
        "teacher",
        lambda stage: PLAN | {"devant": [stage.own(Person).public_id], "gaps": ["1-1"], "aisles": ["2"]},
        wrong=lambda stage: {"rows": "99"},
    ),
    "attendance:remove_plan": Body("teacher"),
    "attendance:arrange": Body("cpe", _arrangement, wrong=lambda stage: {"subjects": []}),
    "attendance:end_arrangement": Body("cpe"),
    "attendance:explain": Body("guardian", _explanation, wrong=lambda stage: {"reason": ""}),
    "attendance:withdraw": Body("guardian"),
    "attendance:entry": Body(
        "cpe", lambda stage: {"status": "late", "minutes_late": "12"}, wrong=lambda stage: {"status": "?"}
    ),
    "attendance:settle": Body(
        "cpe",
        lambda stage: {"entries": [stage.own(Entry).pk], "reason": stage.own(Reason).pk},
        wrong=lambda stage: {"reason": ""},
    ),
    "attendance:reopen": Body("cpe", lambda stage: {"entries": [stage.own(Entry).pk]}, _settled),
    "attendance:settle_one": Body(
        "cpe",
        lambda stage: {"motif": stage.own(Reason).pk, "note": "Sa mère a appelé à 8 h."},
        wrong=lambda stage: {"motif": ""},
    ),
    "attendance:reasons": Body("cpe", lambda stage: dict(REASON), wrong=lambda stage: {"order": "0"}),
    "attendance:reason": Body("cpe", lambda stage: dict(REASON), wrong=lambda stage: {"label": ""}),
    "attendance:retire_reason": Body("cpe", lambda stage: {"geste": "retirer"}),
    "attendance:announce": Body("guardian", _announcement, wrong=lambda stage: {"reason": ""}),
    "attendance:withdraw_announcement": Body("guardian"),
    "attendance:begin_visit": Body(
        "cpe", lambda stage: {"place": "library", "quitte": str(stage.own(Visit).pk)}
    ),
    "attendance:note_latecomer": Body("cpe"),
    "attendance:end_visit": Body("cpe"),
    "attendance:depart": Body("cpe", _departure, wrong=lambda stage: {"leaves_with": ""}),
    "attendance:note_call": Body("cpe", _call, wrong=lambda stage: {"motif": ""}),
    "attendance:open_follow_up": Body("cpe"),
    "attendance:close_alert": Body("cpe"),
    "attendance:start_follow_up": Body("cpe", before=_followed_no_more),
    "attendance:follow_up": Body(
        "cpe", lambda stage: dict(CALLED), wrong=lambda stage: {"done_on": "2027-06-01"}
    ),
    "attendance:end_follow_up": Body("cpe", lambda stage: {"geste": "fermer"}),
    "attendance:told_follow_up": Body(
        "guardian",
        lambda stage: {"words": "Elle était à l’hôpital ces deux jours-là."},
        wrong=lambda stage: {"words": ""},
    ),
    "attendance:prepare_register": Body(
        "cpe",
        lambda stage: {"debut": "2026-09-01", "fin": "2026-11-24", "classe": ""},
        wrong=lambda stage: {"debut": ""},
    ),
    "attendance:letters": Body("cpe", lambda stage: {"alertes": [stage.own(Alert).pk]}),
    "attendance:counting": Body(
        "cpe",
        lambda stage: {"noon": "12:45", "dialogue_at": "4", "report_at": "10"},
        wrong=lambda stage: {"report_at": "2"},
    ),
    "attendance:decide": Body("cpe", _decision, wrong=lambda stage: {"comment": ""}),
}
# The mother's words, and what she is answered, are hers and of school life; what a teacher calls a plan is of the staff alone.
READ_BY = {
    **dict.fromkeys(["attendance:plans", "attendance:plan_settings"], LIFE | {"teacher"}),
    "attendance:arrange": LIFE | {"teacher", "nurse"} | OWN_FAMILY,
    **dict.fromkeys(
        ["attendance:explain", "attendance:decide", "attendance:told_follow_up", "attendance:announce"],
        LIFE | {"guardian"},
    ),
    **dict.fromkeys(["attendance:settle_one", "attendance:depart"], LIFE),
    "attendance:note_call": LIFE | {"guardian"},
    "attendance:follow_up": LIFE | OWN_FAMILY,
    **dict.fromkeys(["attendance:reasons", "attendance:reason"], WHOLE_STAFF | ALL_FAMILIES),
}
ONE_BUTTON = {"attendance:letters"}
FRAGMENTS = {
    "attendance:board": Fragment(
        "cpe",
        "calls",
        ("", "?appels=tous", "?jour=2026-11-23", "?jour=2026-11-23&appels=tous", "?jour=2026-11-21"),
    ),
}
SHEETS = {
    "attendance:export": "cpe",
    "attendance:register_csv": "cpe",
    "attendance:building_csv": "cpe",
}
OTHER_FILES = {
    "attendance:building_pdf",
    "attendance:letters",
    "attendance:register_pdf",
    "attendance:month_pdf",
    "attendance:plan_pdf",
}
CONFIRMED = {"attendance:prepare_register"}
NOT_CONFIRMED = {
    "attendance:plan_pdf": "a sheet for the wall of a classroom, printed each week",
    **dict.fromkeys(
        ["attendance:building_pdf", "attendance:building_csv"],
        "who is in the building, when the bell of a drill rings: no password then",
    ),
    "attendance:letters": "letters to some families, on paper, one alert each",
}
