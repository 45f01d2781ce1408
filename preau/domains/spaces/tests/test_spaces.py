"""Who enters a space, what they do there, and what a year does of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.commons.search.tests.titles import found_by_title
from preau.directory.models import Assignment, Enrolment, Group, Holding, Person, SchoolYear
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_staff, own_class
from preau.domains.homework.models import Homework
from preau.domains.homework.tests.scene import given, lesson_now
from preau.domains.spaces import rules
from preau.domains.spaces.actions import ageing, asking, gathering, making, shelving
from preau.domains.spaces.actions import meeting as acting
from preau.domains.spaces.forms import STAFF
from preau.domains.spaces.models import Announcement, Call, Meeting, Party, Question, Space
from preau.domains.spaces.models.spaces import Power
from preau.domains.spaces.providers.standin import StandIn
from preau.domains.spaces.queries import around, lists
from preau.domains.spaces.tests.props import (
    CODE,
    a_call,
    a_group,
    a_question,
    many_spaces,
    own_group_space,
    own_party,
    own_project,
    own_teaching,
)
from tests.pages import counted
from tests.statements import Statements

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def test_each_class_and_teaching_has_a_space_once(college: World, twin: World) -> None:
    Space.objects.all().delete()
    classes = Group.objects.filter(year=college.year).count()
    taught = Assignment.objects.filter(school=college.school, subject__isnull=False)
    pairs = taught.values("group", "subject").distinct().count()
    assert gathering.gather(college.school.pk, TODAY) == classes + pairs
    assert gathering.gather(college.school.pk, TODAY) == 0
    assert not Space.objects.filter(school=twin.school).exists()
    group = own_class(college)
    group.name = "5e Bis"
    group.save()
    gathering.gather(college.school.pk, TODAY)
    assert Space.objects.get(kind="group", group=group).title == "5e Bis"
    assert Space.objects.filter(kind="teaching", group=group, title__endswith=", 5e Bis").exists()


def test_who_enters_the_space_of_a_teaching(college: World, twin: World, seat_of: Any) -> None:
    space = own_teaching(college)
    for key in ("teacher", "pupil", "head", "cpe"):
        assert space in Space.objects.visible_to(seat_of(key)), key
        assert space not in Space.objects.visible_to(seat_of(key, world=twin)), key
    for key in ("guardian", "secretary"):
        assert space not in Space.objects.visible_to(seat_of(key)), key
    assert rules.runs(seat_of("teacher"), space) and not rules.runs(seat_of("pupil"), space)


def test_a_colleague_of_the_class_reads_the_teaching_of_another_and_runs_that_of_the_class(
    college: World, seat_of: Any
) -> None:
    space, group = own_teaching(college), own_class(college)
    colleague = seat_of("teacher_1")
    Assignment.objects.filter(teacher=colleague.person, group=group).delete()
    assert space not in Space.objects.visible_to(colleague)
    Assignment.objects.create(
        school=college.school, group=group, teacher=colleague.person, kind=Assignment.Kind.HEAD_TEACHER
    )
    assert space in Space.objects.visible_to(colleague)
    assert not rules.runs(colleague, space) and not rules.writes(colleague, space)
    assert rules.runs(colleague, own_group_space(college))


def test_who_left_the_group_sees_nothing_of_it_nor_counts(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    space, pupil = own_teaching(college), college.people["pupil"]
    question = a_question(space, pupil)
    client.sit(college.people["teacher"])
    Enrolment.objects.filter(pupil=pupil, group=space.group).update(ends=TODAY)
    viewer = seat_of("pupil")
    assert space not in Space.objects.visible_to(viewer)
    assert question not in Question.objects.visible_to(viewer)
    with pytest.raises(asking.NotTaken):
        asking.ask(viewer, space, "Encore\u202f?")
    client.sit(pupil)
    assert client.get(reverse("spaces:questions", kwargs={"pk": space.pk})).status_code == 404
    assert space.title not in client.get(reverse("spaces:spaces")).content.decode()


def test_one_pupil_does_not_enter_the_class_of_another(college: World, seat_of: Any) -> None:
    other = a_group(college, "9e Z")
    gathering.gather(college.school.pk, TODAY)
    space = Space.objects.get(group=other)
    assert space not in Space.objects.visible_to(seat_of("pupil"))
    assert space in Space.objects.visible_to(seat_of("head"))


def test_a_class_of_last_year_is_read_by_who_stayed_to_its_end_and_by_nobody_else(
    college: World, seat_of: Any
) -> None:
    space, pupil = own_teaching(college), college.people["pupil"]
    ended = TODAY - timedelta(days=100)
    year = SchoolYear.objects.create(
        school=college.school, name="2025-2026", starts=date(2025, 9, 1), ends=ended
    )
    Group.objects.filter(pk=space.group_id).update(year=year)
    Space.objects.filter(pk=space.pk).update(last_day=ended, year=year)
    space.refresh_from_db()
    rows = Enrolment.objects.filter(pupil=pupil, group=space.group)
    rows.update(starts=ended - timedelta(days=200), ends=ended + timedelta(days=1))
    assert space in Space.objects.visible_to(seat_of("pupil"))
    assert not rules.writes(seat_of("pupil"), space) and not rules.asks(seat_of("pupil"), space)
    assert not rules.runs_now(seat_of("teacher"), space)
    rows.update(ends=ended - timedelta(days=30))
    assert space not in Space.objects.visible_to(seat_of("pupil"))


def test_a_project_opens_and_closes_on_its_days(college: World, seat_of: Any) -> None:
    space = own_project(college)
    pupil, teacher = seat_of("pupil"), seat_of("teacher")
    assert rules.writes(pupil, space)
    Space.objects.filter(pk=space.pk).update(opens=TODAY + timedelta(days=1))
    assert space not in Space.objects.visible_to(seat_of("pupil"))
    assert space in Space.objects.visible_to(teacher)
    Space.objects.filter(pk=space.pk).update(opens=None, closes=TODAY - timedelta(days=1))
    space.refresh_from_db()
    assert space in Space.objects.visible_to(pupil)
    assert not rules.writes(seat_of("pupil"), space) and not rules.runs_now(seat_of("teacher"), space)
    assert rules.settles_space(seat_of("teacher"), space)


def test_the_same_form_makes_one_project(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    facts = making.SpaceFacts(
        "project", "Le journal", "", None, None, [own_class(college)], [college.people["teacher_1"]]
    )
    first, second = making.make(teacher, facts, "a" * 32), making.make(teacher, facts, "a" * 32)
    assert first == second and first.parties.count() == 3
    notices = Item.objects.filter(kind="spaces.invited", person=college.people["teacher_1"])
    assert notices.count() == 1


def test_a_team_is_nobody_elses(college: World, seat_of: Any) -> None:
    facts = making.SpaceFacts("team", "Équipe relais", "", None, None)
    space = making.make(seat_of("teacher"), facts, "")
    for key in ("head", "cpe", "teacher_1", "pupil"):
        assert space not in Space.objects.visible_to(seat_of(key)), key


def test_ones_own_space_is_made_once_and_read_by_nobody_else(college: World, seat_of: Any) -> None:
    pupil = seat_of("pupil")
    assert making.make_own(pupil) == making.make_own(pupil)
    space = making.make_own(pupil)
    for key in ("head", "cpe", "teacher", "guardian"):
        assert space not in Space.objects.visible_to(seat_of(key)), key
    assert rules.writes(pupil, space)


def test_a_power_is_what_the_runner_gave(college: World, seat_of: Any) -> None:
    space, colleague = own_project(college), college.people["teacher_1"]
    Assignment.objects.filter(teacher=colleague).delete()
    assert making.add_party(seat_of("teacher"), space, Power.READ, person=colleague)
    assert not rules.writes(seat_of("teacher_1"), space)
    assert making.add_party(seat_of("teacher"), space, Power.WRITE, person=colleague)
    assert rules.writes(seat_of("teacher_1"), space) and not rules.runs(seat_of("teacher_1"), space)
    assert not making.add_party(seat_of("teacher"), space, Power.WRITE, person=colleague)


def test_the_last_who_runs_a_project_stays(college: World, seat_of: Any) -> None:
    space = own_project(college)
    own = space.parties.get(person=college.people["teacher"])
    assert not making.end_party(seat_of("teacher"), own)
    assert space.parties.filter(left_at=None).count() == 2


def test_another_school_comes_in_by_a_word_which_serves_once(
    college: World, twin: World, seat_of: Any
) -> None:
    call = a_call(college)
    space, there = call.space, seat_of("teacher", world=twin)
    group = own_class(twin)
    with pytest.raises(making.NoSuchCall):
        making.answer_call(there, "AAAA-BBBB-CCCC", group)
    assert making.answer_call(there, CODE.lower(), group) == space
    # Clicked twice, its answer says that it is done; it serves nobody else.
    with pytest.raises(making.HasServed):
        making.answer_call(there, CODE, group)
    with pytest.raises(making.NoSuchCall) as refusal:
        making.answer_call(seat_of("head", world=twin), CODE, group)
    assert not isinstance(refusal.value, making.HasServed)
    assert space in Space.objects.visible_to(seat_of("pupil", world=twin))
    assert not Call.objects.filter(digest__contains=CODE).exists()
    # Its school takes it back: nobody of it sees anything any more, nor counts.
    for party in Party.objects.filter(space=space, school=twin.school):
        assert rules.ends_party(there, party)
        assert making.end_party(there, party)
    for key in ("pupil", "teacher", "head"):
        assert space not in Space.objects.visible_to(seat_of(key, world=twin)), key


def test_a_word_of_last_week_serves_no_more(college: World, twin: World, seat_of: Any) -> None:
    a_call(college)
    Call.objects.update(until=NOW - timedelta(minutes=1))
    with pytest.raises(making.NoSuchCall):
        making.answer_call(seat_of("teacher", world=twin), CODE, own_class(twin))


def test_only_its_own_school_takes_a_class_out_beside_who_runs(
    college: World, twin: World, seat_of: Any
) -> None:
    party = own_party(college)
    assert rules.ends_party(seat_of("teacher"), party)
    assert not rules.ends_party(seat_of("pupil"), party)
    assert not rules.ends_party(seat_of("head", world=twin), party)


def test_a_year_that_ends_is_announced_then_archived_once(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    a_question(space, college.people["pupil"])
    teacher = college.people["teacher"]
    notices = Item.objects.filter(kind="spaces.ages", person=teacher, key__startswith=f"{space.pk}-")
    ageing.age(space.last_day - timedelta(days=20))
    assert notices.count() == 0
    for _ in range(2):
        ageing.age(space.last_day - timedelta(days=3))
    assert notices.count() == 1
    ageing.age(space.last_day + timedelta(days=50))
    assert notices.count() == 2
    space.refresh_from_db()
    assert space.archived_at is None
    ageing.age(space.last_day + timedelta(days=60))
    space.refresh_from_db()
    assert space.archived_at is not None
    ageing.age(space.last_day + timedelta(days=355))
    assert notices.count() == 3


def test_an_empty_space_ends_without_a_word(college: World) -> None:
    space = own_group_space(college)
    ageing.age(space.last_day - timedelta(days=3))
    assert not Item.objects.filter(kind="spaces.ages", key=f"{space.pk}-closing").exists()


def test_the_pages_cost_the_same_with_three_hundred_spaces(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    pages = [
        reverse("spaces:spaces"),
        reverse("spaces:space", kwargs={"pk": space.pk}),
        reverse("spaces:put"),
    ]
    pages += [
        reverse(f"spaces:{name}", kwargs={"pk": space.pk})
        for name in ("questions", "wall", "shelf", "members")
    ]
    people = [college.people[key] for key in ("teacher", "pupil", "head")]
    costs: list[dict[tuple[int, str], int]] = []
    for more in (0, 300):
        many_spaces(college, more)
        found = {}
        for person in people:
            client.sit(person)
            for page in pages:
                counted(client, page)
                answer, cost = counted(client, page)
                assert answer.status_code == 200, page
                found[person.pk, page] = cost
        costs.append(found)
    # A page of projects alone asks for no teacher.
    assert all(costs[1][key] <= cost for key, cost in costs[0].items())
    assert max(costs[1].values()) <= 14, sorted(costs[1].items(), key=lambda one: -one[1])[:3]


def test_gathering_costs_the_same_with_many_classes(college: World) -> None:
    gathering.gather(college.school.pk, TODAY)
    with Statements(connection) as few:
        gathering.gather(college.school.pk, TODAY)
    for number in range(30):
        a_group(college, f"8e {number}")
    gathering.gather(college.school.pk, TODAY)
    with Statements(connection) as many:
        gathering.gather(college.school.pk, TODAY)
    assert few.count == many.count


def test_no_family_enters(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    assert client.get(reverse("spaces:spaces")).status_code == 403
    space = own_teaching(college)
    assert client.get(reverse("spaces:space", kwargs={"pk": space.pk})).status_code == 404


def test_who_is_in_it_is_named_to_who_runs_it_alone(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    mate = (
        Person.objects.filter(enrolments__group=space.group)
        .exclude(pk=college.people["pupil"].pk)
        .order_by("pk")[0]
    )
    address = reverse("spaces:members", kwargs={"pk": space.pk})
    client.sit(college.people["teacher"])
    assert mate.list_name in client.get(address).content.decode()
    client.sit(college.people["pupil"])
    page = client.get(address).content.decode()
    assert mate.list_name not in page and "élèves" in page


def test_pupils_of_another_school_are_signed_by_an_initial_everywhere_and_for_good(
    college: World, twin: World, seat_of: Any, client: SchoolClient, monkeypatch: Any
) -> None:
    call = a_call(college)
    space, there = call.space, seat_of("teacher", world=twin)
    making.answer_call(there, CODE, own_class(twin))
    pupil = seat_of("pupil", world=twin)
    whole, short = pupil.person.full_name, f"{pupil.person.given_name} {pupil.person.family_name[:1]}."
    shelving.put_address(pupil, space, "link", "Un site", "https://exemple.fr/loin/")
    question = a_question(space, pupil.person)
    asking.report(seat_of("pupil"), question, "Hors sujet")
    meeting = Meeting.objects.create(
        space=space, title="Ensemble", starts=NOW, ends=NOW + timedelta(hours=1), made_at=NOW, opened_at=NOW
    )
    guests = []
    monkeypatch.setattr(StandIn, "join_address", lambda _server, _room, guest: guests.append(guest) or "/")
    acting.join(pupil, meeting)
    assert [guest.name for guest in guests] == [short]
    pages = [reverse(f"spaces:{name}", kwargs={"pk": space.pk}) for name in ("shelf", "reports")] + [
        reverse("spaces:attendance", kwargs={"pk": meeting.pk})
    ]

    def all_are_short() -> None:
        client.sit(college.people["teacher"])
        for page in pages:
            content = client.get(page).content.decode()
            assert short in content and whole not in content and pupil.person.list_name not in content, page

    all_are_short()
    for party in Party.objects.filter(space=space, school=twin.school):
        making.end_party(there, party)
    all_are_short()


def test_more_people_than_a_space_holds_are_refused_beside_the_field(
    college: World, client: SchoolClient
) -> None:
    many_staff(college, rules.MOST_PARTIES)
    client.sit(college.people["teacher"])
    people = [str(pk) for pk in staff_for_test(college)]
    form = {"kind": "team", "title": "Tous ensemble", "people": people}
    answer = client.post(reverse("spaces:create"), form)
    content = answer.content.decode()
    assert answer.status_code == 422 and "39 participants au plus" in content and "Tous ensemble" in content
    assert not Space.objects.filter(title="Tous ensemble").exists()
    form["people"] = people[: rules.MOST_PARTIES - 1]
    assert client.post(reverse("spaces:create"), form).status_code == 302


def staff_for_test(college: World) -> list[int]:
    rows = Holding.objects.active(TODAY).filter(school=college.school, role__in=STAFF).exclude(role="other")
    rows = rows.exclude(person=college.people["teacher"])
    return sorted(set(rows.values_list("person_id", flat=True)))


def test_the_last_of_three_hundred_spaces_is_found(college: World, seat_of: Any) -> None:
    many_spaces(college, 300)
    made = Space.objects.order_by("-pk")[0]
    Space.objects.filter(pk=made.pk).update(title="Zététique", search_title="zetetique")
    found = found_by_title(lists, lists.spaces_found, seat_of("head"), "zetetique")
    assert [hit.label for hit in found] == ["Zététique"]


def test_who_wrote_in_a_project_runs_it_once_they_bring_a_class(
    college: World, twin: World, seat_of: Any
) -> None:
    space, there = a_call(college).space, seat_of("teacher", world=twin)
    Party.objects.create(space=space, school=twin.school, person=there.person, power="write", added_at=NOW)
    making.answer_call(there, CODE, own_class(twin))
    assert rules.runs(seat_of("teacher", world=twin), space)


def test_no_class_is_put_in_a_team(college: World, seat_of: Any, client: SchoolClient) -> None:
    team = making.make(seat_of("teacher"), making.SpaceFacts("team", "Équipe", "", None, None), "")
    client.sit(college.people["teacher"])
    form = {"group": own_class(college).pk, "power": "read"}
    assert client.post(reverse("spaces:add_group", kwargs={"pk": team.pk}), form).status_code == 403
    assert not team.parties.filter(group__isnull=False).exists()


def test_a_school_that_was_called_ends_its_own_parts_alone(college: World, twin: World, seat_of: Any) -> None:
    space, there = a_call(college).space, seat_of("teacher", world=twin)
    making.answer_call(there, CODE, own_class(twin))
    there = seat_of("teacher", world=twin)
    for party in space.parties.select_related("space", "group").order_by("pk"):
        assert rules.ends_party(there, party) == (party.school_id == twin.school.pk), party.pk
        assert rules.ends_party(seat_of("teacher"), party), party.pk


def test_whoever_left_their_school_does_not_count_as_running_a_project(college: World, seat_of: Any) -> None:
    space, colleague = own_project(college), college.people["teacher_1"]
    Party.objects.create(space=space, school=college.school, person=colleague, power="run", added_at=NOW)
    Holding.objects.filter(person=colleague).update(ends=TODAY)
    assert not making.end_party(seat_of("teacher"), space.parties.get(person=college.people["teacher"]))


def test_every_announcement_is_reached_and_may_be_taken_away(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    for number in range(6):
        Announcement.objects.create(
            space=space,
            text=f"Mot {number}.",
            by=college.people["teacher"],
            at=NOW + timedelta(minutes=number),
        )
    first = Announcement.objects.get(space=space, text="Mot 0.")
    client.sit(college.people["teacher"])
    page = reverse("spaces:announcements", kwargs={"pk": space.pk})
    home = client.get(reverse("spaces:space", kwargs={"pk": space.pk})).content.decode()
    assert "Mot 0." not in home and f'href="{page}"' in home
    content = client.get(page).content.decode()
    assert "Mot 0." in content and reverse("spaces:remove_announcement", kwargs={"pk": first.pk}) in content


def test_a_project_follows_the_end_of_its_year(college: World, twin: World) -> None:
    space, there = own_project(college), own_project(twin)
    later = college.year.ends + timedelta(days=10)
    SchoolYear.objects.filter(pk=college.year.pk).update(ends=later)
    gathering.gather(college.school.pk, TODAY)
    space.refresh_from_db()
    there.refresh_from_db()
    assert space.last_day == later and there.last_day == twin.year.ends


def test_a_night_costs_the_same_for_ten_spaces_and_a_hundred(college: World) -> None:
    day = college.year.ends - timedelta(days=3)
    counts = []
    for more in (10, 90):
        many_spaces(college, more)
        Space.objects.update(told="")
        for space in Space.objects.filter(kind="project").order_by("pk"):
            a_question(space, college.people["pupil"])
        with Statements(connection) as cost:
            ageing.age(day)
        counts.append(cost.count)
    notices = Item.objects.filter(kind="spaces.ages", person=college.people["teacher"])
    assert notices.count() >= 100
    # Notifications are written by batches: one more, for ninety spaces more.
    assert counts[1] <= counts[0] + 1


def test_a_night_goes_through_all_lots_and_archives_nothing_untold(college: World) -> None:
    many_spaces(college, 7)
    day = college.year.ends
    ageing.age(day - timedelta(days=3), lot=3)
    assert not Space.objects.filter(last_day=day).exclude(told="closing").exists()
    # The nights of the announcement were missed.
    ageing.age(day + timedelta(days=61))
    assert not Space.objects.filter(archived_at__isnull=False, last_day=day).exists()


def test_work_with_nothing_to_hand_in_is_for_a_day(college: World, seat_of: Any) -> None:
    lesson = lesson_now(college)
    space = Space.objects.get(kind="group", group=lesson.groups.get())
    Homework.objects.all().delete()

    def said() -> list[str]:
        return [row.said for row in around.works_of(seat_of("pupil"), space)]

    given(seat_of("teacher"), lesson, due_day=TODAY)
    assert said() == ["travail pour aujourd’hui"]
    Homework.objects.update(due_day=TODAY + timedelta(days=3))
    assert said() == ["travail pour le vendredi 27 novembre"]
    Homework.objects.update(due_day=TODAY + timedelta(days=1), hand_in="online")
    assert said() == ["travail à rendre demain"]
