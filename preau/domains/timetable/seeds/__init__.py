"""The timetable of the demonstration: a week without clashes, and a lesson that is going on now."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from preau.directory.models import Assignment, Group, Room, School
from preau.domains.timetable.actions.patterns import Weekly, plan_all
from preau.domains.timetable.models import Lesson, LessonQuerySet, WeeklyPattern
from preau.domains.timetable.seeds import changes, primary, secondary, slots
from preau.domains.timetable.seeds.bells import COLLEGE

# Four lessons in the morning and two in the afternoon: the week of a small school made by hand.
SLOTS = [COLLEGE.hours[number] for number in (0, 1, 2, 3, 5, 6)]
USUAL, SHORTEST = timedelta(minutes=55), timedelta(minutes=15)


def plant(world: Any) -> None:
    """The lessons of a school for the whole year."""
    if not world.imported:
        weeklies = list(_turning(world))
    elif world.school.kind == School.Kind.ECOLE:
        weeklies = primary.weeklies_of(world)
    else:
        weeklies = changes.in_weeks(world, secondary.weeklies_of(world))
    plan_all(weeklies)
    slots.plant(world)
    if world.imported and world.school.kind != School.Kind.ECOLE:
        changes.plant(world)


def _turning(world: Any) -> Iterator[Weekly]:
    """Each class has lessons on five days; slot and day shift from class to class, so that nobody is in two places."""
    rooms = list(Room.objects.filter(school=world.school))
    for shift, group in enumerate(Group.objects.classes().filter(year=world.year)):
        taught = Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES)
        taught = list(taught.select_related("subject", "teacher"))
        for number, (weekday, slot) in enumerate(
            (d, s) for d in range(5) for s in range(len(SLOTS)) if d != 2 or s < 4
        ):
            assignment = taught[(number + shift) % len(taught)]
            room = rooms[shift % len(rooms)]
            yield primary.weekly(world, group, assignment, room, (weekday, *SLOTS[slot]))


def lesson_going_on(choices: list[Assignment], now: datetime | None = None) -> Lesson:
    """A lesson that began some minutes ago, whatever the hour: the demonstration must be open at night too.

    `choices` are what one teacher gives. The first class that is free now has it, and it ends before anyone's next;
    where all of them are in class, the teacher takes the lesson of the first.
    """
    now = now or timezone.now()
    teacher = choices[0].teacher
    going_on = Lesson.objects.taught_by(teacher).filter(starts__lte=now, ends__gt=now).first()
    if going_on:
        return going_on
    assignment = next((choice for choice in choices if not _busy(choice, now)), None)
    if assignment is None:
        return _take_over(choices[0], now)
    starts = _starts(assignment, now)
    ends = _ends(assignment, starts, now)
    lesson = Lesson.objects.create(
        school=assignment.school,
        year=assignment.group.year,
        subject=assignment.subject,
        room=_room(assignment, starts, ends),
        starts=starts,
        ends=ends,
        day=timezone.localtime(starts).date(),
    )
    lesson.groups.add(assignment.group)
    lesson.teachers.add(teacher)
    return lesson


def _take_over(assignment: Assignment, now: datetime) -> Lesson:
    """The lesson that the class has now, given by this teacher: two at once would be a clash."""
    going_on = Lesson.objects.filter(school=assignment.school, starts__lte=now, ends__gt=now)
    lesson = going_on.filter(Q(groups=assignment.group) | Q(groups__classes=assignment.group)).first()
    assert lesson is not None  # noqa: S101 - the class is busy
    going_on.filter(groups__classes=assignment.group).exclude(pk=lesson.pk).delete()
    lesson.subject = assignment.subject
    lesson.save(update_fields=["subject"])
    lesson.groups.set([assignment.group])
    lesson.teachers.set([assignment.teacher])
    return lesson


def _room(assignment: Assignment, starts: datetime, ends: datetime) -> Room | None:
    """The teacher's usual room where there is one, else one that is free."""
    usual = WeeklyPattern.objects.filter(teachers=assignment.teacher, school=assignment.school)
    taken = Lesson.objects.filter(school=assignment.school, starts__lt=ends, ends__gt=starts).exclude(
        room=None
    )
    free = Room.objects.filter(school=assignment.school).exclude(pk__in=taken.values("room_id"))
    return free.filter(pk__in=usual.values("room_id")).first() or free.order_by("pk").first()


def _around(assignment: Assignment) -> LessonQuerySet:
    """The lessons of the class, of the groups drawn from it, and of the teacher."""
    own = Q(groups=assignment.group) | Q(groups__classes=assignment.group) | Q(teachers=assignment.teacher)
    return Lesson.objects.filter(own, school=assignment.school)


def _busy(assignment: Assignment, now: datetime) -> bool:
    return _around(assignment).filter(starts__lte=now, ends__gt=now).exists()


def _starts(assignment: Assignment, now: datetime) -> datetime:
    """Some minutes ago, or when the lesson just before ended."""
    usual = now.replace(second=0, microsecond=0) - timedelta(minutes=7)
    before = _around(assignment).filter(ends__gt=usual, ends__lte=now).order_by("-ends").first()
    return before.ends if before else usual


def _ends(assignment: Assignment, starts: datetime, now: datetime) -> datetime:
    """After the usual time, or when the next lesson of the class or the teacher begins."""
    following = _around(assignment).filter(starts__gt=now, starts__lt=starts + USUAL)
    next_one = following.order_by("starts").values_list("starts", flat=True).first()
    return max(next_one, starts + SHORTEST) if next_one else starts + USUAL


def open_a_lesson() -> None:
    """Make sure that Claire Moreau has a lesson now, so that the roll can be tried at any hour: 5e B's first."""
    taught = Assignment.objects.filter(kind=Assignment.Kind.TEACHES, subject__code="061300")
    own = taught.filter(group__name="5e B").order_by("pk").first()
    if own:
        classes = taught.filter(teacher=own.teacher, school=own.school, group__kind=Group.Kind.CLASS)
        classes = classes.select_related("group__year", "subject", "school", "teacher")
        lesson_going_on(
            sorted(classes, key=lambda school_class: (school_class.pk != own.pk, school_class.pk))
        )
