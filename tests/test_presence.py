"""Where every pupil is at this minute: against the truth of a simulated day; who reads it; who is let in late."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.domains.attendance.actions import rolls, visits
from preau.domains.attendance.models import (
    Announcement,
    Arrangement,
    Entry,
    EntryChange,
    Reason,
    RollCall,
    Status,
    Visit,
)
from preau.domains.attendance.queries import presence
from preau.domains.attendance.queries.presence import Where
from preau.domains.attendance.queries.registers import register_of
from preau.domains.events.models import Event
from preau.domains.timetable.models import DaySlot, Lesson
from preau.domains.timetable.tests.props import lesson_now
from preau.foundation import dates

TODAY = NOW.date()
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TODAY, time(hour, minute), PARIS)


@dataclass
class Truth:
    """What really happens to a pupil that day: from when to when they are in the building, and their visits."""

    arrives: datetime | None
    leaves: datetime
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    visits: list[tuple[datetime, datetime, str]] = field(default_factory=list)

    def is_inside(self, now: datetime) -> bool:
        inside = self.arrives is not None and self.arrives <= now < self.leaves
        return inside and not any(starts <= now < ends for starts, ends in self.away)

    def visit_at(self, now: datetime) -> str:
        return next((place for starts, ends, place in self.visits if starts <= now < ends), "")


class SimulatedDay:
    """A school day by the minute: pupils come, come late, stay away, go to the infirmary, leave early, go on an outing;
    teachers call their rolls some minutes after the bell, and note what they see."""

    def __init__(self, school: Any, viewer: Callable[[], Viewer], seed: int) -> None:
        self.school, self.viewer, self.dice = school, viewer, random.Random(seed)
        self.reason = Reason.objects.order_by("pk").first()
        self.steps: dict[datetime, list[Callable[[], None]]] = defaultdict(list)
        self.lessons: dict[int, list[Lesson]] = defaultdict(list)
        self.truths: dict[int, Truth] = {}
        self.people = {}
        self.calls: dict[int, datetime] = {}
        self._clear()
        self._read()
        for pupil in sorted(self.lessons):
            self.truths[pupil] = self._life(pupil)
        self._outing()
        for lesson in {lesson.pk: lesson for found in self.lessons.values() for lesson in found}.values():
            self._call(lesson)

    def _clear(self) -> None:
        for model in (EntryChange, Entry, RollCall, Visit, Announcement, Arrangement):
            rows = (
                model.objects.filter(entry__day=TODAY)
                if model is EntryChange
                else model.objects.filter(school=self.school)
            )
            rows = rows.filter(lesson__day=TODAY) if model in (Entry, RollCall) else rows
            rows.delete()
        Event.objects.all().delete()

    def _read(self) -> None:
        enrolled = Enrolment.objects.active(TODAY).filter(school=self.school).select_related("pupil")
        groups: dict[int, set[int]] = defaultdict(set)
        for one in enrolled:
            groups[one.pupil_id].add(one.group_id)
            self.people[one.pupil_id] = one.pupil
        lessons = Lesson.objects.filter(school=self.school, day=TODAY).held().order_by("starts")
        for lesson in lessons.select_related("subject", "room", "school").prefetch_related("groups"):
            own = {group.pk for group in lesson.groups.all()}
            for pupil, mine in groups.items():
                if own & mine:
                    self.lessons[pupil].append(lesson)

    def _life(self, pupil: int) -> Truth:
        day = self.lessons[pupil]
        first, last = day[0].starts, max(lesson.ends for lesson in day)
        kind = self.dice.random()
        if kind < 0.08:
            if self.dice.random() < 0.5:
                self._at(
                    first - 20 * MINUTE, lambda: self._announce(pupil, first, last, Announcement.Kind.ABSENCE)
                )
            return Truth(None, last)
        truth = Truth(first - 5 * MINUTE, last)
        if kind < 0.18:
            truth.arrives = first + self.dice.randint(2, 30) * MINUTE
            self._at(truth.arrives, lambda: self._let_in(pupil))
        elif kind < 0.26:
            leaves = day[len(day) // 2].starts + self.dice.randint(1, 50) * MINUTE
            self._at(
                leaves - 15 * MINUTE, lambda: self._announce(pupil, leaves, last, Announcement.Kind.DEPARTURE)
            )
            truth.leaves = leaves
        elif kind < 0.4:
            lesson = self.dice.choice(day)
            starts = lesson.starts + self.dice.randint(0, 20) * MINUTE
            ends = starts + self.dice.randint(3, 40) * MINUTE
            place = self.dice.choice(list(Visit.Place.values))
            truth.visits.append((starts, ends, place))
            truth.leaves = max(last, ends)
            self._at(starts, lambda: self._begin_visit(pupil, place))
            self._at(ends, lambda: self._end_visit(pupil))
        return truth

    def _outing(self) -> None:
        """A class goes to the museum for two hours; nobody calls its rolls meanwhile."""
        group = (
            Group.objects.classes()
            .filter(school=self.school, enrolments__pupil__in=self.lessons)
            .order_by("pk")[1]
        )
        starts, ends = at(10), at(11, 40)
        event = Event.objects.create(
            school=self.school,
            kind="outing",
            title="Musée",
            search_title="musee",
            first_day=TODAY,
            last_day=TODAY,
            starts=starts,
            ends=ends,
            audience="groups",
            state="published",
            created_by=self.viewer().person,
            created_at=starts,
        )
        event.groups.set([group])
        self.out = set(Enrolment.objects.active(TODAY).filter(group=group).values_list("pupil_id", flat=True))
        for pupil in self.out & set(self.truths):
            truth = self.truths[pupil]
            truth.away.append((starts, ends))
            truth.visits.clear()
        self.outing = (starts, ends)

    def _call(self, lesson: Lesson) -> None:
        pupils = {pupil for pupil, day in self.lessons.items() if lesson in day}
        if pupils <= self.out and lesson.starts < self.outing[1] and lesson.ends > self.outing[0]:
            return
        when = lesson.starts + self.dice.randint(1, 12) * MINUTE
        self.calls[lesson.pk] = when
        self._at(when, lambda: self._validate(lesson, pupils, when))

    def _validate(self, lesson: Lesson, pupils: set[int], now: datetime) -> None:
        noted = {row.pupil_id: row for row in register_of(lesson)}
        # As its page sends them: whoever is inside, and of whom nothing was noted, is there.
        marks = [
            rolls.Mark(pupil, Status.PRESENT if inside else Status.ABSENT, None, noted[pupil].seen)
            for pupil in sorted(pupils)
            if not (inside := self.truths[pupil].is_inside(now)) or noted[pupil].seen == Status.PRESENT
        ]
        rolls.validate_roll(self.viewer(), lesson, marks)

    def _let_in(self, pupil: int) -> None:
        lesson = self.lessons[pupil][0]
        rolls.note_latecomer(self.viewer(), lesson, pupil)

    def _begin_visit(self, pupil: int, place: str) -> None:
        if pupil not in self.out:
            visits.begin_visit(self.viewer(), self.people[pupil], place)

    def _end_visit(self, pupil: int) -> None:
        for visit in Visit.objects.going_on().filter(pupil=pupil):
            visits.end_visit(self.viewer(), visit)

    def _announce(self, pupil: int, starts: datetime, ends: datetime, kind: str) -> None:
        Announcement.objects.create(
            school=self.school,
            pupil_id=pupil,
            kind=kind,
            starts=starts,
            ends=ends,
            reason=self.reason,
            given_by=self.viewer().person,
            given_at=starts - 10 * MINUTE,
        )

    def _at(self, when: datetime, do: Callable[[], Any]) -> None:
        self.steps[when].append(do)

    def by_minute(self, clock: Any) -> Iterator[datetime]:
        """Each minute of the day, once everything that happens in it has happened: what is seen first, then rolls."""
        now, last = at(7, 30), at(18, 30)
        while now < last:
            clock.move_to(now)
            for do in self.steps.get(now, ()):
                do()
            yield now
            now += MINUTE

    def wrong_at(self, now: datetime) -> list[str]:
        """Everything that the list says at this minute and that is not true, or that it leaves out."""
        by_pupil = {one.pupil_id: one for one in presence.pupils_now(self.viewer(), now)}
        wrong = []
        for pupil, truth in self.truths.items():
            day, one = self.lessons[pupil], by_pupil.get(pupil)
            begun = day[0].starts <= now < max(lesson.ends for lesson in day)
            inside, visit = truth.is_inside(now), truth.visit_at(now)
            if one is None:
                wrong += [f"{now:%H:%M} {pupil} left out"] if begun else []
            elif one.where == Where.IN:
                wrong += [] if inside else [f"{now:%H:%M} {pupil} said in {one.place}, is out"]
                current = [lesson for lesson in day if lesson.starts <= now < lesson.ends]
                places = (
                    [str(Visit.Place(visit).label)] if visit else [self._place(lesson) for lesson in current]
                )
                if places and one.place not in places:
                    wrong.append(f"{now:%H:%M} {pupil} said in {one.place}, is in {places}")
            elif one.where == Where.UNSEEN:
                waits = [lesson for lesson in day if lesson.starts <= now < lesson.ends]
                called = [self.calls.get(lesson.pk) for lesson in waits]
                if any(call and call <= now for call in called):
                    wrong.append(f"{now:%H:%M} {pupil} said unseen, and the roll was called")
            else:
                wrong += [f"{now:%H:%M} {pupil} said {one.where} ({one.said}), is inside"] if inside else []
        return wrong

    @staticmethod
    def _place(lesson: Lesson) -> str:
        return ", ".join(filter(None, [lesson.room.place if lesson.room else "", lesson.subject.name]))


def more_pupils(college: World, number: int) -> None:
    """`number` more in each class, so that something of everything happens to somebody."""
    for group in Group.objects.classes().filter(year=college.year):
        for count in range(number):
            pupil = Person.objects.create(family_name=f"Nouveau {group.pk} {count}", given_name="Ana")
            Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
            Enrolment.objects.create(pupil=pupil, school=college.school, group=group)


def test_the_list_is_true_at_every_minute_of_a_day(college: World, seat_of: Any, clock: Any) -> None:
    more_pupils(college, 20)
    day = SimulatedDay(college.school, lambda: seat_of("cpe"), seed=3)
    assert len(day.truths) > 50 and day.truths.keys() & day.out
    kinds = [truth.arrives is None for truth in day.truths.values()]
    assert any(kinds) and not all(kinds) and any(truth.visits for truth in day.truths.values())
    wrong = [fault for now in day.by_minute(clock) for fault in day.wrong_at(now)]
    assert wrong == []


def now_of(seat_of: Any, person: Person, moment: datetime = NOW) -> presence.Seen:
    return next(one for one in presence.pupils_now(seat_of("cpe"), moment) if one.pupil_id == person.pk)


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The lesson that the cast's pupil has now, which nobody has called, on a day of which nothing is noted."""
    found = lesson_now(college)
    EntryChange.objects.filter(entry__day=TODAY).delete()
    for model in (Entry, RollCall):
        model.objects.filter(lesson__day=TODAY).delete()
    for other in (Visit, Announcement, Arrangement, Event):
        other.objects.all().delete()
    return found


def test_who_was_not_called_is_never_said_there(college: World, seat_of: Any, lesson: Lesson) -> None:
    pupil = college.people["pupil"]
    assert now_of(seat_of, pupil).where == Where.UNSEEN
    marks = [
        rolls.Mark(
            row.pupil_id, Status.ABSENT if row.pupil_id == pupil.pk else Status.PRESENT, None, "present"
        )
        for row in register_of(lesson)
    ]
    rolls.validate_roll(seat_of("teacher"), lesson, marks)
    assert now_of(seat_of, pupil).where == Where.MISSING
    others = [one for one in presence.pupils_now(seat_of("cpe"), NOW) if one.where == Where.IN]
    assert others and pupil.pk not in {one.pupil_id for one in others}


def test_a_cancelled_lesson_holds_nobody(college: World, seat_of: Any, lesson: Lesson) -> None:
    Lesson.objects.filter(school=college.school, day=TODAY).update(state=Lesson.State.CANCELLED)
    assert presence.pupils_now(seat_of("cpe"), NOW) == []


def test_whoever_is_exempt_and_did_not_come_is_looked_for_not_blamed(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    pupil = college.people["pupil"]
    Arrangement.objects.create(
        school=college.school,
        pupil=pupil,
        kind="exemption",
        subject=lesson.subject,
        first_day=TODAY,
        said_by=college.people["cpe"],
        said_at=NOW,
    )
    rolls.validate_roll(seat_of("teacher"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    assert now_of(seat_of, pupil).where == Where.UNSEEN


def test_a_latecomer_is_on_the_roll_and_the_roll_is_still_to_call(
    college: World, client: SchoolClient, seat_of: Any, lesson: Lesson
) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    client.sit(college.people["cpe"])
    address = reverse("attendance:note_latecomer", kwargs={"public_id": pupil.public_id})
    for _twice in range(2):
        assert client.post(address).status_code == 302
    entry = Entry.objects.get(lesson=lesson, pupil=pupil)
    assert (entry.status, entry.changes.count()) == (Status.LATE, 1)
    assert not RollCall.objects.filter(lesson=lesson).exists()
    assert Line.objects.filter(verb="attendance.latecomer_noted", subject_id=pupil.pk).count() == 1
    # The teacher's page shows it with the name of who noted it, and what they send leaves it.
    client.sit(teacher)
    roll = reverse("attendance:roll", kwargs={"pk": lesson.pk})
    assert college.people["cpe"].full_name in client.get(roll).content.decode()
    rolls.validate_roll(seat_of("teacher"), lesson, [rolls.Mark(pupil.pk, Status.PRESENT, None, "present")])
    entry.refresh_from_db()
    assert entry.status == Status.LATE
    assert RollCall.objects.get(lesson=lesson).called_by_id == teacher.pk
    again = client.get(roll).content.decode()
    assert college.people["cpe"].full_name in again and teacher.full_name in again


def test_a_latecomer_after_the_roll_was_validated_is_said_corrected_there(
    college: World, client: SchoolClient, seat_of: Any, lesson: Lesson
) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    rolls.validate_roll(seat_of("teacher"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    client.sit(college.people["cpe"])
    address = reverse("attendance:note_latecomer", kwargs={"public_id": pupil.public_id})
    page = client.post(address, follow=True).content.decode()
    assert f"L’appel de {teacher.formal_name} est déjà fait" in page and "la ligne y est corrigée." in page
    assert "L’appel reste à faire par l’enseignant." not in page
    assert Entry.objects.get(lesson=lesson, pupil=pupil).status == Status.LATE


def test_a_roll_opened_before_that_says_absent_shows_both(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    pupil = college.people["pupil"]
    rolls.note_latecomer(seat_of("cpe"), lesson, pupil.pk)
    with pytest.raises(rolls.RollConflict):
        rolls.validate_roll(
            seat_of("teacher"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")]
        )


def test_nothing_is_noted_of_whoever_has_no_lesson(
    college: World, client: SchoolClient, lesson: Lesson, clock: Any
) -> None:
    clock.move_to(at(21))
    client.sit(college.people["cpe"])
    address = reverse("attendance:note_latecomer", kwargs={"public_id": college.people["pupil"].public_id})
    page = client.post(address, {"nom": "Abad"}, follow=True).content.decode()
    assert 'value="Abad"' in page
    assert "n’a plus cours aujourd’hui" in page
    assert not Entry.objects.filter(day=TODAY, pupil=college.people["pupil"]).exists()


def test_who_comes_between_two_lessons_is_seen_from_then_on(
    college: World, client: SchoolClient, seat_of: Any, lesson: Lesson, clock: Any
) -> None:
    """Missed at ten, at the gate in the break: there, and the roll of ten still says absent."""
    pupil, later = college.people["pupil"], next_lesson(lesson, college)
    called(lesson, college, lesson.starts + MINUTE, absent=True)
    between = lesson.ends + 5 * MINUTE
    assert now_of(seat_of, pupil, between).where == Where.MISSING
    clock.move_to(between)
    client.sit(college.people["cpe"])
    address = reverse("attendance:note_latecomer", kwargs={"public_id": pupil.public_id})
    page = client.post(address, {"nom": "abadie"}, follow=True).content.decode()
    assert f"arrivée notée à {dates.hour(between)}, avant {later.subject.name}" in page
    assert "C’était déjà noté" in client.post(address, follow=True).content.decode()
    visit = Visit.objects.get(pupil=pupil)
    assert (visit.starts, visit.ends, visit.place) == (between, between, Visit.Place.OFFICE)
    assert Entry.objects.get(pupil=pupil, day=TODAY).status == Status.ABSENT
    one = now_of(seat_of, pupil, between + MINUTE)
    assert (one.where, one.said) == (Where.IN, f"vu à {dates.hour(between)}")
    # The bell sees nobody: in the lesson that follows they are looked for until its roll.
    assert now_of(seat_of, pupil, later.starts + MINUTE).where == Where.UNSEEN
    called(later, college, later.starts + 5 * MINUTE)
    assert now_of(seat_of, pupil, later.starts + 6 * MINUTE).where == Where.IN


def test_the_page_names_who_is_missing_and_has_said_nothing(
    college: World, client: SchoolClient, seat_of: Any, lesson: Lesson
) -> None:
    pupil = college.people["pupil"]
    rolls.validate_roll(seat_of("teacher"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:now"))
    assert page.status_code == 200
    assert "Sans nouvelle" in page.content.decode()


ADDRESSES = ["attendance:now", "attendance:building_pdf", "attendance:building_csv", "attendance:latecomers"]


@pytest.mark.parametrize("key", ["teacher", "secretary", "pupil", "guardian"])
def test_only_school_life_reads_who_is_where(college: World, client: SchoolClient, key: str) -> None:
    client.sit(college.people[key])
    before = EntryChange.objects.count()
    assert {name: client.get(reverse(name)).status_code for name in ADDRESSES} == dict.fromkeys(
        ADDRESSES, 403
    )
    address = reverse("attendance:note_latecomer", kwargs={"public_id": college.people["pupil"].public_id})
    assert client.post(address).status_code in {403, 404}
    assert EntryChange.objects.count() == before


def test_the_lists_name_every_pupil_once_and_nobody_of_the_twin(
    college: World, client: SchoolClient, lesson: Lesson, twin: World
) -> None:
    client.sit(college.people["cpe"])
    expected = {one.pupil_id for one in presence.pupils_now(_viewer(college), NOW)}
    theirs = set(Enrolment.objects.filter(school=twin.school).values_list("pupil_id", flat=True))
    assert expected and not expected & theirs
    lines = b"".join(client.get(reverse("attendance:building_csv")).streaming_content).decode().splitlines()
    assert len(lines) == len(expected) + 1
    assert Line.objects.filter(verb="attendance.building_read").count() == 1


def _viewer(college: World) -> Viewer:
    person = college.people["cpe"]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is not None
    return viewer


def test_one_class_shows_its_names_alone(college: World, client: SchoolClient, lesson: Lesson) -> None:
    own = Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group
    client.sit(college.people["cpe"])
    page = client.get(f"{reverse('attendance:now')}?classe={own.pk}").content.decode()
    names = list(Enrolment.objects.filter(group=own).values_list("pupil__public_id", flat=True))
    others = Enrolment.objects.filter(school=college.school, group__kind="class").exclude(group=own)
    assert all(name in page for name in names)
    assert not any(name in page for name in others.values_list("pupil__public_id", flat=True))


def announced(college: World, starts: datetime, kind: Announcement.Kind = Announcement.Kind.ABSENCE) -> None:
    Announcement.objects.create(
        school=college.school,
        pupil=college.people["pupil"],
        kind=kind,
        starts=starts,
        ends=at(18, 30),
        reason=Reason.objects.order_by("pk")[0],
        given_by=college.people["cpe"],
        given_at=at(7),
    )


def called(lesson: Lesson, college: World, when: datetime, *, absent: bool = False) -> None:
    """The roll of a lesson, at that moment: everybody is there, but perhaps the cast's pupil."""
    RollCall.objects.create(
        school=college.school, lesson=lesson, called_by=college.people["teacher"], called_at=when
    )
    if absent:
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            day=lesson.day,
            pupil=college.people["pupil"],
            status=Status.ABSENT,
        )


def next_lesson(lesson: Lesson, college: World) -> Lesson:
    """The one that follows it for the pupil, an hour after its end at the soonest: there is a hole between them."""
    later = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=TODAY, starts__gte=lesson.ends)
    found = later.order_by("starts")[0]
    later.exclude(pk=found.pk).delete()
    Lesson.objects.filter(pk=found.pk).update(
        starts=lesson.ends + 60 * MINUTE, ends=lesson.ends + 120 * MINUTE, state=Lesson.State.HELD
    )
    found.refresh_from_db()
    return found


def test_whoever_left_the_infirmary_for_home_is_out(college: World, seat_of: Any, lesson: Lesson) -> None:
    pupil, half = college.people["pupil"], timedelta(minutes=2)
    visit = visits.begin_visit(seat_of("cpe"), pupil, Visit.Place.INFIRMARY)
    announced(college, NOW - half, Announcement.Kind.DEPARTURE)
    # They had come back from there: the visit is what was seen last.
    Visit.objects.filter(pk=visit.pk).update(starts=NOW - MINUTE)
    assert now_of(seat_of, pupil).where == Where.IN
    Visit.objects.filter(pk=visit.pk).update(starts=NOW - 3 * MINUTE)
    assert now_of(seat_of, pupil).where == Where.OUT


def test_whoever_was_seen_is_never_said_outside_for_an_absence_announced(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    """A fever at dawn, and there after all: the family's word no longer says where the child is."""
    pupil, later = college.people["pupil"], next_lesson(lesson, college)
    announced(college, at(7, 30))
    between, begun = lesson.ends + MINUTE, later.starts + MINUTE
    assert {now_of(seat_of, pupil, when).where for when in (NOW, between, begun)} == {Where.OUT}
    called(lesson, college, lesson.starts + MINUTE)
    assert now_of(seat_of, pupil, between).where == Where.IN
    assert now_of(seat_of, pupil, begun).where == Where.UNSEEN
    # A departure after that roll is a word of the school's own: it holds.
    announced(college, lesson.ends, Announcement.Kind.DEPARTURE)
    assert {now_of(seat_of, pupil, when).where for when in (between, begun)} == {Where.OUT}


def test_the_bell_sees_nobody(college: World, seat_of: Any, lesson: Lesson) -> None:
    """Seen at eight, then a roll that nobody made: once that lesson is over they are still not seen."""
    pupil, later = college.people["pupil"], next_lesson(lesson, college)
    called(lesson, college, lesson.starts + MINUTE)
    assert now_of(seat_of, pupil, lesson.ends + MINUTE).where == Where.IN
    after = Lesson.objects.create(
        school=college.school,
        year=college.year,
        subject=later.subject,
        day=TODAY,
        starts=later.ends + 15 * MINUTE,
        ends=later.ends + 70 * MINUTE,
    )
    after.groups.set(later.groups.all())
    during, between = later.starts + MINUTE, later.ends + MINUTE
    assert {now_of(seat_of, pupil, when).where for when in (during, between)} == {Where.UNSEEN}
    assert now_of(seat_of, pupil, between).said == "appel du dernier cours pas fait"
    called(later, college, later.starts + 5 * MINUTE)
    assert now_of(seat_of, pupil, between).where == Where.IN


def test_whoever_left_and_came_back_late_is_inside(college: World, seat_of: Any, lesson: Lesson) -> None:
    pupil = college.people["pupil"]
    called(lesson, college, lesson.starts + MINUTE)
    announced(college, lesson.starts + 2 * MINUTE, Announcement.Kind.DEPARTURE)
    moment = lesson.starts + 20 * MINUTE
    assert now_of(seat_of, pupil, moment).where == Where.OUT
    Entry.objects.create(
        school=college.school,
        lesson=lesson,
        day=TODAY,
        pupil=pupil,
        status=Status.LATE,
        minutes_late=15,
    )
    assert now_of(seat_of, pupil, moment).where == Where.IN


def test_an_absence_announced_holds_for_whoever_was_missed(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    pupil, later = college.people["pupil"], next_lesson(lesson, college)
    announced(college, at(7, 30))
    called(lesson, college, lesson.starts + MINUTE, absent=True)
    moments = (lesson.ends + MINUTE, later.starts + MINUTE)
    assert {now_of(seat_of, pupil, when).where for when in moments} == {Where.OUT}


def test_seen_then_announced_missing_from_noon_is_looked_for(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    pupil, later = college.people["pupil"], next_lesson(lesson, college)
    called(lesson, college, lesson.starts + MINUTE)
    announced(college, lesson.ends)
    for when in (lesson.ends + MINUTE, later.starts + MINUTE):
        one = now_of(seat_of, pupil, when)
        assert (one.where, one.said) == (Where.UNSEEN, "absence annoncée")


def test_nobody_is_at_the_canteen_when_no_meal_is_served(
    college: World, seat_of: Any, lesson: Lesson
) -> None:
    pupil = college.people["pupil"]
    next_lesson(lesson, college)
    called(lesson, college, lesson.starts + MINUTE)
    DaySlot.objects.all().delete()
    between = lesson.ends + MINUTE
    slot = DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="canteen",
        name="Self",
        weekdays=[TODAY.weekday()],
        starts_at=lesson.ends.astimezone(PARIS).time(),
        ends_at=(lesson.ends + 30 * MINUTE).astimezone(PARIS).time(),
    )
    slot.groups.set(Group.objects.filter(enrolments__pupil=pupil))
    assert now_of(seat_of, pupil, between).place == "Cantine"
    Event.objects.create(
        school=college.school,
        kind=Event.Kind.NO_CLASS,
        title="Grève",
        search_title="greve",
        first_day=TODAY,
        last_day=TODAY,
        starts=at(0),
        ends=at(23),
        audience="everyone",
        meals=Event.Meals.NONE,
        state="published",
        created_by=college.people["head"],
        created_at=NOW,
    )
    assert now_of(seat_of, pupil, between).place == "Entre deux cours"
