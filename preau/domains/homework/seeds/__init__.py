"""The cahier de textes of the demonstration: a term written in bulk, in the order of each class and subject."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from preau.directory.models import Group, Person, School, WorkGroup
from preau.directory.words import level_said
from preau.domains.homework.models import Annotation, HandIn, Homework, LessonRecord, WorkloadLimit
from preau.domains.homework.queries.concerned import pairs_of
from preau.domains.homework.queries.family import BEHIND
from preau.domains.homework.seeds.bank import Line, lines_of
from preau.domains.timetable.models import Lesson
from preau.foundation.db import insert
from preau.foundation.text import fold

# Days of a small school made by hand; an imported one has its whole term.
SMALL = timedelta(days=10)
# Of ten lessons, one is not filled yet by its teacher, for so many days.
NEGLIGENT, FRESH = 10, timedelta(days=5)
# One pupil in eight has not handed in; what everybody else wrote.
LAZY = 8
ANSWER = "J’ai fait le travail sur mon cahier et je l’ai recopié ici."
REMARK = "Dis comment tu l’as trouvé."
COMMENT = "C’est soigné. Relis la consigne avant de commencer la prochaine fois."
FOR_SOME = "Fiche de calcul 3\u202f: les cinq premières lignes"
FOR_SOME_BODY = (
    "<p>La fiche est dans le cahier. Sans calculatrice\u202f; la table de multiplication est permise.</p>"
)
LIMITS = {
    School.Kind.COLLEGE: {"6e": 45, "5e": 60, "4e": 75, "3e": 90},
    School.Kind.LYCEE: {"2de": 120, "1re": 150, "Tle": 150},
}


@dataclass
class SeedLesson:
    """A lesson as the cahier de textes needs it."""

    pk: int
    day: date
    starts: datetime
    ends: datetime
    subject: int
    code: str
    teacher: int
    group: int


def plant(world: Any) -> None:
    """Every lesson since the year began (ten days in a small school) has its content, and half of them homework."""
    first = world.year.starts if world.imported else max(world.year.starts, world.today - SMALL)
    write(world.school, first, timezone.now(), _left_out(world))
    if world.imported and "teacher" in world.people:
        leave_to_correct(world.people["teacher"])
        give_to_some(world)
    if "pupil" in world.people:
        leave_to_hand_in(world.people["pupil"], world.today)
    advised = LIMITS.get(world.school.kind, {})
    classes = Group.objects.classes().filter(year=world.year).exclude(level="")
    # Files say « 6EME », a school made by hand says « 6e ».
    levels = set(classes.values_list("level", flat=True)) or set(advised)
    WorkloadLimit.objects.bulk_create(
        WorkloadLimit(school=world.school, level=level, minutes=most)
        for level in sorted(levels)
        if (most := advised.get(level_said(level)))
    )


def leave_to_correct(teacher: Person) -> None:
    """The last homework handed in to the cast's teacher waits for her; the first copy is corrected, with a remark in its margin."""
    received = Homework.objects.filter(hand_ins__isnull=False, record__lesson__teachers=teacher)
    last = received.order_by("-due_day", "-pk").first()
    if last is None:
        return
    copies = last.hand_ins.order_by("pupil__search_name", "pk")
    copies.update(comment="", corrected_by=None, corrected_at=None, returned_at=None)
    first = copies[0]
    first.comment, first.corrected_by, first.corrected_at = COMMENT, teacher, first.handed_at
    first.save()
    Annotation.objects.create(
        hand_in=first, place="deuxième phrase", text=REMARK, author=teacher, written_at=first.handed_at
    )


def give_to_some(world: Any) -> None:
    """Something for one group of work of the cast's teacher, for the first lesson to come, given in the last one of the class."""
    teacher = world.people["teacher"]
    kept = WorkGroup.objects.filter(owner=teacher, group__year=world.year).order_by("pk").first()
    if kept is None:
        return
    lessons = Lesson.objects.held().filter(groups=kept.group, teachers=teacher)
    records = LessonRecord.objects.filter(lesson__in=lessons).select_related("lesson")
    record = records.order_by("-lesson__starts", "-pk").first()
    if record is None:
        return
    to_come = lessons.filter(subject=record.subject_id, day__gt=world.today).order_by("starts", "pk")
    following = to_come.first()
    if following is None:
        return
    work = Homework(
        school_id=record.school_id,
        record=record,
        title=FOR_SOME,
        body=FOR_SOME_BODY,
        words=fold(FOR_SOME),
        due_day=following.day,
        due_lesson=following,
        minutes=15,
        for_some=True,
        given_by=kept.owner,
        given_at=record.lesson.ends,
        told_at=record.lesson.ends,
    )
    work.save()
    work.pupils.set(kept.pupils.all())


def leave_to_hand_in(pupil: Person, today: date) -> None:
    """The cast's pupil has something to hand in online in the days that come: the longest of what is to be done."""
    given = Homework.objects.kept().filter(
        record__lesson__groups__enrolments__pupil=pupil, due_day__gt=today, for_some=False
    )
    if given.filter(hand_in=Homework.HandIn.ONLINE).exists():
        return
    longest = given.order_by("-minutes", "due_day", "pk").first()
    if longest is not None:
        Homework.objects.filter(pk=longest.pk).update(hand_in=Homework.HandIn.ONLINE)


def _left_out(world: Any) -> set[int]:
    """The cast's teacher has yesterday's last lesson to write, and what she does now."""
    own = Lesson.objects.filter(school=world.school, day__lte=world.today).taught_by(world.people["teacher"])
    yesterday = own.filter(day__lt=world.today).order_by("-starts", "-pk").values_list("pk", flat=True)[:1]
    return {*yesterday, *own.filter(day=world.today).values_list("pk", flat=True)}


def refresh() -> None:
    """The demonstration starts again, days later perhaps: the lessons given since the last one written."""
    for school in School.objects.annotate(last=Max("lesson_records__day")).exclude(last=None):
        write(school, school.last + timedelta(days=1), timezone.now(), set())


def write(school: School, first: date, now: datetime, left_out: set[int]) -> None:
    """The records and the homework of the lessons from a day on that have ended by now."""
    ranks: dict[tuple[int, int], int] = defaultdict(int)
    records: list[LessonRecord] = []
    works: list[Homework] = []
    for one, following in _with_following(_lessons(school, first)):
        rank = ranks[one.group, one.subject]
        ranks[one.group, one.subject] += 1
        recent = one.day > now.date() - FRESH
        if one.ends > now or one.pk in left_out or (recent and one.pk % NEGLIGENT == 0):
            continue
        lines = lines_of(one.code)
        line = lines[rank % len(lines)]
        record = _record(school, one, line)
        records.append(record)
        if line.homework and following:
            works.append(_work(school, record, one, following, line))
    insert(records)
    insert(works)
    insert(_hand_ins(school, works, now))


def _hand_ins(school: School, works: list[Homework], now: datetime) -> list[HandIn]:
    """Of what was due online in the last month, seven pupils in eight have handed it in; older ones are given back."""
    first = now.date() - BEHIND
    due = {work.pk: work for work in works if work.hand_in == "online" and first <= work.due_day < now.date()}
    found = []
    for work, pupil in sorted(pairs_of(Homework.objects.filter(pk__in=list(due)))):
        if (work * 7 + pupil * 3) % LAZY:
            back = now if due[work].due_day < now.date() - FRESH else None
            found.append(_hand_in(school, due[work], pupil, back))
    return found


def _hand_in(school: School, work: Homework, pupil: int, back: datetime | None) -> HandIn:
    return HandIn(
        school_id=school.pk,
        homework_id=work.pk,
        pupil_id=pupil,
        text=ANSWER,
        handed_at=work.given_at,
        told_at=work.given_at,
        times=1,
        comment=COMMENT if back else "",
        corrected_by_id=work.given_by_id if back else None,
        corrected_at=back,
        returned_at=back,
        version=1,
    )


def _lessons(school: School, first: date) -> list[SeedLesson]:
    found: dict[int, SeedLesson] = {}
    lines = Lesson.objects.held().filter(school=school, day__gte=first, record=None)
    columns = ("pk", "day", "starts", "ends", "subject_id", "subject__code", "teachers", "groups")
    for line in (
        lines.exclude(teachers=None).exclude(groups=None).order_by("starts", "pk").values_list(*columns)
    ):
        found.setdefault(line[0], SeedLesson(*line))
    return list(found.values())


def _with_following(lessons: list[SeedLesson]) -> list[tuple[SeedLesson, SeedLesson | None]]:
    """Each lesson with the next one of the same group and subject."""
    after: dict[tuple[int, int], SeedLesson] = {}
    found = []
    for lesson in reversed(lessons):
        found.append((lesson, after.get((lesson.group, lesson.subject))))
        after[lesson.group, lesson.subject] = lesson
    return found[::-1]


def _record(school: School, given: SeedLesson, line: Line) -> LessonRecord:
    return LessonRecord(
        school_id=school.pk,
        lesson_id=given.pk,
        subject_id=given.subject,
        day=given.day,
        content=line.content,
        words=line.words,
        state=LessonRecord.State.READY,
        shown=LessonRecord.Shown.START,
        written_by_id=given.teacher,
        written_at=given.ends,
    )


def _work(
    school: School, record: LessonRecord, given: SeedLesson, following: SeedLesson, line: Line
) -> Homework:
    return Homework(
        school_id=school.pk,
        record=record,
        title=line.homework,
        words=fold(line.homework),
        due_day=following.day,
        due_lesson_id=following.pk,
        due_next=True,
        minutes=line.minutes or None,
        hand_in=_handed_in(line),
        given_by_id=given.teacher,
        given_at=record.lesson.ends,
        told_at=record.lesson.ends,
    )


def _handed_in(line: Line) -> str:
    long = line.minutes >= 40
    return Homework.HandIn.ONLINE if long else Homework.HandIn.NOTHING
