"""A slot is taken once, by one rule, whatever the way: booking, typing in, moving, exchanging, the plan."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.domains.appointments import tasks
from preau.domains.appointments.actions import keeping, planning, running, taking, wishing
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs
from preau.domains.appointments.models import Evening, Meeting, Party, Taken, Wish
from preau.domains.appointments.queries import days, pages, plans
from preau.domains.appointments.queries.slots import No, board_of
from preau.domains.appointments.tests.props import (
    a_meeting,
    a_wish,
    an_evening,
    host_of,
    wanted,
)
from preau.domains.timetable.models import Lesson
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db
LIVE = Meeting.State.BOOKED


def refused(why: No) -> Any:
    return pytest.raises(NotFree, match=why.value)


def test_a_guardian_takes_a_slot_once(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    assert taking.book(mother, evening, wanted(college, 2))
    assert not taking.book(mother, evening, wanted(college, 2))
    meeting = Meeting.objects.get(evening=evening)
    assert (meeting.starts, meeting.state) == (evening.moment(2), LIVE)
    assert Taken.objects.filter(meeting=meeting).count() == 4
    assert Line.objects.filter(verb="appointments.booked", target_id=meeting.pk).count() == 1


def test_a_taken_slot_is_refused_with_the_next_two(college: World, seat_of: Any) -> None:
    evening = an_evening(college)
    a_meeting(college, evening, 2)
    with refused(No.TAKEN) as no:
        taking.book(seat_of("other_guardian"), evening, wanted(college, 2, "other_guardian"))
    assert no.value.offered == (3, 4)


def test_the_database_itself_lets_nobody_be_in_two_meetings(college: World) -> None:
    evening = an_evening(college)
    meeting = a_meeting(college, evening, 2)
    cell = Taken.objects.filter(meeting=meeting, person=meeting.host_id).first()
    assert cell
    with pytest.raises(IntegrityError), transaction.atomic():
        Taken.objects.create(meeting=meeting, person_id=meeting.host_id, at=cell.at)


def test_the_walk_between_floors_is_kept(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    evening.hosts.filter(person=college.people["teacher_1"]).update(floor=2)
    a_meeting(college, evening, 4)
    for slot in (3, 5):
        with refused(No.WALK):
            taking.book(mother, evening, wanted(college, slot, host="teacher_1"))
    assert taking.book(mother, evening, wanted(college, 6, host="teacher_1"))
    assert taking.book(mother, evening, wanted(college, 3, host="teacher_2"))


def test_a_lesson_a_pause_and_an_absence_are_in_the_way(college: World, seat_of: Any) -> None:
    evening = an_evening(college, pauses=[3])
    host = host_of(evening, college)
    host.away = [4]
    host.save()
    lesson = Lesson.objects.filter(school=college.school, teachers=host.person_id).order_by("pk")[0]
    Lesson.objects.filter(pk=lesson.pk).update(
        starts=evening.moment(6), ends=evening.moment(7), day=evening.day, state="planned"
    )
    mother = seat_of("guardian")
    for slot, why in [(3, No.PAUSE), (4, No.AWAY), (6, No.LESSON), (12, No.OUTSIDE)]:
        with refused(why):
            taking.book(mother, evening, wanted(college, slot))
    keeping.note_absence(seat_of("head"), host, is_absent=True)
    with refused(No.ABSENT):
        taking.place(seat_of("head"), evening, wanted(college, 7))


def test_parents_who_ask_it_never_cross_and_the_other_reads_nothing_of_it(
    college: World, seat_of: Any
) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    wishing.set_apart(seat_of("guardian"), evening, apart=True)
    a_meeting(college, evening, 5)
    for slot in (4, 5, 6):
        with refused(No.APART):
            taking.book(father, evening, wanted(college, slot, "other_guardian", "teacher_1"))
    assert taking.book(father, evening, wanted(college, 7, "other_guardian", "teacher_1"))
    found = pages.family_evening(father, evening, at_once=72)
    assert [step.meeting.guardian_id for step in found.steps] == [college.people["other_guardian"].pk]
    assert not found.wishes
    assert found.party is None
    choice = next(one for one in found.choices if one.host.person_id == college.people["teacher"].pk)
    assert choice.too_short == ""


def test_the_other_parent_and_the_pupil_see_no_meeting(college: World, twin: World, seat_of: Any) -> None:
    evening = an_evening(college)
    meeting = a_meeting(college, evening)
    party = Party.objects.create(evening=evening, person=college.people["guardian"], written_at=NOW)
    wish = Wish.objects.create(
        party=party, host=host_of(evening, college), pupil=college.people["pupil"], rank=1
    )
    readers = {"guardian", "teacher", "head", "cpe", "secretary"}
    for key in ("guardian", "other_guardian", "pupil", "teacher", "teacher_1", "head", "cpe", "secretary"):
        viewer = seat_of(key)
        assert (meeting in Meeting.objects.visible_to(viewer)) == (key in readers), key
        assert (wish in Wish.objects.visible_to(viewer)) == (key in readers), key
        assert (party in Party.objects.visible_to(viewer)) == (key in readers - {"teacher"}), key
    for key in ("guardian", "head"):
        assert meeting not in Meeting.objects.visible_to(seat_of(key, world=twin))


def test_a_page_of_the_father_holds_no_trace_of_the_mother(college: World, client: SchoolClient) -> None:
    evening = an_evening(college)
    a_meeting(college, evening, 3)
    client.sit(college.people["other_guardian"])
    page = client.get(reverse("appointments:evening", kwargs={"pk": evening.pk})).content.decode()
    assert "Julie" not in page
    assert "Rien n’est encore pris." in page
    for name in ("calendar", "sheet"):
        assert b"Julie" not in client.get(reverse(f"appointments:{name}", kwargs={"pk": evening.pk})).content


def test_a_guardian_who_lost_authority_is_refused_and_their_meeting_is_marked(
    college: World, seat_of: Any
) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    meeting = a_meeting(college, evening)
    Guardianship.objects.filter(guardian=mother.person.pk, pupil=college.people["pupil"]).update(
        ends=NOW.date()
    )
    without = replace(mother, seat=replace(mother.seat, pupils=()))
    assert meeting not in Meeting.objects.visible_to(without)
    with pytest.raises(NotTheirs):
        taking.book(mother, evening, wanted(college, 5, host="teacher_1"))
    with pytest.raises(NotTheirs):
        taking.place(seat_of("head"), evening, wanted(college, 5, host="teacher_1"))
    found = pages.host_evening(seat_of("head"), evening, host_of(evening, college))
    assert [line.lost for line in found.lines if line.meeting] == [True]


def test_after_the_last_day_only_the_school_types_in(college: World, seat_of: Any) -> None:
    evening = an_evening(college, closes_at=NOW - timedelta(hours=1))
    with pytest.raises(Closed):
        taking.book(seat_of("guardian"), evening, wanted(college, 2))
    assert taking.place(seat_of("secretary"), evening, wanted(college, 2))
    assert Item.objects.filter(kind="appointments.placed", person=college.people["guardian"]).exists()


def test_a_meeting_moves_and_two_families_are_exchanged(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    one = a_meeting(college, evening, 1)
    other = a_meeting(college, evening, 2, guardian="other_guardian")
    assert taking.move(head, one, 2)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.starts, other.starts) == (evening.moment(2), evening.moment(1))
    assert not taking.move(head, one, 2)
    assert Taken.objects.filter(meeting__in=[one, other]).count() == 8
    assert Item.objects.filter(kind="appointments.moved", person=one.guardian_id).exists()
    assert Item.objects.filter(kind="appointments.moved", person=other.guardian_id).exists()


def test_a_move_that_is_refused_changes_nothing(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    one = a_meeting(college, evening, 1)
    a_meeting(college, evening, 6, host="teacher_1")
    with refused(No.FAMILY):
        taking.move(head, one, 6)
    one.refresh_from_db()
    assert one.starts == evening.moment(1)
    assert Taken.objects.filter(meeting=one).count() == 4


def test_a_slot_given_back_is_told_to_who_waits(college: World, seat_of: Any) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    meeting = a_meeting(college, evening, 1)
    assert wishing.wait(father, host_of(evening, college), college.people["pupil"].pk)
    assert not wishing.wait(father, host_of(evening, college), college.people["pupil"].pk)
    assert taking.give_back(seat_of("guardian"), meeting)
    assert not taking.give_back(seat_of("guardian"), meeting)
    assert Item.objects.filter(kind="appointments.free", person=father.person.pk).count() == 1
    assert Item.objects.filter(kind="appointments.cancelled", person=meeting.host_id).count() == 1
    assert taking.book(father, evening, wanted(college, 1, "other_guardian"))


def test_an_absent_teacher_is_told_to_each_family_who_then_waits(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    host = host_of(evening, college)
    a_wish(evening, college.people["guardian"], host, college.people["pupil"])
    meeting = a_meeting(college, evening)
    assert keeping.note_absence(head, host, is_absent=True)
    assert not keeping.note_absence(head, host, is_absent=True)
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.CANCELLED
    assert Wish.objects.get(host=host).waits_since
    assert Item.objects.filter(kind="appointments.cancelled", person=meeting.guardian_id).count() == 1


def facts_of(evening: Evening, **changes: Any) -> keeping.EveningFacts:
    fields: dict[str, Any] = {
        "title": evening.title,
        "day": evening.day,
        "starts": evening.starts,
        "ends": evening.ends,
        "minutes": evening.minutes,
        "pause": None,
        "walk": evening.walk,
        "mode": evening.mode,
        "closes_at": evening.closes_at,
    } | changes
    return keeping.EveningFacts(**fields)


def test_an_evening_moved_by_a_day_takes_its_meetings_along(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    meeting = a_meeting(college, evening, 3)
    later = evening.day + timedelta(days=1)
    assert keeping.change(head, evening, facts_of(evening, day=later))
    assert not keeping.change(head, evening, facts_of(evening, day=later))
    evening.refresh_from_db()
    meeting.refresh_from_db()
    assert meeting.starts == evening.moment(3)
    assert evening.day == later
    assert set(Taken.objects.filter(meeting=meeting).values_list("at__date", flat=True)) == {later}
    assert tasks.tell_evening.call(evening.pk, "appointments.changed", head.person.pk, "Avant.") > 1


def test_a_day_on_which_somebody_teaches_is_refused_whole(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    meeting = a_meeting(college, evening, 3)
    later = evening.day + timedelta(days=1)
    lesson = Lesson.objects.filter(school=college.school, teachers=college.people["teacher"]).order_by("pk")[
        0
    ]
    start = evening.moment(3) + timedelta(days=1)
    Lesson.objects.filter(pk=lesson.pk).update(
        starts=start, ends=start + timedelta(minutes=50), day=later, state="planned"
    )
    with pytest.raises(keeping.Clashes):
        keeping.change(head, evening, facts_of(evening, day=later))
    meeting.refresh_from_db()
    assert meeting.starts == evening.moment(3)
    assert Taken.objects.filter(meeting=meeting).count() == 4


def test_a_cancelled_evening_frees_everybody_and_tells_once(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    a_meeting(college, evening)
    assert keeping.cancel(head, evening)
    assert not keeping.cancel(head, evening)
    assert not Taken.objects.filter(meeting__evening=evening).exists()
    first = tasks.tell_evening.call(evening.pk, "appointments.changed", head.person.pk, "Annulée.")
    again = tasks.tell_evening.call(evening.pk, "appointments.changed", head.person.pk, "Annulée.")
    assert first == again == Item.objects.filter(kind="appointments.changed").count()


def test_a_room_that_is_lost_is_told_to_those_who_come(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    host, meeting = host_of(evening, college), a_meeting(college, evening)
    places = {host.pk: keeping.Place(None, 3, receives=True)}
    assert keeping.settle_hosts(head, evening, places)
    assert not keeping.settle_hosts(head, evening, places)
    assert Item.objects.filter(kind="appointments.moved", person=meeting.guardian_id).count() == 1


# The plan


def wishing_evening(college: World, **fields: Any) -> Evening:
    return an_evening(college, mode=Evening.Mode.PLAN, state=Evening.State.WISHES, **fields)


def computed(evening: Evening, head: Any) -> Evening:
    assert planning.ask(head, evening)
    assert not planning.ask(head, evening)
    evening.refresh_from_db()
    assert planning.compute(evening.pk, head.person.pk, evening.plan_facts["asked"])
    evening.refresh_from_db()
    return evening


def test_wishes_become_a_plan_that_nobody_reads_before_it_is_out(college: World, seat_of: Any) -> None:
    evening, head, mother = wishing_evening(college), seat_of("head"), seat_of("guardian")
    hosts = list(evening.hosts.order_by("pk"))
    pupil = college.people["pupil"].pk
    wishes = wishing.Said([(hosts[0].pk, pupil), (hosts[1].pk, pupil)], [0, 1], apart=True, together=False)
    assert wishing.say(mother, evening, wishes)
    assert not wishing.say(mother, evening, wishes)
    a_wish(evening, college.people["other_guardian"], hosts[0], college.people["pupil"])
    computed(evening, head)
    assert Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED).count() == 3
    assert not Meeting.objects.visible_to(mother).filter(evening=evening).exists()
    assert not Meeting.objects.visible_to(seat_of("teacher")).filter(evening=evening).exists()
    mine = Meeting.objects.filter(evening=evening, guardian=mother.person.pk).values_list("starts", flat=True)
    theirs = Meeting.objects.filter(evening=evening, guardian=college.people["other_guardian"]).values_list(
        "starts", flat=True
    )
    assert min(mine) >= evening.moment(2)
    assert all(abs(one - other) > timedelta(minutes=10) for one in mine for other in theirs)
    assert planning.publish(head, evening)
    assert not planning.publish(head, evening)
    assert Meeting.objects.visible_to(mother).filter(evening=evening).count() == 2
    assert tasks.tell_plan.call(evening.pk, head.person.pk) == 4
    assert tasks.tell_plan.call(evening.pk, head.person.pk) == 4
    assert Item.objects.filter(kind="appointments.published", person=mother.person.pk).count() == 1


def test_who_misses_what_is_said_with_its_reason(college: World, seat_of: Any) -> None:
    evening = wishing_evening(college, ends=an_evening(college).starts.replace(minute=10))
    host = host_of(evening, college)
    for key in ("guardian", "other_guardian"):
        a_wish(evening, college.people[key], host, college.people["pupil"])
    computed(evening, seat_of("head"))
    missed = plans.missed_in(board_of(evening), plans.wishes_of(evening))
    assert [one.why for one in missed] == ["2 demandes pour 1 créneaux\u202f: tous sont pris."]
    planning.publish(seat_of("head"), evening)
    assert Wish.objects.filter(party__evening=evening, waits_since__isnull=False).count() == 1


def test_what_is_placed_by_hand_stays_in_the_plan(college: World, seat_of: Any) -> None:
    evening, head = wishing_evening(college), seat_of("head")
    assert taking.place(head, evening, wanted(college, 9))
    a_wish(evening, college.people["other_guardian"], host_of(evening, college), college.people["pupil"])
    computed(evening, head)
    kept = Meeting.objects.get(evening=evening, guardian=college.people["guardian"])
    assert (kept.starts, kept.is_fixed) == (evening.moment(9), True)
    assert not Item.objects.filter(kind="appointments.placed").exists()


def test_a_teacher_asks_to_see_a_family_once(college: World, seat_of: Any) -> None:
    evening, teacher = wishing_evening(college), seat_of("teacher")
    mother, pupil = college.people["guardian"].pk, college.people["pupil"].pk
    host = host_of(evening, college)
    assert wishing.ask_to_see(teacher, host, mother, pupil)
    assert not wishing.ask_to_see(teacher, host, mother, pupil)
    assert Item.objects.filter(kind="appointments.asked", person=mother).count() == 1


# The evening itself


def test_ten_minutes_late_are_told_to_those_who_come_next(college: World, seat_of: Any, clock: Any) -> None:
    evening, teacher = an_evening(college), seat_of("teacher")
    host = host_of(evening, college)
    seen = a_meeting(college, evening, 0)
    nxt = a_meeting(college, evening, 3, guardian="other_guardian")
    with pytest.raises(running.NotYet):
        running.note(teacher, seen, "seen")
    clock.move_to(evening.moment(1))
    assert running.note(teacher, seen, "seen")
    assert not running.note(teacher, seen, "seen")
    assert running.run_late(teacher, host, 10)
    assert not running.run_late(teacher, host, 10)
    assert list(Item.objects.filter(kind="appointments.late").values_list("person", flat=True)) == [
        nxt.guardian_id
    ]


# Around


def test_an_evening_is_awaited_until_something_is_taken(college: World, seat_of: Any) -> None:
    Evening.objects.all().delete()
    evening, mother = an_evening(college, "Rencontre de décembre"), seat_of("guardian")
    assert "Rencontre de décembre" in [one.title for one in awaited_of(mother)]
    a_meeting(college, evening)
    assert "Rencontre de décembre" not in [one.title for one in awaited_of(seat_of("guardian"))]


def test_the_agenda_names_only_the_other_one_of_a_meeting(college: World, seat_of: Any) -> None:
    evening = an_evening(college)
    a_meeting(college, evening)
    span = evening.day, evening.day
    assert [one.title for one in days.agenda_of(seat_of("guardian"), *span)] == [
        "Rendez-vous avec Mme Moreau"
    ]
    # Twenty families are one thing in the day of whoever receives them.
    a_meeting(college, evening, 3, guardian="other_guardian")
    received = [(one.title, one.detail) for one in days.agenda_of(seat_of("teacher"), *span)]
    assert received == [("Rencontre", "2 rendez-vous")]
    assert [one.title for one in days.agenda_of(seat_of("other_guardian"), *span)] == [
        "Rendez-vous avec Mme Moreau"
    ]
    assert not days.agenda_of(seat_of("teacher_1"), *span)


def test_figures_below_ten_families_are_not_said(college: World) -> None:
    evening = an_evening(college)
    meeting = a_meeting(college, evening)
    Meeting.objects.filter(pk=meeting.pk).update(outcome="seen")
    assert days.families_met(college.school.pk, evening.day, evening.day) == 0


def test_a_family_of_several_children_reads_of_whom_and_where_an_evening_is(
    college: World, twin: World, client: SchoolClient
) -> None:
    evening = an_evening(college)
    address = reverse("appointments:evenings")
    alone = client.sit(college.people["guardian"]).get(address).content.decode()
    name = college.people["pupil"].given_name
    row = alone.split(reverse("appointments:evening", kwargs={"pk": evening.pk}))[1].split("</tr>")[0]
    assert name not in row and college.school.name not in row
    add_sibling_elsewhere(college, twin)
    client.sit(college.people["guardian"])
    client.may_see_twin = True
    page = client.get(address).content.decode()
    row = page.split(reverse("appointments:evening", kwargs={"pk": evening.pk}))[1].split("</tr>")[0]
    assert name in row and college.school.name in row and "Hugo" not in row
    own = client.get(reverse("appointments:evening", kwargs={"pk": evening.pk})).content.decode()
    assert f"· {name}" in own and college.school.name in own.split("</h1>")[1].split("<h2")[0]
