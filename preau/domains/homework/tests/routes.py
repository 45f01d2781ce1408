"""The routes of homework, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone
from PIL import Image

from conftest import NOW, TWIN
from preau.commons.files import actions as files
from preau.commons.files import rules
from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_classes, many_pupils
from preau.directory.viewer import viewer_for
from preau.domains.homework.models import (
    Annotation,
    ClassBook,
    HandIn,
    Homework,
    LessonFile,
    LessonNote,
    LessonRecord,
    Progression,
    ProgressionStep,
)
from preau.domains.homework.tests.props import (
    many_archives,
    many_corrections,
    many_handed_in,
    many_progressions,
    many_steps,
    many_works_given,
    own_book,
    own_hand_in,
    own_homework,
    own_progression,
    own_step,
)
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.tests.props import lesson_now, many_lessons
from tests import pages
from tests.declared import Body, Data, Fragment, Named
from tests.net.matrix_cast import (
    AT_WORK,
    DEPARTED,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    SETTLERS,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# The page of a resource, from which it is put in a lesson.
PAGE_OF_RESOURCE = "/ressources/maths-au-college/le-theoreme-de-thales/"
USED = f"adresse={PAGE_OF_RESOURCE}&titre=Thales"

# Pages

PAGES = [
    Page("homework:sessions", pages.TEACHERS),
    Page("homework:day", pages.TEACHERS),
    Page("homework:record", {"teacher"}, model=lesson_now),
    Page("homework:edit", {"teacher"}, model=own_homework),
    Page("homework:hand_ins", {"teacher", "head"}, model=own_homework),
    Page("homework:hand_in", {"teacher", "head"}, model=own_hand_in),
    Page("homework:copies", pages.TEACHERS),
    Page("homework:progressions", pages.TEACHERS),
    Page("homework:progression", {"teacher"}, model=own_progression),
    Page("homework:step", {"teacher"}, model=own_step),
    Page("homework:put", pages.TEACHERS),
    Page("homework:classes", pages.TEACHERS | pages.SCHOOL_LIFE),
    Page("homework:class_book", pages.TEACHERS | pages.SCHOOL_LIFE, model=own_book),
    Page("homework:archives", pages.SCHOOL_LIFE),
    Page("homework:class_load", pages.TEACHERS | pages.SCHOOL_LIFE, model=own_book),
    Page("homework:limits", {"head"}),
    Page("homework:to_do", pages.FAMILY),
    Page("homework:sheet", pages.FAMILY),
    Page("homework:in_class", pages.FAMILY),
    Page("homework:work", pages.FAMILY, model=own_homework),
]
ELSEWHERE = {
    "portal:api_devoirs",
    "homework:publish",
    "homework:remove",
    "homework:restore",
    "homework:tick",
    "homework:send",
    "homework:correct",
    "homework:hand_ins_csv",
    "homework:shift",
    "homework:give_progression",
    "homework:remove_step",
    "homework:visa",
    "homework:archive",
    "homework:book_of_year",
    "homework:give_back",
}
LISTS = [
    ("teacher", "homework:put?" + USED, many_lessons),
    ("teacher", "homework:sessions", many_lessons),
    ("teacher", "homework:day", many_works_given),
    ("teacher", "homework:record?corrections=oui", many_corrections),
    ("teacher", "homework:edit", many_pupils),
    ("teacher", "homework:progressions", many_progressions),
    ("teacher", "homework:progression", many_steps),
    ("teacher", "homework:hand_ins", many_handed_in),
    ("teacher", "homework:hand_ins_csv", many_handed_in),
    ("teacher", "homework:hand_in", many_handed_in),
    ("teacher", "homework:copies", many_handed_in),
    ("head", "homework:classes", many_classes),
    ("head", "homework:class_book", many_works_given),
    ("head", "homework:class_load", many_works_given),
    ("head", "homework:book_of_year", many_works_given),
    ("head", "homework:class_book", many_archives),
    ("head", "homework:archives", many_archives),
    ("pupil", "homework:to_do", many_works_given),
    ("pupil", "homework:sheet", many_works_given),
    ("guardian", "homework:to_do", many_works_given),
    ("guardian", "homework:in_class", many_works_given),
    ("pupil", "portal:home", many_works_given),
]
ONE_THING = {
    "homework:work",
    "homework:limits",
    "homework:step",
    # Lists by pages, behind a token: tests/test_api.py.
    "portal:api_devoirs",
}
ARGUMENTS = {
    "homework:hand_ins_csv": lambda college: {"pk": own_homework(college).pk},
    "homework:book_of_year": lambda college: {"pk": own_book(college).pk},
}


def lay(college: World) -> None:
    """The teacher joins a picture to the lesson of now: whoever reads the lesson sees it small, and saves it."""
    many_works_given(college, 0)
    teacher, drawn = college.people["teacher"], BytesIO()
    Image.new("RGB", (80, 60), "seagreen").save(drawn, "PNG")
    sent = SimpleUploadedFile("figure.png", drawn.getvalue(), "image/png")
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    record = LessonRecord.objects.get(lesson=lesson_now(college))
    for file in files.keep(viewer, college.school.pk, [sent], rules.DOCUMENTS):
        LessonFile.objects.create(record=record, file=file)


# The isolation matrix

SEES: dict[type[Model], Near] = {
    Homework: near(
        own=LIFE | {"teacher"} | OWN_FAMILY,
        other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE | {"teacher"} | OWN_FAMILY,
        other_school={"neighbour_head"},
    ),
    HandIn: near(
        own={"head", "teacher"} | OWN_FAMILY,
        other_class={"head", "teacher_parent"} | OTHER_FAMILY,
        departed={"head"},
        other_school={"neighbour_head"},
    ),
    Annotation: near(
        own={"head", "teacher"} | OWN_FAMILY,
        other_class={"head", "teacher_parent"} | OTHER_FAMILY,
        departed={"head"},
        other_school={"neighbour_head"},
    ),
    **dict.fromkeys(
        [Progression, ProgressionStep],
        near(own={"teacher"}, other_class={"teacher_parent"}),
    ),
    ClassBook: near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "homework:sessions": {"teacher", "teacher_parent"},
    "homework:day": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [f"homework:{name}" for name in ("record", "publish", "edit", "remove", "restore", "shift")],
        near(own={"teacher"}, other_class={"teacher_parent"}),
    ),
    "homework:progressions": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [f"homework:{name}" for name in ("progression", "give_progression", "step", "remove_step")],
        SEES[Progression],
    ),
    "homework:archive": near(
        own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING
    ),
    "homework:book_of_year": near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING),
    "homework:archives": LIFE | NEIGHBOURING,
    "homework:visa": near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    "homework:put": {"teacher", "teacher_parent"},
    "homework:classes": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    **dict.fromkeys(["homework:class_book", "homework:class_load"], SEES[ClassBook]),
    "homework:copies": {"teacher", "teacher_parent"},
    "homework:give_back": near(own={"teacher"}, other_class={"teacher_parent"}),
    "homework:correct": near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys(
        [f"homework:{name}" for name in ("hand_ins", "hand_ins_csv", "hand_in")],
        near(
            own={"head", "teacher"},
            other_class={"head", "teacher_parent"},
            departed={"head"},
            other_school=NEIGHBOURING,
        ),
    ),
    "homework:send": near(own={"pupil"}, departed={"pupil"}),
    "homework:limits": SETTLERS,
    **dict.fromkeys(["homework:to_do", "homework:sheet"], FAMILY | OTHER_FAMILY),
    "homework:in_class": FAMILY | OTHER_FAMILY,
    "homework:work": near(own=OWN_FAMILY, other_class=OTHER_FAMILY, departed=OWN_FAMILY),
    "homework:tick": near(own={"pupil"}, departed={"pupil"}),
    # By a token alone, whoever is signed in: tests/test_api.py.
    "portal:api_devoirs": set(),
}


def _course(stage: Stage, group: Group) -> str:
    """« 12-3 »: a class, and the subject of the lessons of the stage."""
    subject = Subject.objects.filter(school=group.school_id).first()
    return f"{group.pk}-{subject.pk if subject else 0}"


NAMES = {
    **dict.fromkeys(["seance", "due", "matiere-0", "matiere-1", "matiere-2"], Named(Lesson)),
    "cours": Named(Group, says=_course),
    "source": Named(Group, says=_course),
    "enfant": Named(Person, "public_id"),
    "papers-garde": Named(StoredFile, "public_id"),
    "documents-garde": Named(StoredFile, "public_id"),
    "pupils": Named(Person),
    "matiere": Named(Subject),
}
NUMBERED = {
    "fait": Named(Lesson),
    "vu": Named(Lesson),
}
PLAIN = dict.fromkeys(
    [
        "corrections",
        "titre",
        "comment",
        "travail-0",
        "travail-1",
        "travail-2",
        "pour-0",
        "pour-1",
        "pour-2",
        "place",
        "seen",
        "content",
        "shown_at",
        "due_day",
        "hand_in",
        "body",
        "fait",
        "minutes",
        "niveau-0",
        "niveau-1",
        "mark",
        "from_day",
        "work",
        "content-forme",
        "body-forme",
        "adresse",
        "papers",
        *(f"{name}-{number}" for name in ("feuille", "endroit", "remarque") for number in range(6)),
    ],
    (),
)

# Forms and files


def _lesson_to_come(stage: Stage) -> None:
    """A lesson of the cast's teacher, tomorrow, of which nothing is written."""
    own = stage.own(Lesson)
    made = Lesson.objects.create(
        school=own.school,
        year=own.year,
        subject=own.subject,
        room=own.room,
        starts=NOW + timedelta(days=1),
        ends=NOW + timedelta(days=1, hours=1),
        day=NOW.date() + timedelta(days=1),
    )
    made.teachers.set([stage.people["teacher"]])
    made.groups.set(own.groups.all())


def _put_somewhere(stage: Stage) -> Data:
    coming = Lesson.objects.filter(teachers=stage.people["teacher"], starts=NOW + timedelta(days=1)).first()
    return {
        "adresse": PAGE_OF_RESOURCE,
        "titre": "Thalès",
        "place": "contenu",
        "seance": str(coming.pk if coming else ""),
    }


def _work(stage: Stage) -> Data:
    return {
        "title": "Exercice 12",
        "due": "other",
        "due_day": "2026-12-01",
        "minutes": "20",
        "hand_in": "nothing",
        "body": "Sur une feuille.",
    }


def _day(stage: Stage) -> Data:
    """The lessons of today of the cast's teacher, one of them told, and a homework for her next day."""
    own = Lesson.objects.held().taught_by(stage.college.people["teacher"]).filter(school=stage.college.school)
    today = list(own.filter(day=stage.college.today).order_by("starts"))
    following = own.filter(day__gt=stage.college.today).order_by("day")[:1]
    texts = {f"fait-{lesson.pk}": "Nous avons lu." for lesson in today[:1]}
    known = dict(LessonRecord.objects.filter(lesson__in=today).values_list("lesson_id", "version"))
    seen = {f"vu-{lesson.pk}": str(known.get(lesson.pk, 0)) for lesson in today}
    work = {"travail-0": "Relire", "matiere-0": str(today[0].pk), "pour-0": following[0].day.isoformat()}
    return texts | seen | work | {"geste": "publier", "sent_as": "a" * 32}


def _record(stage: Stage) -> Data:
    return _work(stage) | {
        "content": "Thalès",
        "note": "Revoir",
        "shown": "start",
        "shown_at": "",
        "seen": "1",
        "sent_as": "b" * 32,
    }


def _drafted(stage: Stage) -> None:
    LessonRecord.objects.filter(lesson=stage.own(Lesson)).update(state="draft")


STEP = {"content": "Thalès", "work": "Exercice 12", "minutes": "20"}


def _given_to(stage: Stage) -> Data:
    lesson = stage.own(Lesson)
    return {"cours": f"{stage.own(Group).pk}-{lesson.subject_id}", "from_day": "2026-11-25"}


def _lessons_to_fill(stage: Stage) -> None:
    """Two lessons to come; once one of them has the only step, nothing is left to give."""
    model, step = stage.own(Lesson), stage.own(ProgressionStep)
    ProgressionStep.objects.filter(progression=step.progression_id).exclude(pk=step.pk).delete()
    for days in (200, 201):
        starts = model.starts + timedelta(days=days)
        lesson = Lesson.objects.create(
            school=model.school,
            year=model.year,
            subject=model.subject,
            starts=starts,
            ends=starts + timedelta(minutes=55),
            day=starts.date(),
        )
        lesson.groups.set(model.groups.all())
        lesson.teachers.set(model.teachers.all())


def _lost(stage: Stage) -> None:
    """What is prepared for the lesson has somewhere to go."""
    _drafted(stage)
    _lessons_to_fill(stage)


def _nothing_handed_in(stage: Stage) -> None:
    HandIn.objects.filter(pk=stage.own(HandIn).pk).delete()


def _ready_to_give_back(stage: Stage) -> None:
    HandIn.objects.filter(pk=stage.own(HandIn).pk).update(returned_at=None, corrected_at=NOW)


def _taken_away(stage: Stage) -> None:
    Homework.objects.filter(pk=stage.own(Homework).pk).update(removed_at=timezone.now())


BODIES = {
    "homework:record": Body("teacher", _record, wrong=lambda stage: {"minutes": "beaucoup"}),
    "homework:day": Body("teacher", _day, wrong=lambda stage: {"matiere-0": "?", "travail-0": "Lire"}),
    "homework:publish": Body("teacher", before=_drafted),
    "homework:edit": Body(
        "teacher", lambda stage: _work(stage) | {"seen": "1"}, wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "homework:remove": Body("teacher"),
    "homework:restore": Body("teacher", before=_taken_away),
    "homework:send": Body(
        "pupil", lambda stage: {"text": "Ma rédaction"}, _nothing_handed_in, wrong=lambda stage: {"text": ""}
    ),
    "homework:correct": Body(
        "teacher",
        lambda stage: {
            "comment": "Bien",
            "mark": "14/20",
            "seen": "1",
            "geste": "remettre",
            "feuille-0": "2",
            "endroit-0": "question 3",
            "remarque-0": "Citez le texte.",
        },
        wrong=lambda stage: {"mark": "x" * 41},
    ),
    "homework:give_back": Body("teacher", before=_ready_to_give_back),
    "homework:shift": Body("teacher", before=_lost),
    "homework:progressions": Body(
        "teacher", lambda stage: {"title": "Maths 5e", "source": ""}, wrong=lambda stage: {"title": ""}
    ),
    "homework:progression": Body(
        "teacher", lambda stage: dict(STEP), wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "homework:give_progression": Body(
        "teacher", _given_to, _lessons_to_fill, lambda stage: {"from_day": "?"}
    ),
    "homework:step": Body("teacher", lambda stage: dict(STEP), wrong=lambda stage: {"minutes": "beaucoup"}),
    "homework:remove_step": Body("teacher"),
    "homework:archive": Body("head"),
    "homework:visa": Body(
        "head", lambda stage: {"comment": "Vu"}, wrong=lambda stage: {"comment": "x" * 2001}
    ),
    "homework:limits": Body(
        "head",
        lambda stage: {"niveau-0": "45", "niveau-1": "61"},
        wrong=lambda stage: {"niveau-0": "beaucoup"},
    ),
    "homework:tick": Body("pupil", lambda stage: {"fait": "oui"}),
    "homework:put": Body("teacher", _put_somewhere, _lesson_to_come, lambda stage: {"titre": ""}),
}
# What is published is the class's; a correction is of one pupil; a sequence and a note, of the teacher alone.
READ_BY = {
    **dict.fromkeys(
        [f"homework:{name}" for name in ("day", "record", "put", "edit")],
        LIFE | {"teacher"} | OWN_CLASS | AT_WORK,
    ),
    **{f"homework:{name}": {"teacher"} for name in ("record.note", "progressions", "progression", "step")},
    "homework:send": {"head", "teacher"} | OWN_FAMILY,
    "homework:correct": {"head", "teacher"} | OWN_FAMILY,
    "homework:visa": LIFE | {"teacher"} | AT_WORK,
}
FRAGMENTS = {"homework:to_do": Fragment("pupil", "works")}
SHEETS = {
    "homework:hand_ins_csv": "teacher",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """In the lesson of each scope, its content and homework due the day after; what a teacher noted for herself."""
    life, family = {"head", "cpe"}, FAMILY | {"teacher_parent"}
    own = stage.mark(
        "homework of the own class", life | {"teacher"} | family, {"teacher", "pupil", "guardian"}
    )
    other = stage.mark(
        "homework of another class", life | {"teacher_parent", "former_guardian"}, {"teacher_parent"}
    )
    old = stage.mark("homework of long ago", life | {"teacher"} | family)
    sequences = {
        OWN: stage.mark("sequence of the teacher", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("sequence of another teacher", {"teacher_parent"}),
        DEPARTED: stage.mark("sequence of a former teacher", set()),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    answers = {
        OWN: stage.mark(
            "handed in by the own pupil", {"head", "teacher"} | family, {"head", "teacher", "pupil"}
        ),
        OTHER_CLASS: stage.mark("handed in by another pupil", {"head", "teacher_parent", "former_guardian"}),
        DEPARTED: stage.mark("handed in by the leaver", {"head"}),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    for scope, words in [(OWN, own), (OTHER_CLASS, other), (DEPARTED, old), (OTHER_SCHOOL, f"{STEM} {TWIN}")]:
        lesson: Any = stage.objects[Lesson][scope][0]
        teacher = lesson.teachers.all()[0]
        written = {
            "school": lesson.school,
            "written_by": teacher,
            "written_at": lesson.starts,
            "day": lesson.day,
        }
        record = LessonRecord.objects.create(
            lesson=lesson, subject=lesson.subject, content=words, state="ready", **written
        )
        work = Homework.objects.create(
            school=lesson.school,
            record=record,
            title=words,
            due_day=lesson.day + timedelta(days=1),
            minutes=20,
            given_by=teacher,
            given_at=lesson.starts,
            hand_in="online",
        )
        handed = HandIn.objects.create(
            school=lesson.school,
            homework=work,
            pupil=stage.objects[Person][scope][0],
            text=answers[scope],
            handed_at=NOW,
            comment=answers[scope],
            corrected_by=teacher,
            returned_at=NOW,
        )
        note = Annotation.objects.create(
            hand_in=handed, sheet=1, place="ligne 2", text=answers[scope], author=teacher, written_at=NOW
        )
        stage.put(scope, handed, note)
        sequence = Progression.objects.create(
            school=lesson.school, author=teacher, title=sequences[scope], changed_at=NOW
        )
        step = ProgressionStep.objects.create(
            progression=sequence, order=1, content=sequences[scope], work="Lire"
        )
        stage.put(scope, sequence, step)
        stage.put(scope, work, ClassBook.objects.get(pk=stage.objects[Group][scope][0].pk))
        if scope == OWN:
            note = stage.mark("what a teacher notes for herself", {"teacher"}, {"teacher"})
            LessonNote.objects.create(record=record, author=teacher, text=note)


def plant_formulas(evil: str) -> None:
    HandIn.objects.update(mark=evil)
