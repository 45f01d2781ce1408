"""What a cold review found: hours that would say when the other parent comes, plans of another day, meetings that nobody agreed to."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
from preau.domains.appointments import tasks
from preau.domains.appointments.actions import keeping, planning, running, single, taking, telling, wishing
from preau.domains.appointments.actions.taking import Closed, NotTheirs
from preau.domains.appointments.forms import AskForm, EveningForm, ProposeForm
from preau.domains.appointments.models import Evening, Meeting, Opening, Party, Wish
from preau.domains.appointments.queries import around, pages, sides, singles, slots
from preau.domains.appointments.queries.slots import No, board_of
from preau.domains.appointments.tests.props import (
    a_meeting,
    a_wish,
    an_appointment,
    an_evening,
    host_of,
    many_hosts,
    own_evening,
    some_hours,
    wanted,
)
from preau.domains.appointments.tests.test_slots import computed, facts_of, refused, wishing_evening
from preau.domains.timetable.models import Lesson
from preau.foundation import boards
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db


def notices(kind: str, person: int) -> int:
    return Item.objects.filter(kind=f"appointments.{kind}", person=person).count()


def offered(viewer: Any, evening: Evening) -> dict[int, tuple[Any, ...]]:
    found = pages.family_evening(viewer, evening, at_once=72)
    return {choice.host.person_id: choice.free for choice in found.choices if choice.meeting is None}


def a_lesson_over(college: World, key: str, starts: Any) -> None:
    lesson = Lesson.objects.filter(school=college.school, teachers=college.people[key]).order_by("pk")[0]
    Lesson.objects.filter(pk=lesson.pk).update(
        starts=starts, ends=starts + timedelta(minutes=10), day=starts.date(), state="planned"
    )


# Two parents who must not cross


def test_what_the_father_is_offered_says_nothing_of_when_the_mother_comes(
    college: World, seat_of: Any
) -> None:
    evening, mother, father = an_evening(college), seat_of("guardian"), seat_of("other_guardian")
    assert wishing.set_apart(mother, evening, apart=True)
    before = offered(father, evening)
    assert taking.book(mother, evening, wanted(college, 2))
    after = offered(father, evening)
    teacher = college.people["teacher"].pk
    assert {key: free for key, free in after.items() if key != teacher} == {
        key: free for key, free in before.items() if key != teacher
    }
    assert all(slot > evening.slots // 2 for free in after.values() for slot, _hour in free)
    for who, slot, key in [(father, 3, "other_guardian"), (mother, 9, "guardian")]:
        with refused(No.APART):
            taking.book(who, evening, wanted(college, slot, key, "teacher_1"))
    assert taking.book(father, evening, wanted(college, 9, "other_guardian", "teacher_1"))


def test_a_half_is_asked_by_who_has_meetings_in_one_half_only(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    a_meeting(college, evening, 1)
    late = a_meeting(college, evening, 10, host="teacher_1")
    with pytest.raises(wishing.BothHalves):
        wishing.set_apart(mother, evening, apart=True)
    assert taking.give_back(mother, late)
    assert wishing.set_apart(mother, evening, apart=True)
    assert wishing.set_apart(seat_of("other_guardian"), evening, apart=True)
    halves = dict(Party.objects.filter(evening=evening).values_list("person__pk", "half"))
    assert halves == {mother.person.pk: 0, college.people["other_guardian"].pk: 1}


def test_who_asks_to_cross_nobody_reads_first_which_of_their_hours_go_and_gives_them_back_at_once(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening, father = an_evening(college), college.people["other_guardian"]
    early = a_meeting(college, evening, 3, guardian="other_guardian")
    assert wishing.set_apart(seat_of("guardian"), evening, apart=True, half=0)
    client.sit(father)
    address = reverse("appointments:apart", kwargs={"pk": evening.pk})
    page = html.unescape(client.get(address).content.decode())
    assert f"{evening.hour(3)} ({college.people['teacher'].formal_name})" in page
    assert "Vous rendez" in page
    assert "Vous gardez" not in page
    # Without naming what is given back, nothing changes.
    for typed in ({"apart": "oui"}, {"apart": "oui", "half": "1"}, {"apart": "oui", "half": "0"}):
        assert client.post(address, typed).url == address
    early.refresh_from_db()
    assert early.state == "booked"
    assert not Party.objects.filter(evening=evening, person=father, apart=True).exists()
    client.post(address, {"apart": "oui", "half": "1", "meeting": str(early.pk)})
    early.refresh_from_db()
    assert early.state == "cancelled"
    assert Party.objects.get(evening=evening, person=father).half == 1


def test_who_asked_to_cross_nobody_chooses_the_half_and_reads_what_is_open_there(
    college: World, seat_of: Any
) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    a_meeting(college, evening, 3, guardian="other_guardian")
    evening.hosts.exclude(person=college.people["teacher"]).update(away=list(range(6)))
    found = pages.family_evening(father, evening)
    before, after = sides.sides_of(father, found)
    assert ([one.hour for one in before.kept], before.outside, before.open) == ([evening.hour(3)], [], 0)
    assert ([one.hour for one in after.outside], after.kept, after.open) == (
        [evening.hour(3)],
        [],
        len(found.choices),
    )


def test_where_nothing_is_left_the_family_reads_why(college: World, seat_of: Any) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    a_meeting(college, evening, 3, guardian="other_guardian")
    host = host_of(evening, college, "teacher_1")
    for away, reason in [
        ([slot for slot in range(12) if slot != 4], "trop proches de vos autres rendez-vous"),
        (list(range(12)), "Toutes ses heures sont prises"),
    ]:
        host.away, host.floor = away, 2
        host.save()
        assert reason in _why(father, evening, host.pk)
    assert wishing.set_apart(father, evening, apart=True, half=0)
    host.away = [slot for slot in range(12) if slot != 9]
    host.save()
    assert "votre moitié de la soirée" in _why(father, evening, host.pk)
    # The other one asked for nothing, and reads nothing of it.
    mother = seat_of("guardian")
    host.away = [slot for slot in range(12) if slot != 1]
    host.save()
    assert _why(mother, evening, host.pk) == "Toutes ses heures sont prises."
    Evening.objects.filter(pk=evening.pk).update(mode=Evening.Mode.BOTH)
    evening.refresh_from_db()
    assert "place lui-même" in _why(mother, evening, host.pk)


def _why(viewer: Any, evening: Evening, host: int) -> str:
    found = pages.family_evening(viewer, evening)
    choice = next(one for one in found.choices if one.host.pk == host)
    assert not choice.free
    return sides.why_nothing(found, choice)


def test_what_was_taken_names_who_and_what_they_teach(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening = an_evening(college)
    client.sit(college.people["guardian"])
    host = host_of(evening, college)
    typed = {"child": str(college.people["pupil"].pk), "slot": "5"}
    response = client.post(reverse("appointments:book", kwargs={"pk": host.pk}), typed, follow=True)
    page = html.unescape(response.content.decode())
    subject = around.teachers_of(evening.day, [college.people["pupil"].pk])[college.people["pupil"].pk]
    who = ", ".join([host.person.formal_name, *subject[host.person_id]])
    assert f"{evening.hour(5)} avec {who}." in page
    assert f"<strong>{who}</strong>" in page


def test_after_a_plan_the_school_places_two_who_must_not_cross(college: World, seat_of: Any) -> None:
    evening, father = an_evening(college, mode=Evening.Mode.BOTH), seat_of("other_guardian")
    Party.objects.create(evening=evening, person=college.people["guardian"], apart=True, written_at=NOW)
    a_meeting(college, evening, 5)
    assert not any(offered(father, evening).values())
    with refused(No.TAKEN) as no:
        taking.book(father, evening, wanted(college, 9, "other_guardian", "teacher_1"))
    assert not no.value.offered
    assert taking.place(seat_of("head"), evening, wanted(college, 9, "other_guardian", "teacher_1"))


def test_only_whoever_organises_reads_who_asked_to_cross_nobody(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening = an_evening(college)
    host = host_of(evening, college)
    Party.objects.create(evening=evening, person=college.people["guardian"], apart=True, written_at=NOW)
    a_meeting(college, evening, 2, guardian="other_guardian")
    for key, reads in [("head", True), ("teacher", False)]:
        found = pages.host_evening(seat_of(key), evening, host)
        assert [line.apart for line in found.lines if line.meeting] == [reads], key
    client.sit(college.people["teacher"])
    page = client.post(
        reverse("appointments:place", kwargs={"pk": host.pk}),
        {
            "family": f"{college.people['guardian'].pk}-{college.people['pupil'].pk}",
            "slot": "3",
            "way": "here",
        },
    ).content.decode()
    assert "Cette famille ne peut pas venir à cette heure." in page
    assert "ne pas se croiser" not in page


# The plan


def test_a_plan_passes_the_rule_when_it_is_laid_and_when_it_is_published(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening, head = wishing_evening(college), seat_of("head")
    mother, father = college.people["guardian"], college.people["other_guardian"]
    one, other = host_of(evening, college), host_of(evening, college, "teacher_1")
    for person in (mother, father):
        for host in (one, other):
            a_wish(evening, person, host, college.people["pupil"])
    known = planning.plan

    def meanwhile(problem: Any, **more: Any) -> Any:
        found = known(problem, **more)
        keeping.note_absence(head, one, is_absent=True)
        return found

    monkeypatch.setattr(planning, "plan", meanwhile)
    computed(evening, head)
    planned = Meeting.objects.filter(evening=evening, state="planned")
    assert set(planned.values_list("host_id", flat=True)) == {other.person_id}
    assert evening.plan_facts["lost"] == 2
    Guardianship.objects.filter(guardian=father, pupil=college.people["pupil"]).update(ends=NOW.date())
    assert planning.publish(head, evening)
    booked = Meeting.objects.filter(evening=evening, state="booked")
    assert list(booked.values_list("guardian_id", flat=True)) == [mother.pk]


def test_wishes_said_after_the_plan_are_planned_again_before_it_is_out(
    college: World, seat_of: Any, clock: Any
) -> None:
    evening, head, mother = wishing_evening(college), seat_of("head"), seat_of("guardian")
    pupil = college.people["pupil"].pk
    a_wish(evening, mother.person, host_of(evening, college), college.people["pupil"])
    computed(evening, head)
    clock.move_to(NOW + timedelta(minutes=5))
    wishes = wishing.Said(
        [(host_of(evening, college, "teacher_1").pk, pupil)], [], apart=False, together=False
    )
    assert wishing.say(mother, evening, wishes)
    with pytest.raises(planning.Stale):
        planning.publish(head, evening)
    computed(evening, head)
    assert planning.publish(head, evening)
    assert [one.host_id for one in Meeting.objects.filter(evening=evening)] == [
        college.people["teacher_1"].pk
    ]
    late = wishing_evening(college, title="Trop tard", planned_at=NOW)
    clock.move_to(late.moment(1))
    for action in (planning.ask, planning.publish):
        with pytest.raises(planning.NotNow):
            action(head, late)


def test_a_plan_speaks_of_both_children_of_one_teacher(college: World, seat_of: Any) -> None:
    evening, mother = wishing_evening(college), college.people["guardian"]
    sister = Person.objects.filter(enrolments__group=own_class(college)).exclude(
        pk=college.people["pupil"].pk
    )[0]
    Guardianship.objects.create(
        pupil=sister, guardian=mother, authority="legal", kinship="mother", starts=college.year.starts
    )
    a_wish(evening, mother, host_of(evening, college), college.people["pupil"])
    computed(evening, seat_of("head"))
    assert Meeting.objects.get(evening=evening).sibling_id == sister.pk


def test_a_plan_whose_task_failed_is_asked_again(
    college: World, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening, head = wishing_evening(college), seat_of("head")
    assert planning.ask(head, evening)
    evening.refresh_from_db()

    def broken(*_args: Any, **_more: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(planning, "plan", broken)
    with pytest.raises(MemoryError):
        tasks.compute.call(evening.pk, head.person.pk, evening.plan_facts["asked"])
    evening.refresh_from_db()
    assert evening.plan_facts["failed"]
    assert planning.ask(head, evening)
    assert not planning.ask(head, evening)
    clock.move_to(NOW + timedelta(minutes=11))
    assert planning.ask(head, evening)


def test_who_has_nothing_of_the_plan_hears_of_it_too(college: World, seat_of: Any) -> None:
    head, mother, father = seat_of("head"), seat_of("guardian"), seat_of("other_guardian")
    for mode, hears in [(Evening.Mode.PLAN, 0), (Evening.Mode.BOTH, 1)]:
        evening = wishing_evening(college, title=f"Soir {mode}")
        Evening.objects.filter(pk=evening.pk).update(mode=mode)
        evening.hosts.update(away=list(range(12)))
        a_wish(evening, mother.person, host_of(evening, college), college.people["pupil"])
        computed(evening, head)
        Item.objects.all().delete()
        assert planning.publish(head, evening)
        tasks.tell_plan.call(evening.pk, head.person.pk)
        assert notices("published", mother.person.pk) == 1, mode
        assert notices("published", father.person.pk) == hears, mode


def test_each_hears_at_publishing_whom_they_will_not_meet(college: World, seat_of: Any) -> None:
    head, mother, father = seat_of("head"), seat_of("guardian"), seat_of("other_guardian")
    evening, pupil = wishing_evening(college), college.people["pupil"]
    met, missed = host_of(evening, college), host_of(evening, college, "teacher_1")
    third = host_of(evening, college, "teacher_2")
    evening.hosts.exclude(pk=met.pk).update(away=list(range(12)))
    for rank, host in enumerate((met, missed), start=1):
        a_wish(evening, mother.person, host, pupil, rank)
    a_wish(evening, father.person, third, pupil)
    a_wish(evening, father.person, missed, pupil, by_host=True)
    computed(evening, head)
    assert planning.publish(head, evening)
    tasks.tell_plan.call(evening.pk, head.person.pk)
    items = Item.objects.filter(kind="appointments.published")
    by_person = {one.person_id: one.facts["what"] for one in items}
    assert f"Pas d’heure trouvée avec {missed.person.formal_name}" in by_person[mother.person.pk]
    assert met.person.formal_name not in by_person[mother.person.pk]
    assert "Aucun de vos souhaits n’a trouvé d’heure" in by_person[father.person.pk]
    assert "liste d’attente" in by_person[father.person.pk]
    assert by_person[missed.person_id] == "1 famille que vous demandiez à voir n’a pas d’heure."
    assert third.person_id not in by_person
    assert "famille" not in by_person[met.person_id]
    count = items.count()
    tasks.tell_plan.call(evening.pk, head.person.pk)
    assert items.count() == count


# What is given back


def test_a_slot_given_back_is_for_who_may_take_it(college: World, seat_of: Any) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    host = host_of(evening, college)
    meeting = a_meeting(college, evening, 1)
    a_meeting(college, evening, 1, guardian="other_guardian", host="teacher_1")
    assert wishing.wait(father, host, college.people["pupil"].pk)
    assert taking.give_back(seat_of("guardian"), meeting)
    assert not notices("free", father.person.pk)


def test_where_families_book_no_more_the_slot_is_given_to_the_first_who_waits(
    college: World, seat_of: Any
) -> None:
    evening = an_evening(college, mode=Evening.Mode.PLAN, state=Evening.State.SETTLED)
    father, host = college.people["other_guardian"], host_of(evening, college)
    meeting = a_meeting(college, evening, 1)
    wish = a_wish(evening, father, host, college.people["pupil"], waits_since=NOW)
    assert taking.give_back(seat_of("guardian"), meeting)
    given = Meeting.objects.live().get(evening=evening)
    assert (given.guardian_id, given.starts) == (father.pk, evening.moment(1))
    assert given.made_by_id == evening.created_by_id
    wish.refresh_from_db()
    assert wish.waits_since is None
    assert (notices("placed", father.pk), notices("free", father.pk)) == (1, 0)


def test_nothing_is_given_back_once_it_has_begun(college: World, seat_of: Any, clock: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    meeting = a_meeting(college, evening, 1)
    clock.move_to(evening.moment(2))
    assert running.note(seat_of("teacher"), meeting, "missed")
    with pytest.raises(Closed):
        taking.give_back(mother, meeting)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.outcome) == ("booked", "missed")


def test_who_had_booked_an_absent_teacher_waits_and_is_called_back(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    mother, host = college.people["guardian"], host_of(evening, college)
    a_meeting(college, evening)
    assert keeping.note_absence(head, host, is_absent=True)
    assert Wish.objects.get(party__person=mother, host=host).waits_since
    assert keeping.note_absence(head, host, is_absent=False)
    assert notices("free", mother.pk) == 1
    Evening.objects.filter(pk=evening.pk).update(state=Evening.State.SETTLED)
    assert keeping.note_absence(head, host, is_absent=True)
    assert keeping.note_absence(head, host, is_absent=False)
    assert Meeting.objects.live().get(evening=evening).guardian_id == mother.pk


# The evening itself


def test_an_evening_whose_answers_are_closed_moves_without_opening_them(college: World, seat_of: Any) -> None:
    evening = an_evening(college, closes_at=NOW - timedelta(days=1))
    head, later = seat_of("head"), evening.day + timedelta(days=1)
    typed = {
        "title": "Rencontre",
        "day": f"{later:%Y-%m-%d}",
        "closes": f"{evening.closes_at.astimezone(evening.zone):%Y-%m-%d}",
    }
    form = EveningForm(head, typed, evening=evening)
    assert form.is_valid(), form.errors
    assert form.facts().closes_at == evening.closes_at
    opened = EveningForm(head, typed | {"closes": f"{NOW - timedelta(days=3):%Y-%m-%d}"}, evening=evening)
    assert not opened.is_valid()


def test_an_evening_moves_by_the_rule_of_its_slots(college: World, seat_of: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    meeting = a_meeting(college, evening, 3)
    other = a_meeting(college, evening, 5, guardian="other_guardian", host="teacher_1")
    later = evening.day + timedelta(days=1)
    a_lesson_over(college, "teacher", evening.moment(8) + timedelta(days=1))
    Guardianship.objects.filter(
        guardian=college.people["other_guardian"], pupil=college.people["pupil"]
    ).update(ends=evening.day)
    assert keeping.change(head, evening, facts_of(evening, day=later))
    meeting.refresh_from_db()
    other.refresh_from_db()
    evening.refresh_from_db()
    assert (meeting.starts, other.state) == (evening.moment(3), "cancelled")
    a_lesson_over(college, "teacher", evening.moment(3) + timedelta(days=1))
    with pytest.raises(keeping.Clashes) as clashes:
        keeping.change(head, evening, facts_of(evening, day=later + timedelta(days=1)))
    assert clashes.value.people == [college.people["teacher"].formal_name]


def test_a_family_meets_only_those_who_teach_its_child(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    stranger = evening.hosts.create(person=college.people["cpe"])
    pupil = college.people["pupil"].pk
    with pytest.raises(NotTheirs):
        taking.book(mother, evening, wanted(college, 2, host="cpe"))
    with pytest.raises(NotTheirs):
        wishing.wait(mother, stranger, pupil)
    Evening.objects.filter(pk=evening.pk).update(state=Evening.State.WISHES)
    with pytest.raises(NotTheirs):
        wishing.say(mother, evening, wishing.Said([(stranger.pk, pupil)], [], apart=False, together=False))


def test_each_teacher_who_asks_to_see_a_family_is_heard(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), college.people["guardian"]
    for key in ("teacher", "teacher_1"):
        host = host_of(evening, college, key)
        assert wishing.ask_to_see(seat_of(key), host, mother.pk, college.people["pupil"].pk)
    assert notices("asked", mother.pk) == 2
    assert evening.title in [one.title for one in awaited_of(seat_of("guardian"))]


def test_what_a_teacher_asks_outlives_the_wish_of_the_family(college: World, seat_of: Any) -> None:
    evening, pupil = wishing_evening(college), college.people["pupil"]
    host, other = host_of(evening, college), host_of(evening, college, "teacher_1")
    teacher, mother = seat_of("teacher"), seat_of("guardian")

    def says(*hosts: Any) -> bool:
        wants = [(one.pk, pupil.pk) for one in hosts]
        return wishing.say(mother, evening, wishing.Said(wants, [], apart=False, together=False))

    def kept() -> list[tuple[int, int, bool]]:
        rows = Wish.objects.filter(party__person=mother.person).order_by("host_id")
        return list(rows.values_list("host_id", "rank", "by_host"))

    assert wishing.ask_to_see(teacher, host, mother.person.pk, pupil.pk)
    assert says(other, host)
    assert sorted(kept()) == sorted([(other.pk, 1, False), (host.pk, 2, False)])
    assert says(other)
    assert sorted(kept()) == sorted([(other.pk, 1, False), (host.pk, 1, True)])
    assert notices("asked", mother.person.pk) == 1 and not wishing.ask_to_see(
        teacher, host, mother.person.pk, pupil.pk
    )
    assert not says(other) and says() and kept() == [(host.pk, 1, True)]


def test_what_a_teacher_asks_of_a_family_that_wished_it_is_told_when_it_wishes_it_no_more(
    college: World, seat_of: Any
) -> None:
    evening, pupil, mother = wishing_evening(college), college.people["pupil"], seat_of("guardian")
    host = host_of(evening, college)
    nothing = wishing.Said([], [], apart=False, together=False)
    assert wishing.say(mother, evening, wishing.Said([(host.pk, pupil.pk)], [], apart=False, together=False))
    assert not wishing.ask_to_see(seat_of("teacher"), host, mother.person.pk, pupil.pk)
    assert notices("asked", mother.person.pk) == 0
    assert wishing.say(mother, evening, nothing)
    assert Wish.objects.get(party__person=mother.person).by_host
    assert notices("asked", mother.person.pk) == 1
    wish = Wish.objects.get(party__person=mother.person)
    wish.delete()
    # Asked by nobody, what a family wants no more is gone.
    assert wishing.say(mother, evening, wishing.Said([(host.pk, pupil.pk)], [], apart=False, together=False))
    assert wishing.say(mother, evening, nothing)
    assert not Wish.objects.filter(party__person=mother.person).exists()


def test_lateness_is_said_that_day_and_changes_of_the_day_do_not_wait(
    college: World, seat_of: Any, clock: Any
) -> None:
    evening, teacher = an_evening(college), seat_of("teacher")
    host, meeting = host_of(evening, college), a_meeting(college, evening, 5)
    with pytest.raises(running.NotYet):
        running.run_late(teacher, host, 10)
    clock.move_to(evening.moment(1))
    assert running.run_late(teacher, host, 10)
    assert running.run_late(teacher, host, 0)
    sentences = [one.facts["what"] for one in Item.objects.filter(kind="appointments.late").order_by("pk")]
    assert sentences == ["10 minutes de retard.", "Le retard est rattrapé\u202f: venez à l’heure dite."]
    assert taking.move(seat_of("head"), meeting, 7)
    meeting.refresh_from_db()
    assert taking.give_back(teacher, meeting)
    assert notices("today", meeting.guardian_id) == 2
    assert not notices("cancelled", meeting.guardian_id) + notices("moved", meeting.guardian_id)


def test_a_room_taken_away_is_said_in_a_sentence_and_once_to_whoever_receives(
    college: World, seat_of: Any
) -> None:
    evening = an_evening(college)
    host = host_of(evening, college)
    host.floor = 2
    host.save()
    mother = a_meeting(college, evening, 1).guardian_id
    a_meeting(college, evening, 2, guardian="other_guardian")
    keeping.settle_hosts(seat_of("head"), evening, {host.pk: keeping.Place(None, 0, receives=True)})
    item = Item.objects.get(kind="appointments.moved", person=mother)
    assert item.facts["what"] == "La salle n’est plus la même\u202f: demandez-la à l’accueil."
    assert notices("moved", host.person_id) == 1


def test_pages_of_a_large_evening_stay_small(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = own_evening(college)
    host, meeting = host_of(evening, college), a_meeting(college, evening, 2)
    a_meeting(college, evening, 3, guardian="other_guardian")
    many_hosts(college, 12)
    client.sit(college.people["head"])

    def read(name: str, pk: int, **query: Any) -> str:
        text: str = client.get(reverse(f"appointments:{name}", kwargs={"pk": pk}), query).content.decode()
        return text

    assert 'name="slot"' not in read("host", host.pk)
    move = read("move", meeting.pk)
    assert "échanger avec" in move
    assert 'value="2"' not in move
    count = evening.hosts.count()
    assert [read("rooms", evening.pk, page=number).count("<fieldset") for number in (1, 2)] == [
        10,
        min(10, count - 10),
    ]
    monkeypatch.setattr(pages, "MOST_PUPILS", 2)
    pupil = college.people["pupil"]
    cut = pages.families_for(evening, host)
    assert cut.is_cut
    found = pages.families_for(evening, host, named=pupil.family_name)
    assert f"{meeting.guardian_id}-{pupil.pk}" in dict(found.options)
    assert "Chercher un élève par son nom" in read("place", host.pk, creneau=5)


# Papers, erasure, between two school years


def test_papers_are_for_who_follows_the_pupil_and_numbers_for_the_office(
    college: World, seat_of: Any, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: False)
    evening, mother = an_evening(college), college.people["guardian"]
    Person.objects.filter(pk=mother.pk).update(phone="0601020304")
    meeting = a_meeting(college, evening)
    Meeting.objects.filter(pk=meeting.pk).update(way="phone")
    assert [person for person, _steps in pages.gathered_by_family(evening, board_of(evening))] == [mother]
    client.sit(college.people["teacher"])
    address = reverse("appointments:host_sheet", kwargs={"pk": host_of(evening, college).pk})
    assert "0601020304" not in client.get(address).content.decode()
    assert Line.objects.filter(verb="appointments.sheets_printed").count() == 1
    Guardianship.objects.filter(guardian=mother, pupil=college.people["pupil"]).update(ends=NOW.date())
    assert not pages.gathered_by_family(evening, board_of(evening))


def test_erasure_takes_what_a_family_said_of_evenings(college: World) -> None:
    evening = an_evening(college)
    mother, father = college.people["guardian"], college.people["other_guardian"]
    pupil = college.people["pupil"]
    host = host_of(evening, college)
    a_wish(evening, father, host, pupil)
    Party.objects.create(evening=evening, person=mother, written_at=NOW)
    other = a_meeting(college, evening, 2, guardian="other_guardian")
    classmate = Person.objects.filter(enrolments__group=own_class(college)).exclude(pk=pupil.pk)[0]
    Meeting.objects.filter(pk=other.pk).update(pupil=classmate, sibling=pupil)
    some_hours(college, "cpe")
    for person in (mother, pupil, college.people["cpe"]):
        assert keeping.forget(person.pk)
    other.refresh_from_db()
    assert other.sibling_id is None
    assert not Wish.objects.filter(pupil=pupil).exists()
    assert list(Party.objects.filter(evening=evening).values_list("person_id", flat=True)) == [father.pk]
    assert not Opening.objects.filter(host=college.people["cpe"]).exists()


def test_between_two_school_years_whoever_organises_finds_no_page_rather_than_a_mistake(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening = an_evening(college)
    monkeypatch.setattr("preau.domains.appointments.rules.organises", lambda viewer, *_: False)
    client.sit(college.people["head"])
    assert client.get(reverse("appointments:evening", kwargs={"pk": evening.pk})).status_code == 404


# Single appointments


def test_a_call_is_asked_of_somebody_of_the_school_of_the_child(
    college: World, twin: World, seat_of: Any
) -> None:
    mother, pupil = seat_of("guardian"), college.people["pupil"].pk
    with pytest.raises(NotTheirs):
        single.ask(mother, twin.people["cpe"].pk, pupil, "Un mot.", "")
    assert single.ask(mother, college.people["cpe"].pk, pupil, "Un mot.", "")
    assert single.ask(mother, college.people["teacher"].pk, pupil, "Un mot.", "")
    assert set(Meeting.objects.filter(reason="Un mot.").values_list("way", flat=True)) == {"phone"}


def test_only_the_hour_that_was_read_is_accepted(college: World, seat_of: Any) -> None:
    cpe, mother = seat_of("cpe"), seat_of("guardian")
    meeting = an_appointment(college)
    first = NOW.replace(hour=17, minute=0) + timedelta(days=3)
    assert single.propose(cpe, meeting, first, 20)
    meeting.refresh_from_db()
    read = meeting.revision
    assert single.propose(cpe, meeting, first + timedelta(hours=1), 20)
    with pytest.raises(single.Changed):
        single.accept(mother, meeting, read)
    meeting.refresh_from_db()
    with pytest.raises(single.Changed):
        single.accept(cpe, meeting, meeting.revision)
    assert single.accept(mother, meeting, meeting.revision)
    assert not single.accept(mother, meeting, meeting.revision)


def test_what_is_agreed_stays_until_another_hour_is(college: World, seat_of: Any) -> None:
    cpe, mother = seat_of("cpe"), seat_of("guardian")
    meeting, first = an_appointment(college), NOW.replace(hour=17, minute=0) + timedelta(days=3)
    assert single.propose(cpe, meeting, first, 20)
    meeting.refresh_from_db()
    assert single.accept(mother, meeting, meeting.revision)
    assert single.propose(mother, meeting, first + timedelta(hours=1), 20)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts) == ("booked", first)
    assert meeting.taken.count() == 16
    with pytest.raises(single.Changed):
        single.accept(mother, meeting, meeting.revision)
    assert single.accept(cpe, meeting, meeting.revision)
    meeting.refresh_from_db()
    assert (meeting.starts, meeting.other_starts, meeting.taken.count()) == (
        first + timedelta(hours=1),
        None,
        8,
    )
    night = ProposeForm({"day": "2028-01-01", "starts": "03:00", "minutes": "20"})
    assert set(night.errors) == {"day", "starts"}


def test_appointments_are_on_the_clock_of_their_school(college: World, client: SchoolClient) -> None:
    at = NOW.replace(hour=8, minute=0) + timedelta(days=3)
    meeting = an_appointment(college, state="booked", starts=at, ends=at + timedelta(minutes=20))
    meeting.school.timezone = "Indian/Reunion"
    assert telling.when(at, "Indian/Reunion") == "vendredi 27 novembre à 11\xa0h\xa000"
    type(college.school).objects.filter(pk=college.school.pk).update(timezone="Indian/Reunion")
    client.sit(college.people["guardian"])
    page = client.get(reverse("appointments:appointment", kwargs={"pk": meeting.pk})).content.decode()
    found = html.unescape(page)
    assert re.search(r"à 11\Wh\W00", found)


def test_every_opening_and_every_hour_can_be_reached(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    for day in range(1, 16):
        some_hours(college, "cpe", day)
    long = Opening.objects.order_by("starts")[0]
    Opening.objects.filter(pk=long.pk).update(minutes=5, ends=long.starts + timedelta(minutes=100))
    long.refresh_from_db()
    mother = college.people["guardian"].pk
    assert singles.next_free(long, mother, 17) == (18, 19)
    client.sit(college.people["guardian"])
    address = reverse("appointments:appointments")
    seen = set()
    for page in (1, 2, 3):
        text = client.get(address, {"ouvertures": page}).content.decode()
        seen |= {one.pk for one in Opening.objects.all() if f'id="horaires-{one.pk}"' in text}
    assert len(seen) == Opening.objects.filter(is_closed=False, starts__gt=NOW, school=college.school).count()
    alone = client.get(address, {"heures": long.pk}).content.decode()
    assert 'value="19"' in alone


def test_a_family_reads_what_each_of_the_staff_is_and_chooses_nobody_beforehand(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    an_appointment(college)
    some_hours(college)
    nurse = Person.objects.create(family_name="Édouard", given_name="Anne", civility="mme")
    Person.objects.filter(pk=nurse.pk).update(search_name="edouard anne")
    Holding.objects.create(person=nurse, role=Role.NURSE, school=college.school)
    client.sit(college.people["guardian"])
    page = html.unescape(client.get(reverse("appointments:appointments")).content.decode())
    cpe = college.people["cpe"].formal_name
    assert f"{cpe}</a>, CPE" in page
    assert f"{cpe}, CPE, " in page
    choices: Any = AskForm(seat_of("guardian")).fields["host"]
    first, *options = choices.choices
    assert first == ("", "Choisir…")
    labels = dict(options)
    assert labels[college.people["cpe"].pk] == f"{cpe}, CPE"
    assert labels[nurse.pk] == "Mme Édouard, infirmière"
    led = Assignment.objects.get(group=own_class(college), kind="head_teacher", ends=None).teacher
    assert "principal" in labels[led.pk]
    people = Person.objects.in_bulk(list(labels))
    assert list(labels) == sorted(labels, key=lambda pk: (people[pk].search_name, pk))
    answer = client.post(reverse("appointments:ask"), {"host": "", "reason": "Un mot.", "phone": ""})
    assert answer.status_code == 422
    assert not Meeting.objects.filter(reason="Un mot.").exists()


def test_hours_of_a_school_are_taken_for_its_own_pupils_only(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    mother, here, there = college.people["guardian"], college.people["pupil"], twin.people["pupil"]
    opening = some_hours(college)
    client.sit(mother)
    page = client.get(reverse("appointments:appointments")).content.decode()
    form = page.split(f'id="horaires-{opening.pk}"')[1].split("</form>")[0]
    assert f'name="child" value="{here.pk}"' in form
    Guardianship.objects.create(
        pupil=there, guardian=mother, authority="legal", kinship="mother", starts=college.year.starts
    )
    viewer = seat_of("guardian")
    assert singles.children_by_school(viewer) == {college.school.pk: [here], twin.school.pk: [there]}
    choices: Any = AskForm(viewer).fields["host"]
    _first, *groups = choices.choices
    assert {name for name, _people in groups} == {college.school.name, twin.school.name}


# Words


def test_what_is_kept_and_said_is_what_it_is(college: World, seat_of: Any) -> None:
    kept = {one.model: one for one in boards.personal_data if one.model.startswith("appointments.")}
    assert kept["appointments.Meeting"].fields["reason"] == boards.FieldClass.SENSITIVE
    assert Role.HEAD not in kept["appointments.Taken"].readers.staff
    kinds = {one.key: one for one in boards.notification_kinds if one.key.startswith("appointments.")}
    assert {key for key, one in kinds.items() if one.urgent} == {"appointments.late", "appointments.today"}
    evening, mother = an_evening(college), college.people["guardian"].pk
    evening.hosts.filter(person=college.people["teacher_1"]).update(floor=1)
    one = a_meeting(college, evening, 2)
    other = a_meeting(college, evening, 7, host="teacher_1")
    board = board_of(evening, [mother])
    assert pages.steps_of(board, [one, other])[1].way == "40\xa0min d’attente, un étage à monter"
    host = board.hosts[college.people["teacher_2"].pk]
    host.floor = 2
    assert slots.said_to_family(board, host, mother, 3).endswith(
        f"pas le temps de changer de lieu ({college.people['teacher'].formal_name})."
    )
