"""Events: who reads which, what each gesture leaves, who is told, who answers, and who is out of the school."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Enrolment, Group, Guardianship, Person, Room
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.events import rules
from preau.domains.events.actions import answering, keeping, telling
from preau.domains.events.actions.keeping import EventFacts
from preau.domains.events.models import Event, EventStep, Invitation
from preau.domains.events.queries import days, lists
from preau.domains.events.queries.one import number_of_answers, taken_at
from preau.domains.timetable.boards import SchoolDate, SchoolDates, TimetableOwner
from preau.domains.timetable.models import Lesson
from preau.foundation import boards
from preau.foundation.lookup import LookupTerms

pytestmark = pytest.mark.django_db
DAY = NOW.date() + timedelta(days=3)
FORM = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, twin: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the seeds planted would answer in the place of what a test does; people are told at once."""
    monkeypatch.setattr("preau.domains.events.tasks.tell", SimpleNamespace(enqueue=telling.tell))
    Event.objects.all().delete()
    Item.objects.filter(kind__startswith="events.").delete()


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def other_class(college: World) -> Group:
    return Group.objects.classes().filter(year=college.year).exclude(pk=own_class(college).pk)[0]


def planned(
    *groups: Group, day: date = DAY, hours: tuple[int, int] | None = (14, 16), **fields: Any
) -> EventFacts:
    starts = datetime.combine(day, time(hours[0] if hours else 0), PARIS)
    ends = datetime.combine(day, time(hours[1]), PARIS) if hours else starts + timedelta(days=1)
    defaults: dict[str, Any] = {
        "kind": "outing",
        "title": "Visite du musée",
        "description": "",
        "first_day": day,
        "last_day": day,
        "starts": starts,
        "ends": ends,
        "whole_days": hours is None,
        "room": None,
        "place": "Musée",
        "audience": "groups",
        "with_families": True,
        "asks_answer": False,
        "groups": groups,
    }
    return EventFacts(**defaults | fields)


def published(viewer: Any, plan: EventFacts) -> Event:
    event = keeping.create(viewer, plan)
    assert keeping.publish(viewer, event)
    event.refresh_from_db()
    return event


def notices_of(key: str, college: World, kind: str = "told") -> list[Item]:
    return list(Item.objects.filter(person=college.people[key], kind=f"events.{kind}").order_by("pk"))


# Who reads


@pytest.mark.parametrize(
    ("audience", "families", "readers"),
    [
        (
            "everyone",
            True,
            {"head", "cpe", "secretary", "teacher", "teacher_1", "pupil", "guardian", "other_guardian"},
        ),
        ("everyone", False, {"head", "cpe", "secretary", "teacher", "teacher_1", "pupil"}),
        (
            "groups",
            True,
            {"head", "cpe", "secretary", "teacher", "teacher_1", "pupil", "guardian", "other_guardian"},
        ),
        ("groups", False, {"head", "cpe", "secretary", "teacher", "teacher_1", "pupil"}),
        ("staff", True, {"head", "cpe", "secretary", "teacher", "teacher_1"}),
        ("teachers", True, {"head", "cpe", "secretary", "teacher", "teacher_1"}),
        ("people", True, {"head", "teacher"}),
    ],
)
def test_who_reads_an_event(
    college: World, twin: World, seat_of: Any, audience: str, families: bool, readers: set[str]
) -> None:
    plan = planned(
        own_class(college), audience=audience, with_families=families, people=[college.people["teacher"]]
    )
    event = published(seat_of("head"), plan)
    for key in ("head", "cpe", "secretary", "teacher", "teacher_1", "pupil", "guardian", "other_guardian"):
        assert Event.objects.visible_to(seat_of(key)).filter(pk=event.pk).exists() == (key in readers), key
        assert not Event.objects.visible_to(seat_of(key, world=twin)).filter(pk=event.pk).exists()


def test_families_read_only_what_is_for_their_own_class(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(other_class(college)))
    for key in ("pupil", "guardian", "other_guardian"):
        assert not Event.objects.visible_to(seat_of(key)).filter(pk=event.pk).exists(), key


def test_only_teachers_answer_for_what_is_for_teachers(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(audience="teachers", asks_answer=True))
    rights = {key: rules.may_answer(seat_of(key), event) for key in ("head", "cpe", "teacher", "teacher_1")}
    assert rights == {"head": False, "cpe": False, "teacher": True, "teacher_1": True}


def test_an_authority_that_has_ended_shows_nothing(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(own_class(college)))
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(ends=NOW.date())
    assert Event.objects.visible_to(seat_of("guardian")).filter(pk=event.pk).exists()
    person = college.people["other_guardian"]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is None or not Event.objects.visible_to(viewer).filter(pk=event.pk).exists()


def test_a_draft_is_seen_by_those_who_keep_it_alone(college: World, seat_of: Any) -> None:
    event = keeping.create(seat_of("teacher"), planned(own_class(college)))
    for key in ("head", "cpe", "secretary", "teacher"):
        assert Event.objects.visible_to(seat_of(key)).filter(pk=event.pk).exists(), key
    for key in ("teacher_1", "pupil", "guardian"):
        assert not Event.objects.visible_to(seat_of(key)).filter(pk=event.pk).exists(), key


def test_who_creates_and_who_keeps(college: World, seat_of: Any, holder: Any) -> None:
    assert {role for role in Role if rules.creates_events(holder(role))} == {
        Role.HEAD,
        Role.SCHOOL_LIFE,
        Role.SECRETARY,
        Role.TEACHER,
    }
    assert {role for role in Role if rules.organises(holder(role))} == {
        Role.HEAD,
        Role.SCHOOL_LIFE,
        Role.SECRETARY,
    }
    own = keeping.create(seat_of("teacher"), planned(own_class(college)))
    keepers = {
        key
        for key in ("head", "cpe", "secretary", "teacher", "teacher_1", "pupil")
        if rules.keeps_event(seat_of(key), own)
    }
    assert keepers == {"head", "cpe", "secretary", "teacher"}
    kept = keeping.create(seat_of("cpe"), planned(audience="people", people=[college.people["teacher"]]))
    assert {
        key for key in ("head", "cpe", "secretary", "teacher") if rules.keeps_event(seat_of(key), kept)
    } == {"head", "cpe"}


# A teacher's form


def test_a_teacher_publishes_for_their_own_classes_alone(college: World, client: SchoolClient) -> None:
    own, other = own_class(college), other_class(college)
    other.assignments.filter(teacher=college.people["teacher"]).delete()
    client.sit(college.people["teacher"])
    body = {
        "kind": "outing",
        "title": "Sortie",
        "first_day": "2026-12-03",
        "audience": "groups",
        "groups": [other.pk],
        "sent_as": FORM,
        "publier": "oui",
    }
    assert client.post(reverse("events:create"), body).status_code == 422
    assert (
        client.post(reverse("events:create"), body | {"audience": "everyone", "groups": [own.pk]}).status_code
        == 422
    )
    assert not Event.objects.exists()
    client.post(reverse("events:create"), body | {"groups": [own.pk]})
    client.post(reverse("events:create"), body | {"groups": [own.pk]})
    event = Event.objects.get()
    assert event.state == "published"
    assert event.whole_days
    assert [group.pk for group in event.groups.all()] == [own.pk]
    assert len(notices_of("guardian", college)) == 0  # families were not asked for
    assert len(notices_of("pupil", college)) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"groups": []}, "groups"),
        ({"starts_at": "14:00"}, "ends_at"),
        ({"starts_at": "14:00", "ends_at": "13:00"}, "ends_at"),
        ({"last_day": "2026-12-02"}, "last_day"),
        ({"last_day": "2027-05-02"}, "last_day"),
        ({"first_day": "2029-01-01"}, "first_day"),
    ],
)
def test_what_is_typed_wrong_is_said(
    college: World, client: SchoolClient, typed: dict[str, Any], field: str
) -> None:
    client.sit(college.people["head"])
    body = {
        "kind": "outing",
        "title": "Sortie",
        "first_day": "2026-12-03",
        "audience": "groups",
        "groups": [own_class(college).pk],
    }
    page = client.post(reverse("events:create"), body | typed)
    assert page.status_code == 422
    assert f'id="id_{field}' in page.content.decode() or f"#id_{field}" in page.content.decode()
    assert not Event.objects.exists()


def test_a_room_that_a_lesson_has_is_said_once(college: World, client: SchoolClient) -> None:
    lesson = Lesson.objects.filter(school=college.school, day=DAY, room__isnull=False).order_by("pk")[0]
    client.sit(college.people["head"])
    starts = lesson.starts.astimezone(PARIS)
    body = {
        "kind": "meeting",
        "title": "Réunion",
        "first_day": str(DAY),
        "starts_at": f"{starts:%H:%M}",
        "ends_at": f"{starts + timedelta(minutes=30):%H:%M}",
        "room": lesson.room_id,
        "audience": "staff",
    }
    page = client.post(reverse("events:create"), body)
    assert page.status_code == 422
    assert lesson.subject.name in page.content.decode()
    assert client.post(reverse("events:create"), body | {"anyway": "on"}).status_code == 302


def test_another_event_in_the_room_is_said(college: World, seat_of: Any) -> None:
    room = Room.objects.create(school=college.school, name="Amphithéâtre")
    event = published(seat_of("head"), planned(own_class(college), room=room))
    sentences = taken_at(college.year, room, event.starts, event.ends)
    assert len(sentences) == 1
    assert event.title in sentences[0]
    assert taken_at(college.year, room, event.ends, event.ends + timedelta(hours=1)) == []
    assert taken_at(college.year, room, event.starts, event.ends, apart_from=event.pk) == []


# The life of an event


def test_those_concerned_are_told_once(college: World, seat_of: Any) -> None:
    event = published(seat_of("teacher"), planned(own_class(college)))
    assert not keeping.publish(seat_of("teacher"), event)
    for key in ("pupil", "guardian", "other_guardian", "teacher_1"):
        assert len(notices_of(key, college)) == 1, key
    # Whoever wrote it knows; whoever has nothing to do with it is left in peace.
    for key in ("teacher", "head", "cpe", "secretary"):
        assert notices_of(key, college) == [], key
    elsewhere = Enrolment.objects.filter(group=other_class(college))[0].pupil
    assert not Item.objects.filter(person=elsewhere, kind="events.told").exists()
    assert notices_of("guardian", college)[0].about_id == college.people["pupil"].pk


def test_a_change_says_what_was_before(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(own_class(college)))
    plan = planned(own_class(college), day=DAY + timedelta(days=1), place="Théâtre")
    event = keeping.change(seat_of("cpe"), event, plan, event.revision)
    news = notices_of("guardian", college, "changed")
    assert len(news) == 1
    assert "Musée" in news[0].facts["what"]
    assert "Théâtre" in news[0].facts["when"]
    step = event.steps.get(gesture="changed")
    assert "Musée" in step.note
    with pytest.raises(keeping.ChangedMeanwhile):
        keeping.change(seat_of("head"), event, plan, event.revision - 1)


def test_a_word_of_the_description_tells_nobody_again(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(own_class(college)))
    keeping.change(
        seat_of("head"), event, planned(own_class(college), description="Venir à pied."), event.revision
    )
    assert notices_of("guardian", college, "changed") == []
    assert len(notices_of("guardian", college)) == 1


def test_whoever_comes_in_by_a_wider_audience_is_told(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(other_class(college)))
    assert notices_of("pupil", college) == []
    keeping.change(seat_of("head"), event, planned(other_class(college), own_class(college)), event.revision)
    assert len(notices_of("pupil", college)) == 1
    assert notices_of("pupil", college, "changed") == []


def test_cancelled_it_stays_and_says_so_and_may_be_restored(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    event = published(seat_of("head"), planned(own_class(college)))
    client.sit(college.people["head"])
    address = {
        name: reverse(f"events:{name}", kwargs={"pk": event.pk})
        for name in ("cancel", "restore", "remove", "event")
    }
    client.post(address["cancel"], {"why": "Neige"})
    client.post(address["cancel"], {"why": "Neige"})
    assert len(notices_of("guardian", college, "changed")) == 1
    client.post(address["remove"])
    assert Event.objects.filter(pk=event.pk, state="cancelled").exists()
    page = client.sit(college.people["guardian"]).get(address["event"]).content.decode()
    assert "Neige" in page
    assert "Carpentier" not in page  # a family reads what happened, not who did it
    (entry,) = days.agenda_of(seat_of("guardian"), DAY, DAY)
    assert entry.cancelled
    client.sit(college.people["head"]).post(address["restore"])
    assert len(notices_of("guardian", college, "changed")) == 2
    assert [step.gesture for step in EventStep.objects.order_by("pk")] == [
        "published",
        "cancelled",
        "restored",
    ]
    verbs = set(Line.objects.filter(target="events.event").values_list("verb", flat=True))
    assert {"events.created", "events.published", "events.cancelled", "events.restored"} <= verbs


def test_nothing_is_told_of_what_is_over_or_no_longer_so(college: World, seat_of: Any) -> None:
    past = published(seat_of("head"), planned(own_class(college), day=DAY - timedelta(days=30)))
    assert notices_of("guardian", college) == []
    assert telling.tell(past.pk, "published") == 0
    assert telling.tell(0, "published") == 0
    event = published(seat_of("head"), planned(own_class(college)))
    assert telling.tell(event.pk, "cancelled") == 0


# Answers


def test_people_answer_and_may_change_their_mind(college: World, seat_of: Any, client: SchoolClient) -> None:
    event = published(seat_of("head"), planned(own_class(college), asks_answer=True))
    assert len(notices_of("guardian", college, "asked")) == 1
    assert answering.answer(seat_of("guardian"), event, "maybe")
    assert not answering.answer(seat_of("guardian"), event, "maybe")
    assert answering.answer(seat_of("guardian"), event, "yes")
    assert answering.answer(seat_of("teacher"), event, "no")
    answers = number_of_answers(event)
    assert (answers.yes, answers.maybe, answers.no) == (1, 0, 1)
    assert answers.silent == answers.asked - 2 > 0
    assert notices_of("guardian", college, "asked")[0].read_at is not None
    sheet = client.sit(college.people["head"]).get(reverse("events:export", kwargs={"pk": event.pk}))
    assert "ABADIE" in b"".join(sheet.streaming_content).decode()
    # A parent reads neither the list nor the other's answer.
    page = client.sit(college.people["other_guardian"]).get(reverse("events:event", kwargs={"pk": event.pk}))
    assert "Julie" not in page.content.decode()
    assert not Invitation.objects.visible_to(seat_of("other_guardian")).exists()
    assert Invitation.objects.visible_to(seat_of("guardian")).count() == 1


@pytest.mark.parametrize("key", ["head", "cpe", "secretary"])
def test_whoever_organises_for_others_is_not_asked(college: World, seat_of: Any, key: str) -> None:
    event = published(seat_of("head"), planned(own_class(college), asks_answer=True))
    assert not rules.may_answer(seat_of(key), event)
    with pytest.raises(answering.NotAsked):
        answering.answer(seat_of(key), event, "yes")


def test_no_answer_is_kept_once_it_is_cancelled(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(own_class(college), asks_answer=True))
    keeping.cancel(seat_of("head"), event)
    with pytest.raises(answering.NotAsked):
        answering.answer(seat_of("guardian"), event, "yes")
    assert not Invitation.objects.exists()


def test_a_meeting_of_named_people(college: World, seat_of: Any) -> None:
    people = [college.people["teacher"], college.people["cpe"]]
    plan = planned(audience="people", asks_answer=True, people=people, kind="meeting")
    event = published(seat_of("secretary"), plan)
    assert len(notices_of("teacher", college, "asked")) == 1
    assert notices_of("teacher_1", college, "asked") == []
    answering.answer(seat_of("teacher"), event, "yes")
    event = keeping.change(
        seat_of("secretary"), event, planned(audience="people", asks_answer=True, people=people[:1]), 2
    )
    assert [(invitation.person_id, invitation.answer) for invitation in event.invitations.all()] == [
        (people[0].pk, "yes")
    ]
    assert keeping.forget_invitations(people[0].pk) == 1


# Where it shows


def test_it_stands_in_the_agenda_the_week_the_home_and_the_search(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    event = published(seat_of("head"), planned(own_class(college), day=tomorrow))
    for key in ("pupil", "guardian", "teacher"):
        client.sit(college.people[key])
        for address in (
            "/",
            f"/agenda/?vue=jour&jour={tomorrow}",
            f"/emploi-du-temps/?jour={tomorrow}",
        ):
            assert event.title in client.get(address).content.decode(), (key, address)
        assert event.title in client.post("/recherche/", {"texte": "musee"}, follow=True).content.decode(), (
            key
        )
    room_view = client.sit(college.people["head"]).get(
        f"/emploi-du-temps/?par=classe&classe={own_class(college).pk}&jour={tomorrow}"
    )
    assert event.title in room_view.content.decode()
    elsewhere = client.get(f"/emploi-du-temps/?par=classe&classe={other_class(college).pk}&jour={tomorrow}")
    assert event.title not in elsewhere.content.decode()
    assert event.title in [
        hit.label for hit in lists.events_found(seat_of("pupil"), LookupTerms.typed("musée"))
    ]


def test_several_days_stand_on_each_of_them(college: World, seat_of: Any) -> None:
    published(seat_of("head"), planned(own_class(college), last_day=DAY + timedelta(days=2), hours=None))
    for asked in (
        TimetableOwner(group=own_class(college).pk),
        TimetableOwner(pupil=college.people["pupil"].pk),
        TimetableOwner(teacher=college.people["teacher"].pk),
    ):
        rows = days.beside_lessons(seat_of("head"), asked, DAY, DAY + timedelta(days=1))
        assert [row.day for row in rows] == [DAY, DAY + timedelta(days=1)]
        assert all(row.starts is None for row in rows)
    assert days.beside_lessons(seat_of("head"), TimetableOwner(room=10**9), DAY, DAY) == []
    assert days.beside_lessons(seat_of("head"), TimetableOwner(group=other_class(college).pk), DAY, DAY) == []


def roll_of(client: SchoolClient, college: World, day: date) -> str:
    """The roll of the first lesson of the class on a day, as school life reads it."""
    lesson = Lesson.objects.filter(groups=own_class(college), day=day, revision=0).order_by("starts")[0]
    client.sit(college.people["cpe"])
    return client.get(reverse("attendance:roll", kwargs={"pk": lesson.pk})).content.decode()


def test_a_roll_says_who_is_on_an_outing(college: World, seat_of: Any, client: SchoolClient) -> None:
    today = NOW.date()
    event = published(seat_of("teacher"), planned(own_class(college), day=today, hours=(8, 18)))
    pupils = Enrolment.objects.filter(group=own_class(college)).values("pupil").distinct().count()
    assert roll_of(client, college, today).count("En sortie") >= pupils
    ids = [college.people["pupil"].pk, Enrolment.objects.filter(group=other_class(college))[0].pupil_id]
    by_pupil = days.out_of_school(college.school.pk, event.starts, event.ends, ids)
    assert list(by_pupil) == ids[:1]
    after = event.ends + timedelta(hours=1)
    assert days.out_of_school(college.school.pk, after, after + timedelta(hours=1), ids) == {}
    keeping.cancel(seat_of("teacher"), event)
    assert "En sortie" not in roll_of(client, college, today)


def test_a_meeting_takes_nobody_out_of_a_roll(college: World, seat_of: Any, client: SchoolClient) -> None:
    today = NOW.date()
    published(seat_of("teacher"), planned(own_class(college), kind="meeting", day=today, hours=(8, 18)))
    assert "En sortie" not in roll_of(client, college, today)


def test_the_agenda_leads_to_the_events(college: World, client: SchoolClient) -> None:
    assert any(source.page == "events:events" for source in boards.agenda)
    page = client.sit(college.people["guardian"]).get("/agenda/").content.decode()
    assert reverse("events:events") in page
    assert isinstance(college.people["guardian"], Person)


def test_the_list_names_the_classes(college: World, seat_of: Any, client: SchoolClient) -> None:
    head = seat_of("head")
    published(head, planned(own_class(college), other_class(college)))
    published(head, planned(title="Pré-rentrée", audience="staff", with_families=False))
    client.sit(college.people["head"])
    page = client.get(reverse("events:events")).content.decode()
    both = sorted([own_class(college), other_class(college)], key=lambda group: (group.rank, group.name))
    names = [group.name for group in both]
    assert ", ".join(name.replace("e ", "<sup>e</sup> ", 1) for name in names) in page
    assert "Tous les personnels" in page
    assert "Des classes ou des groupes" not in page
    client.sit(college.people["pupil"])
    page = client.get(reverse("events:events")).content.decode()
    assert "Des classes ou des groupes" in page
    assert other_class(college).name.replace("e ", "<sup>e</sup> ", 1) not in page


def test_more_than_three_classes_are_counted(college: World, seat_of: Any) -> None:
    event = published(seat_of("head"), planned(own_class(college)))
    (row,) = lists.rows_of(lists.events_matching(seat_of("head"), {}))
    for number in range(4):
        event.groups.add(
            Group.objects.create(
                school=college.school, year=college.year, kind=Group.Kind.CLASS, name=f"9e {number}"
            )
        )
    (row,) = lists.with_groups([row])
    assert row.groups == [own_class(college).name, *(f"9e {number}" for number in range(4))]
    assert row.for_whom == f"{own_class(college).name}, 9e 0, 9e 1 et 2 autres"


def test_what_another_house_announces_stands_on_the_page_of_events(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    school_date = SchoolDate("Une soirée", "Rencontre", "mardi", "5e B", "Ouverte", "todo", "/ailleurs/")
    source = SchoolDates("other", "parents", lambda viewer: [school_date] if viewer.is_staff else [])
    monkeypatch.setattr(lists, "school_dates", [source])
    address = reverse("events:events")
    for key, query, shown in [
        ("head", {}, True),
        ("head", {"nature": "parents"}, True),
        ("head", {"nature": "outing"}, False),
        ("head", {"quand": "passes"}, False),
        ("pupil", {}, False),
    ]:
        page = client.sit(college.people[key]).get(address, query).content.decode()
        assert ("/ailleurs/" in page) == shown, (key, query)


def test_what_takes_place_is_said_before_what_was_cancelled(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    gone = published(head, planned(own_class(college), day=NOW.date(), hours=(15, 16), title="Sortie remise"))
    keeping.cancel(head, gone)
    held = published(head, planned(own_class(college), day=NOW.date(), hours=(17, 18), title="Réunion tenue"))
    rows, _more = days.coming_soon(seat_of("pupil"))
    found = [row.pk for row in rows if row.pk in {gone.pk, held.pk}]
    assert found == [held.pk, gone.pk]
