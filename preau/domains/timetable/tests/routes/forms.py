"""A valid body for every form, and what is said of files."""

from datetime import time, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from preau.directory.models import Assignment, Group, Holding, Person, Room, Subject
from preau.directory.words import Role
from preau.domains.timetable.actions.patterns import Weekly, plan
from preau.domains.timetable.models import (
    Alternation,
    Bookable,
    Booking,
    CoverAsk,
    Lesson,
    LessonChange,
    TeacherAbsence,
    TimetableImport,
)
from tests.declared import Body, Data, Fragment
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    OFFICE,
    WHOLE_STAFF,
    Stage,
)


def _study(stage: Stage) -> Data:
    return {
        "kind": "study",
        "name": "Étude du soir",
        "weekdays": ["3", "4"],
        "starts_at": "17:15",
        "ends_at": "18:15",
        "room": "",
        "places": "20",
        "watchers": [stage.people["cpe"].pk],
    }


def _timetable(stage: Stage) -> Data:
    held = "Jour;Début;Fin;Matière;Classe\nsamedi;8h;9h;Théâtre;6e A\n".encode()
    return {"scope": "some", "files": [SimpleUploadedFile("edt.csv", held)]}


def _held(stage: Stage) -> Data:
    held = ("day", "hours", "subject", "class", "teacher")
    return {f"colonne-{place}": key for place, key in enumerate(held)}


def _no_open_timetable(stage: Stage) -> None:
    TimetableImport.objects.filter(pk=stage.own(TimetableImport).pk).update(
        state=TimetableImport.State.DONE, settled_at=timezone.now()
    )


def _weekly(stage: Stage) -> Data:
    return {
        "subject": stage.own(Subject).pk,
        "groups": [stage.own(Group).pk],
        "teachers": [stage.people["teacher"].pk],
        "room": stage.own(Room).pk,
        "weekday": "5",
        "starts_at": "16:00",
        "ends_at": "17:00",
        "first_day": "2026-11-24",
    }


def _half_days(stage: Stage) -> Data:
    return {
        "weekdays": ["0", "1"],
        "morning_starts": "08:30",
        "morning_ends": "11:30",
        "afternoon_starts": "13:30",
        "afternoon_ends": "16:30",
        "first_day": "2026-11-24",
    }


def _class_without_lessons(stage: Stage) -> None:
    school = stage.college.school
    group = Group.objects.create(school=school, year=school.current_year, kind="class", name="CP sans cours")
    kind = Assignment.Kind.HEAD_TEACHER
    Assignment.objects.create(school=school, group=group, teacher=_free_teacher(stage), kind=kind)


def _half_days_there(stage: Stage) -> None:
    """A weekly lesson that a gesture made with others, of a class of its own."""
    school, year = stage.college.school, stage.college.school.current_year
    group = Group.objects.create(school=school, year=year, kind="class", name="CP d’un essai")
    weekly = Weekly(
        year=year,
        subject=stage.own(Subject),
        groups=(group,),
        teachers=(_free_teacher(stage),),
        room=None,
        weekday=5,
        starts_at=time(8),
        ends_at=time(11),
        first_day=year.starts,
        last_day=year.ends,
        made_with="demi-journees-essai",
    )
    plan(weekly)


def _made_together(stage: Stage) -> Data:
    return {"ensemble": "demi-journees-essai"}


def _weekly_later(stage: Stage) -> Data:
    return _weekly(stage) | {"first_day": "2026-12-01", "starts_at": "19:00", "ends_at": "19:30"}


def _elsewhere(stage: Stage) -> Data:
    """A Saturday evening, when nobody has lessons."""
    return {
        "day": "2026-11-28",
        "starts_at": "20:00",
        "ends_at": "20:55",
        "room": stage.own(Room).pk,
        "reason": "exam",
        "note": "Le gymnase est pris",
    }


def _someone_free(stage: Stage) -> None:
    _free_teacher(stage)


def _free_teacher(stage: Stage) -> Person:
    person = Person.objects.create(family_name="Libre", given_name="Ada")
    Holding.objects.create(person=person, role=Role.TEACHER, school=stage.college.school)
    return person


def _given_to(stage: Stage) -> Data:
    free = Person.objects.filter(family_name="Libre").first() or stage.people["teacher_parent"]
    return {"teacher": free.pk}


def _given(stage: Stage) -> None:
    """The lesson of Saturday was given, with others, to somebody else."""
    _someone_free(stage)
    person, lesson = Person.objects.get(family_name="Libre"), stage.own(CoverAsk).lesson
    LessonChange.objects.create(
        school=stage.college.school,
        lesson=lesson,
        kind="replaced",
        teacher_before=stage.people["teacher"],
        teacher_after=person,
        absence=stage.own(TeacherAbsence),
        origin="absence-1-x",
        made_by=stage.people["secretary"],
        made_at=timezone.now(),
    )
    lesson.teachers.set([person])


def _replaced(stage: Stage) -> Data:
    free = Person.objects.filter(family_name="Libre").first() or stage.people["teacher_parent"]
    return {"gone": stage.people["teacher"].pk, "comes": free.pk, "reason": "away", "note": "En formation"}


def _one_off(stage: Stage) -> Data:
    whom = {name: _weekly(stage)[name] for name in ("subject", "groups", "teachers")}
    return whom | _elsewhere(stage)


def _away(stage: Stage) -> Data:
    days = {"first_day": "2026-12-01", "last_day": "2026-12-02", "starts_at": "09:00", "ends_at": "17:00"}
    return days | {"teacher": stage.people["teacher_parent"].pk, "cause": "duty"}


def _unconfirmed(stage: Stage) -> None:
    TeacherAbsence.objects.filter(pk=stage.own(TeacherAbsence).pk).update(confirmed_at=None)


def _line(stage: Stage, choice: str) -> Data:
    """What becomes of the lesson that is going on."""
    return {f"cours-{stage.own(Lesson).pk}": choice}


def _free_for_it(stage: Stage) -> None:
    """A colleague who teaches the class too, and has no lesson now."""
    _someone_free(stage)
    person, lesson = Person.objects.get(family_name="Libre"), stage.own(Lesson)
    Assignment.objects.create(
        school=stage.college.school, group=stage.own(Group), teacher=person, subject=lesson.subject
    )


def _asked(stage: Stage) -> Data:
    free = Person.objects.filter(family_name="Libre").first() or stage.people["teacher_parent"]
    return {"teachers": [free.pk]}


def _in_turn(stage: Stage) -> None:
    for letter, monday in (("A", "2026-11-23"), ("B", "2026-11-30")):
        Alternation.objects.create(
            school=stage.college.school,
            year=stage.college.year,
            name=f"Semaine {letter}",
            code=letter,
            mondays=[monday],
            names_weeks=True,
        )


def _cancelled_tomorrow(stage: Stage) -> None:
    """A lesson that its pattern gives next week too."""
    lesson = Lesson.objects.filter(school=stage.college.school, day="2026-11-25").exclude(pattern=None)[0]
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED, revision=1)
    LessonChange.objects.create(
        school=lesson.school,
        lesson=lesson,
        kind="cancelled",
        made_by=stage.people["head"],
        made_at=timezone.now(),
    )


def _weeks(stage: Stage) -> Data:
    return {"name": "Semaines de projet", "weeks": ["2026-11-30", "2026-12-07"]}


def _lesson_to_come(stage: Stage) -> None:
    """The lesson of the stage, one day later, with its own teacher: what is over needs nothing."""
    lesson = stage.own(Lesson)
    lesson.teachers.set([stage.people["teacher"]])
    day = timedelta(days=1)
    Lesson.objects.filter(pk=lesson.pk).update(
        starts=lesson.starts + day, ends=lesson.ends + day, day=lesson.day + day
    )


def _never_booked(stage: Stage) -> None:
    Booking.objects.filter(bookable=stage.own(Bookable)).delete()


def _booked(stage: Stage) -> Data:
    """The equipment of the stage, on a Saturday evening."""
    return {
        "day": "2026-11-28",
        "starts_at": "20:00",
        "ends_at": "20:55",
        "thing": f"materiel-{stage.own(Bookable).pk}",
        "purpose": "Répétition du club",
    }


def _described(stage: Stage) -> Data:
    return {"kind": "hall", "places": "80", "note": "Clé à la loge", "is_open": "on"}


def _added(stage: Stage) -> Data:
    return {
        "name": "Valise de robots",
        "kind": "device",
        "places": "12",
        "note": "Piles dans le tiroir",
        "is_open": "on",
    }


BODIES = {
    "timetable:book": Body("teacher", _booked, wrong=lambda stage: {"thing": "materiel-0"}),
    "timetable:equip": Body("teacher", _booked, _lesson_to_come, wrong=lambda stage: {"thing": "materiel-0"}),
    "timetable:cancel_booking": Body("teacher"),
    "timetable:create_bookable": Body("secretary", _added, wrong=lambda stage: {"name": ""}),
    "timetable:change_bookable": Body("secretary", _added, wrong=lambda stage: {"places": "0"}),
    "timetable:describe_room": Body("secretary", _described, wrong=lambda stage: {"places": "0"}),
    "timetable:remove_bookable": Body("secretary", before=_never_booked),
    "timetable:create": Body("secretary", _weekly, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:half_days": Body(
        "secretary", _half_days, _class_without_lessons, lambda stage: {"morning_ends": "07:00"}
    ),
    "timetable:take_half_days_back": Body("secretary", _made_together, _half_days_there),
    "timetable:stop": Body("secretary"),
    "timetable:change_pattern": Body("secretary", _weekly_later, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:add": Body("secretary", _one_off, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:cancel": Body(
        "secretary",
        lambda stage: {"reason": "outing", "note": "Au musée"},
        wrong=lambda stage: {"reason": "?"},
    ),
    "timetable:move": Body("secretary", _elsewhere, wrong=lambda stage: {"ends_at": "15:00"}),
    "timetable:room": Body(
        "secretary",
        lambda stage: {"room": "", "reason": "room", "note": "En travaux"},
        wrong=lambda stage: {"reason": "?"},
    ),
    "timetable:replace": Body("secretary", _replaced, _someone_free, lambda stage: {"comes": ""}),
    "timetable:undo": Body("secretary"),
    "timetable:copy_week": Body(
        "secretary",
        lambda stage: {"week": "2026-11-23", "to": "2026-11-30"},
        _cancelled_tomorrow,
        wrong=lambda stage: {"to": "2026-11-23"},
    ),
    "timetable:weeks": Body("secretary", lambda stage: {"first": "A"}, wrong=lambda stage: {"first": "?"}),
    "timetable:change_week": Body(
        "secretary", lambda stage: {"week": "2026-11-30", "to": "A"}, _in_turn, lambda stage: {"to": "?"}
    ),
    "timetable:create_alternation": Body("secretary", _weeks, wrong=lambda stage: {"weeks": []}),
    "timetable:alternation": Body("secretary", _weeks, wrong=lambda stage: {"weeks": []}),
    "timetable:remove_alternation": Body("secretary"),
    "timetable:imports": Body("secretary", _timetable, _no_open_timetable, lambda stage: {"files": []}),
    "timetable:apply_import": Body("secretary"),
    "timetable:drop_import": Body("secretary"),
    "timetable:import_columns": Body("secretary", _held, wrong=lambda stage: {"colonne-0": "?"}),
    "timetable:import_choices": Body(
        "secretary",
        lambda stage: {"shown": "cours:un", "take": "cours:un"},
        wrong=lambda stage: {"take": "cours:deux"},
    ),
    "timetable:announce_absence": Body("secretary", _away, wrong=lambda stage: {"last_day": "2026-11-20"}),
    "timetable:confirm_absence": Body("secretary", before=_unconfirmed),
    "timetable:withdraw_absence": Body("secretary"),
    "timetable:cover_lesson": Body(
        "secretary", _asked, _free_for_it, wrong=lambda stage: {"teachers": ["0"]}
    ),
    "timetable:settle_lessons": Body(
        "secretary", lambda stage: _line(stage, "permanence"), wrong=lambda stage: _line(stage, "demander-0")
    ),
    "timetable:give_lessons": Body(
        "secretary", _given_to, _someone_free, wrong=lambda stage: {"teacher": "0"}
    ),
    "timetable:take_back_lessons": Body("secretary", _given_to, _given),
    "timetable:settle_cover": Body("secretary", lambda stage: {"geste": "permanence"}),
    "timetable:accept": Body("teacher_parent"),
    "timetable:decline": Body(
        "teacher_parent", lambda stage: {"words": "En conseil"}, wrong=lambda stage: {"words": "x" * 300}
    ),
    "timetable:cancel_ask": Body("secretary"),
    "timetable:create_slot": Body("cpe", _study, wrong=lambda stage: {"name": ""}),
    "timetable:change_slot": Body("cpe", _study, wrong=lambda stage: {"name": ""}),
    "timetable:remove_slot": Body("cpe"),
}
READ_BY = {
    # All the staff who book; what is known of a room, whoever may book it.
    **dict.fromkeys(
        [
            f"timetable:{name}"
            for name in ("book", "equip", "create_bookable", "change_bookable", "describe_room")
        ],
        WHOLE_STAFF - {"cook"},
    ),
    **dict.fromkeys(
        [f"timetable:{name}" for name in ("add", "cancel", "move", "replace", "room")], WHOLE_STAFF
    ),
    **dict.fromkeys(
        [
            "timetable:create_alternation",
            "timetable:alternation",
            "timetable:create_slot",
            "timetable:change_slot",
        ],
        WHOLE_STAFF | ALL_FAMILIES,
    ),
    "timetable:imports": OFFICE,
    "timetable:decline": OFFICE,
}
FILES_ALONE = {"timetable:imports"}


def _being_read(stage: Stage) -> None:
    TimetableImport.objects.filter(pk=stage.own(TimetableImport).pk).update(
        state=TimetableImport.State.READING
    )


FRAGMENTS = {"timetable:import": Fragment("secretary", "progress", before=_being_read)}
SHEETS = {
    "timetable:import_csv": "secretary",
    "timetable:export_changes": "secretary",
    "timetable:export_hours": "secretary",
    "timetable:export_cover": "secretary",
    "timetable:export_bookings": "secretary",
}
OTHER_FILES = {"timetable:import_json"}
NOT_CONFIRMED = {
    "timetable:import_csv": "the same, of a timetable",
    "timetable:import_json": "the same",
    "timetable:export_changes": "lessons, which their people read anyway",
    "timetable:export_bookings": "who has a room, which all the staff reads anyway",
}
