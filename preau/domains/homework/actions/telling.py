"""Telling pupils and families: homework given, changed, due tomorrow."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship, School
from preau.domains.homework.models import Done, HandIn, Homework
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.concerned import concerned, pairs_of
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, notices

GIVEN, CHANGED, TOMORROW = "homework.given", "homework.changed", "homework.tomorrow"
RETURNED, TO_CORRECT = "homework.returned", "homework.to_correct"
# The evening before, pupils are reminded; the school's wall clock decides.
EVENING, NIGHT = time(17), time(20)
AT_ONCE = 200


def _families(pupils: Iterable[int]) -> dict[int, list[int]]:
    """By pupil, the guardians who may be informed today."""
    found: dict[int, list[int]] = defaultdict(list)
    informed = Guardianship.objects.informed(timezone.localdate()).of_another().filter(pupil__in=pupils)
    for pupil, guardian in informed.order_by("pk").values_list("pupil_id", "guardian_id"):
        found[pupil].append(guardian)
    return found


@transaction.atomic
def tell_published(now: datetime) -> int:
    """Tell of homework that families can read by now and were not told of; returns how many.

    One piece of news a day and a child, however much was given: a day has six lessons.
    """
    waiting = Homework.objects.kept().filter(published(now, "record__"), told_at=None)
    found = list(
        waiting.select_for_update(of=("self",), skip_locked=True)
        .select_related("record", "school")
        .order_by("pk")[:AT_ONCE]
    )
    for homework in found:
        pupils = concerned(homework) if homework.due_day >= timezone.localdate(now) else []
        notices.publish(*_given(homework, pupils, now))
    Homework.objects.filter(pk__in=[homework.pk for homework in found]).update(told_at=now)
    return len(found)


def _given(homework: Homework, pupils: Sequence[int], now: datetime) -> list[notices.News]:
    school = homework.school
    today = timezone.localdate(now, ZoneInfo(school.timezone))
    families = _families(pupils)
    facts = {"day": dates.day(today), "school": school.name}
    url = reverse("homework:to_do")
    return [
        notices.News(
            kind=GIVEN,
            person_id=person,
            key=f"{pupil}-{today}",
            url=url,
            school_id=school.pk,
            about_id=pupil,
            facts=facts,
        )
        for pupil in pupils
        for person in [pupil, *families.get(pupil, [])]
    ]


def tell_change(homework: Homework) -> None:
    """Those who were told of this homework are told that it is not what it was."""
    if homework.told_at is None or homework.removed_at:
        return
    pupils = concerned(homework)
    families = _families(pupils)
    url = reverse("homework:work", kwargs={"pk": homework.pk})
    facts = {"day": dates.day(homework.due_day), "school": homework.school.name}
    notices.publish(
        *(
            notices.News(
                kind=CHANGED,
                person_id=person,
                key=f"{homework.pk}-{homework.version}-{pupil}",
                url=url,
                school_id=homework.school_id,
                about_id=pupil,
                facts=facts,
            )
            for pupil in pupils
            for person in [pupil, *families.get(pupil, [])]
        )
    )


def tell_removal(homework: Homework) -> None:
    """A homework taken away is nothing to read any more."""
    keys = [
        f"{homework.pk}-{version}-{pupil}"
        for version in range(2, homework.version)
        for pupil in concerned(homework)
    ]
    if homework.told_at and keys:
        notices.settle(CHANGED, *keys)


@transaction.atomic
def remind_of_tomorrow(now: datetime) -> int:
    """In the evening, remind each pupil of what is due tomorrow and not ticked, once; returns how many pupils."""
    reminded = 0
    for school in School.objects.exclude(current_year=None).order_by("pk"):
        there = now.astimezone(ZoneInfo(school.timezone))
        if EVENING <= there.time() < NIGHT:
            reminded += _remind(school, there)
    return reminded


def _remind(school: School, there: datetime) -> int:
    tomorrow = there.date() + timedelta(days=1)
    due = Homework.objects.kept().filter(published(there, "record__"), school=school, due_day=tomorrow)
    left: dict[int, int] = defaultdict(int)
    done = set(Done.objects.filter(homework__in=due).values_list("homework_id", "pupil_id"))
    for _work, pupil in pairs_of(due) - done:
        left[pupil] += 1
    url = reverse("homework:to_do")
    news = [
        notices.News(
            kind=TOMORROW,
            person_id=pupil,
            key=str(tomorrow),
            url=url,
            school_id=school.pk,
            about_id=pupil,
            facts={"count": count, "day": dates.day(tomorrow)},
        )
        for pupil, count in sorted(left.items())
    ]
    notices.publish(*news)
    return len(news)


def tell_returned(*hand_ins: HandIn) -> None:
    """What pupils handed in is given back: each pupil and their family read the correction."""
    families = _families(hand_in.pupil_id for hand_in in hand_ins)
    notices.publish(
        *(
            notices.News(
                kind=RETURNED,
                person_id=person,
                key=f"{hand_in.pk}-{hand_in.pupil_id}",
                url=reverse("homework:work", kwargs={"pk": hand_in.homework_id}),
                school_id=hand_in.school_id,
                about_id=hand_in.pupil_id,
                facts={
                    "subject": hand_in.homework.record.subject.name,
                    "school": hand_in.homework.school.name,
                },
            )
            for hand_in in hand_ins
            for person in [hand_in.pupil_id, *families.get(hand_in.pupil_id, [])]
        )
    )


@transaction.atomic
def tell_handed_in(now: datetime) -> int:
    """In the evening, tell teachers of what was handed in and waits for them: once a day and a homework; returns how many pieces of news.

    What comes after they were told that day is told the next one.
    """
    count = 0
    for school in School.objects.exclude(current_year=None).order_by("pk"):
        there = now.astimezone(ZoneInfo(school.timezone))
        if EVENING <= there.time() < NIGHT:
            count += _tell_teachers(school, there)
    return count


def _tell_teachers(school: School, there: datetime) -> int:
    today = there.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = HandIn.objects.filter(school=school)
    told_today = rows.filter(told_at__gte=today).values("homework_id")
    waiting = rows.waiting().filter(homework__removed_at=None, homework__record__lesson__isnull=False)
    fresh = waiting.filter(told_at=None).exclude(homework__in=told_today)
    counts = Counter(
        waiting.filter(homework__in=fresh.values("homework_id")).values_list("homework_id", flat=True)
    )
    works = Homework.objects.filter(pk__in=counts).select_related("record__subject").order_by("pk")
    news = [
        notices.News(
            kind=TO_CORRECT,
            person_id=teacher,
            key=f"{work.pk}-{there.date()}",
            school_id=school.pk,
            seat=f"staff-{school.pk}",
            url=reverse("homework:hand_ins", kwargs={"pk": work.pk}),
            facts={"count": counts[work.pk], "work": work.title, "subject": work.record.subject.name},
        )
        for work in works
        for teacher in _teachers_of(work)
    ]
    notices.publish(*news)
    rows.waiting().filter(told_at=None, homework__in=list(counts)).update(told_at=there)
    return len(news)


def _teachers_of(work: Homework) -> list[int]:
    lesson = Lesson.teachers.through.objects.filter(lesson=work.record.lesson_id)
    return list(lesson.order_by("person_id").values_list("person_id", flat=True))


def settle_to_correct(homework: Homework) -> None:
    """Nothing of a homework waits any more: what was told of it counts as read."""
    if homework.hand_ins.waiting().exists():
        return
    zone = ZoneInfo(homework.school.timezone)
    moments = homework.hand_ins.exclude(told_at=None).values_list("told_at", flat=True)
    keys = {f"{homework.pk}-{timezone.localdate(at, zone)}" for at in moments}
    if keys:
        notices.settle(TO_CORRECT, *sorted(keys))
