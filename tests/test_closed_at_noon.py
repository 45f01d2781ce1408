"""« Fermé à midi » : one gesture, read on eight pages and two feeds, before, during, and once it is undone."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.agenda import actions as feeds
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.post import deliver
from preau.directory.models import Assignment, Enrolment, Group, Period, Room
from preau.directory.seeds.world import World
from preau.domains.appointments.models import Meeting
from preau.domains.attendance.models import RollCall
from preau.domains.attendance.queries import school_life
from preau.domains.events import rules
from preau.domains.events.actions import keeping, telling
from preau.domains.events.models import Event
from preau.domains.events.queries import one
from preau.domains.report_cards.models import Council
from preau.domains.timetable.actions import changes, closings, copying, patterns
from preau.domains.timetable.actions import telling as of_lessons
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import DaySlot, Lesson, LessonChange, WeeklyPattern
from preau.domains.timetable.queries.lessons import own_rows
from preau.domains.timetable.queries.slots import beside_own, slots_of
from preau.foundation import notices
from tests.statements import MOST_QUERIES, Statements
from tests.telephone import Telephone
from tests.test_caldav import calendar_of, events, query

TODAY = NOW.date()
NOON = datetime.combine(TODAY, time(12), PARIS)
TITLE = "Panne de chauffage"


@pytest.fixture(autouse=True)
def _at_once(college: World, twin: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the seeds planted answers in the place of a test; people are told at once."""
    monkeypatch.setattr("preau.domains.events.tasks.tell", SimpleNamespace(enqueue=telling.tell))
    monkeypatch.setattr(
        "preau.domains.events.tasks.follow_plan", SimpleNamespace(enqueue=keeping.follow_plan)
    )
    monkeypatch.setattr(
        "preau.domains.timetable.tasks.tell_of_undoing", SimpleNamespace(enqueue=of_lessons.tell_of_undoing)
    )
    Event.objects.all().delete()
    Item.objects.all().delete()
    LessonChange.objects.all().delete()
    Lesson.objects.filter(day=TODAY).update(state=Lesson.State.HELD, revision=0)


def own_class(college: World) -> Group:
    return Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group


def afternoon(college: World) -> list[Lesson]:
    """The lessons of the cast's pupil that begin after noon."""
    return list(
        Lesson.objects.of_pupils([college.people["pupil"].pk])
        .filter(day=TODAY, starts__gte=NOON)
        .order_by("starts")
    )


def body(**fields: Any) -> dict[str, Any]:
    values = {
        "title": TITLE,
        "audience": "everyone",
        "first_day": TODAY.isoformat(),
        "starts_at": "12:00",
        "lessons": "cancelled",
        "meals": "none",
        "transport": "cars avancés à 12 h 15",
        "tells": "everyone",
        "sent_as": "0123456789abcdef" * 2,
        # « Fermer tout de suite »; without it the page says first what it will do.
        "fermer": "1",
    }
    return values | fields


def prepared(college: World, client: SchoolClient, **fields: Any) -> Event:
    """What « Voir ce que cela fait » leaves: nothing is closed yet."""
    client.sit(college.people["head"])
    typed = body(**fields)
    del typed["fermer"]
    assert client.post(reverse("events:close"), typed).status_code == 302
    return Event.objects.get(kind="no_class")


def closed(college: World, client: SchoolClient, key: str = "head", **fields: Any) -> Event:
    client.sit(college.people[key])
    response = client.post(reverse("events:close"), body(**fields))
    assert response.status_code == 302, response.content.decode()[:2000]
    return Event.objects.get(kind="no_class")


def page(client: SchoolClient, person: Any, url: str) -> str:
    client.sit(person)
    response = client.get(url)
    assert response.status_code == 200, url
    return str(response.content.decode())


def answers(
    college: World, client: SchoolClient, telephone: Telephone, feed: str, lesson: Lesson
) -> dict[str, bool]:
    """Whether each page and each feed says that the closing is there, or that the lesson does not take place."""
    people, day = college.people, f"jour={TODAY}"
    week = f"{reverse('timetable:week')}?semaine={TODAY}"
    calendar = events(
        telephone.ask(
            "REPORT", calendar_of(telephone), query("20261124T000000Z", "20261125T000000Z"), Depth="1"
        )
    )
    return {
        "home of a guardian": TITLE in page(client, people["guardian"], reverse("portal:home")),
        "home of a teacher": TITLE in page(client, people["teacher"], reverse("portal:home")),
        "week of the pupil": TITLE in page(client, people["pupil"], week),
        "day of the guardian": TITLE
        in page(client, people["guardian"], f"{reverse('timetable:week')}?vue=jour&{day}"),
        "week of the class": TITLE
        in page(client, people["secretary"], f"{week}&classe={own_class(college).pk}"),
        "agenda": TITLE in page(client, people["guardian"], f"{reverse('agenda:agenda')}?vue=jour&{day}"),
        "lesson": "fermeture"
        in page(client, people["pupil"], reverse("timetable:lesson", kwargs={"pk": lesson.pk})),
        "changes": "Fermeture" in page(client, people["head"], reverse("timetable:changes")),
        "feed": any(
            part.count("STATUS:CANCELLED")
            for part in Client().get(feed).content.decode().split("BEGIN:VEVENT")
            if f"seance-{lesson.pk}@" in part
        ),
        "caldav": any(
            str(event.get("status", "")) == "CANCELLED"
            for event in calendar
            if f"seance-{lesson.pk}@" in event["uid"]
        ),
    }


def everywhere(**apart: bool) -> dict[str, bool]:
    names = (
        "home of a guardian, home of a teacher, week of the pupil, day of the guardian, week of the class, agenda, lesson, changes, "
        "feed, caldav"
    ).split(", ")
    return dict.fromkeys(names, True) | apart


def test_one_gesture_is_read_everywhere_and_undone_everywhere(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lessons = afternoon(college)
    assert lessons
    feed = f"/agenda/agenda.ics?cle={feeds.open_feed(seat_of('pupil'), seen=0)}"
    telephone = Telephone(seat_of("pupil"), "agenda")

    def read_all() -> dict[str, bool]:
        return answers(college, client, telephone, feed, lessons[0])

    nowhere = dict.fromkeys(everywhere(), False)
    assert read_all() == nowhere
    event = closed(college, client)
    assert read_all() == everywhere()
    deliver()
    # One truth: nobody calls a roll of what does not take place, and the morning is as it was.
    expected = {call.lesson.pk for call in school_life.calls_of(seat_of("cpe"), TODAY)[:200]}
    assert not expected & {lesson.pk for lesson in lessons}
    morning = Lesson.objects.filter(school=college.school, day=TODAY, starts__lt=NOON)
    assert morning.exists() and not morning.exclude(state="held").exists()
    client.sit(college.people["head"])
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": "Chaudière réparée"})
    # It stays where it was, struck through: what people were told is not made to vanish.
    after = read_all()
    assert [after[name] for name in ("lesson", "feed", "caldav")] == [False, False, False]
    assert {lesson.state for lesson in afternoon(college)} == {"held"}
    told_again = Item.objects.filter(person=college.people["guardian"]).latest("pk")
    assert "finalement, comme d’habitude. Chaudière réparée" in str(told_again.facts)


def test_families_and_staff_are_told_once_for_all_the_lessons(college: World, client: SchoolClient) -> None:
    assert len(afternoon(college)) > 1
    closed(college, client)
    for key in ("guardian", "pupil", "teacher", "cpe"):
        (item,) = Item.objects.filter(person=college.people[key])
        assert item.kind == "events.closed", key
        assert "Cantine\u202f: pas de repas. Transports\u202f: cars avancés à 12 h 15." in item.facts["what"]


@pytest.mark.parametrize(("tells", "kinds"), [("staff", {"teacher", "cpe"}), ("nobody", set())])
def test_only_those_whom_its_author_wanted_are_told(
    college: World, client: SchoolClient, tells: str, kinds: set[str]
) -> None:
    event = closed(college, client, tells=tells)
    keys = ("guardian", "pupil", "teacher", "cpe")
    recipients = {key for key in keys if Item.objects.filter(person=college.people[key]).exists()}
    assert recipients == kinds
    # Undone, the same people hear of it.
    deliver()
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    again = {key for key in keys if Item.objects.filter(person=college.people[key]).count() == 2}
    assert again == kinds


def letters_to(person: Any) -> list[tuple[str, str]]:
    return [(letter.subject, str(letter.body)) for letter in mail.outbox if letter.to == [person.email]]


def test_what_is_taken_back_at_night_leaves_at_night_by_the_same_ways(
    college: World, client: SchoolClient, clock: Any
) -> None:
    guardian, night = college.people["guardian"], NOW + timedelta(hours=11)
    clock.move_to(night)
    event = closed(college, client, first_day=(TODAY + timedelta(days=1)).isoformat(), starts_at="08:00")
    deliver()
    ((subject, _text),) = letters_to(guardian)
    assert subject == "Fermeture ou cours annulés"
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": "Chauffage réparé"})
    deliver()
    _first, (subject, text) = letters_to(guardian)
    assert subject == "Fermeture annulée" and "Chauffage réparé" in text
    # Done again, it is told as fast; undone again, too.
    client.post(reverse("events:restore", kwargs={"pk": event.pk}))
    deliver()
    assert letters_to(guardian)[2][0] == "Fermeture ou cours annulés"
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    deliver()
    assert letters_to(guardian)[3][0] == "Fermeture annulée"


def test_whoever_had_heard_nothing_of_a_closing_hears_nothing_of_its_end(
    college: World, client: SchoolClient, clock: Any
) -> None:
    guardian, teacher = college.people["guardian"], college.people["teacher"]
    event = closed(college, client)
    # A teacher has read it in Préau; its mails still wait.
    notices.seen("events.closed", teacher.pk, f"{event.pk}-{teacher.pk}")
    clock.shift(timedelta(minutes=1))
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    deliver()
    assert not letters_to(guardian) and Item.objects.filter(person=guardian).count() == 1
    assert [subject for subject, _text in letters_to(teacher)] == ["Fermeture annulée"]


def test_a_closing_of_another_week_that_nobody_read_is_taken_back_in_silence(
    college: World, client: SchoolClient, clock: Any
) -> None:
    event = closed(college, client, first_day=(TODAY + timedelta(days=7)).isoformat())
    guardian, teacher = college.people["guardian"], college.people["teacher"]
    notices.seen("events.told", teacher.pk, f"{event.pk}-{teacher.pk}")
    clock.shift(timedelta(minutes=1))
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": "Chauffage réparé"})
    assert not Item.objects.filter(person=guardian, kind="events.changed").exists()
    assert Item.objects.filter(person=teacher, kind="events.changed").exists()


def test_a_class_alone_goes_and_what_others_attend_too_stays(college: World, client: SchoolClient) -> None:
    own = own_class(college)
    shared = afternoon(college)[0]
    other = Group.objects.classes().filter(year=college.year).exclude(pk=own.pk)[0]
    shared.groups.add(other)
    event = closed(college, client, audience="groups", groups=[own.pk])
    gone = set(LessonChange.objects.filter(origin=event.origin).values_list("lesson_id", flat=True))
    wanted = {
        lesson.pk
        for lesson in afternoon(college)
        if set(lesson.groups.values_list("pk", flat=True)) == {own.pk}
    }
    assert gone == wanted and shared.pk not in gone
    assert not LessonChange.objects.exclude(lesson__groups=own).exists()
    shown = page(client, college.people["head"], reverse("events:event", kwargs={"pk": event.pk}))
    assert reverse("timetable:lesson", kwargs={"pk": shared.pk}) in shown


def test_what_is_under_way_goes_on_and_what_a_roll_holds_stays(college: World, client: SchoolClient) -> None:
    """Closed at 10 h 30, during a lesson; and a lesson of the afternoon was called already."""
    under_way = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    called = afternoon(college)[0]
    RollCall.objects.create(
        school=college.school, lesson=called, called_by=college.people["teacher"], called_at=NOW
    )
    closed(college, client, starts_at="10:30")
    kept = set(
        Lesson.objects.filter(pk__in=[under_way.pk, called.pk], state="held").values_list("pk", flat=True)
    )
    assert kept == {under_way.pk, called.pk}
    assert all(lesson.is_cancelled for lesson in afternoon(college)[1:])


def test_lessons_kept_by_choice_stay_and_people_are_told(college: World, client: SchoolClient) -> None:
    closed(college, client, lessons="kept", meals="early")
    assert not LessonChange.objects.exists()
    assert (
        "Cours maintenus. Cantine\u202f: avant le départ."
        in Item.objects.filter(person=college.people["guardian"]).get().facts["what"]
    )


def test_one_lesson_brought_back_by_hand_is_not_taken_again(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    event = closed(college, client)
    lesson = afternoon(college)[0]
    change = LessonChange.objects.get(lesson=lesson, origin=event.origin)
    Item.objects.all().delete()
    changes.undo_change(seat_of("head"), change)
    # Those of that lesson alone are told that it takes place.
    assert Item.objects.get(person=college.people["pupil"]).kind == "timetable.held_after_all"
    keeping.follow_plan(college.school.pk)
    lesson.refresh_from_db()
    assert not lesson.is_cancelled


def test_a_lesson_that_a_timetable_brings_afterwards_is_cancelled_too(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    event = closed(college, client, first_day=tomorrow.isoformat())
    # Nothing is taught at these hours yet: it is closed all the same, once the page has said so.
    assert keeping.publish(seat_of("head"), event)
    model = WeeklyPattern.objects.filter(year=college.year).first()
    assert model is not None
    weekly = patterns.Weekly(
        college.year,
        model.subject,
        (own_class(college),),
        (),
        None,
        tomorrow.weekday(),
        time(18),
        time(19),
        TODAY,
        tomorrow,
    )
    pattern = patterns.create_weekly_lesson(seat_of("secretary"), weekly)
    assert pattern.lessons.get(day=tomorrow).is_cancelled
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    assert not pattern.lessons.get(day=tomorrow).is_cancelled


def test_a_place_given_away_meanwhile_is_kept_and_said(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    event = closed(college, client)
    lesson = next(one for one in afternoon(college) if one.room_id)
    changes.add_lesson(
        seat_of("secretary"),
        college.year,
        changes.OneOff(
            lesson.subject,
            (),
            (),
            lesson.room,
            TODAY,
            lesson.starts.astimezone(PARIS).time(),
            lesson.ends.astimezone(PARIS).time(),
        ),
        Why(),
    )
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    lesson.refresh_from_db()
    assert lesson.is_cancelled
    assert "n’ont pas pu revenir" in page(
        client, college.people["head"], reverse("events:event", kwargs={"pk": event.pk})
    )


def test_undone_and_done_again_it_takes_the_same_lessons(college: World, client: SchoolClient) -> None:
    event = closed(college, client)
    for name in ("cancel", "restore"):
        client.post(reverse(f"events:{name}", kwargs={"pk": event.pk}), {"why": ""})
    assert all(lesson.is_cancelled for lesson in afternoon(college))
    # A second click on the same form is one closing.
    client.post(reverse("events:close"), body())
    assert Event.objects.filter(kind="no_class").count() == 1


def test_no_meal_is_shown_where_none_is_served(college: World, client: SchoolClient, seat_of: Any) -> None:
    viewer = seat_of("pupil")
    DaySlot.objects.all().delete()
    slot = DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="canteen",
        name="Self",
        weekdays=[TODAY.weekday()],
        starts_at=time(12, 5),
        ends_at=time(12, 10),
    )
    slot.groups.set([own_class(college)])
    Lesson.objects.filter(day=TODAY, starts__lt=NOON + timedelta(minutes=10), ends__gt=NOON).delete()

    def eats() -> bool:
        return bool(beside_own(viewer, slots_of(viewer, TODAY, TODAY), own_rows(viewer, TODAY, TODAY)))

    assert eats()
    event = closed(college, client)
    assert not eats()
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    assert eats()


def test_who_may_close(college: World, client: SchoolClient, seat_of: Any, twin: World) -> None:
    """Head and secretary; a CPE neither closes nor opens again what the head closed, and the twin school knows nothing."""
    event = closed(college, client)
    may = {
        key: rules.closes_school(seat_of(key))
        for key in ("head", "secretary", "cpe", "teacher", "pupil", "guardian")
    }
    assert may == {
        "head": True,
        "secretary": True,
        "cpe": False,
        "teacher": False,
        "pupil": False,
        "guardian": False,
    }
    for key in ("cpe", "teacher", "pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(reverse("events:close")).status_code == 403, key
        assert (
            client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""}).status_code == 403
        ), key
    assert (
        not Lesson.objects.filter(school=twin.school, state="cancelled")
        .filter(changes__origin=event.origin)
        .exists()
    )
    assert not Event.objects.visible_to(seat_of("head", world=twin)).filter(pk=event.pk).exists()
    assert Line.objects.filter(verb="events.published").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"audience": "groups", "groups": []}, "groups"),
        ({"ends_at": "11:00"}, "ends_at"),
        ({"first_day": "2062-01-01"}, "first_day"),
        ({"first_day": "2026-11-23"}, "first_day"),
        ({"last_day": "2026-11-20"}, "last_day"),
    ],
)
def test_what_is_typed_wrong_is_said_beside_its_field(
    college: World, client: SchoolClient, typed: dict[str, Any], field: str
) -> None:
    client.sit(college.people["head"])
    response = client.post(reverse("events:close"), body(**typed))
    assert response.status_code == 422
    assert f'href="#id_{field}' in response.content.decode()
    assert not Event.objects.exists() and not LessonChange.objects.exists()


# What it will do, said before


def test_what_a_closing_will_do_is_said_before_it_does_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    event = prepared(college, client)
    meeting = Event.objects.create(
        school=college.school,
        created_by=college.people["head"],
        kind="meeting",
        title="Conseil pédagogique",
        state="published",
        audience="staff",
        first_day=event.first_day,
        last_day=event.last_day,
        starts=event.starts + timedelta(hours=1),
        ends=event.starts + timedelta(hours=2),
        published_at=NOW,
        created_at=NOW,
        sent_as="e" * 32,
    )
    shown = page(client, college.people["head"], reverse("events:event", kwargs={"pk": event.pk}))
    number, recipients = len(keeping.lessons_at_stake(event)), one.told_by(event)
    assert number and recipients.staff and recipients.pupils and recipients.guardians
    assert f"{number} cours ser" in shown
    assert meeting.title in shown and "Fermer et prévenir" in shown and "Fermer sans prévenir" not in shown
    assert not LessonChange.objects.exists() and not Item.objects.filter(kind__startswith="events.").exists()
    done = client.post(reverse("events:publish", kwargs={"pk": event.pk}), follow=True).content.decode()
    assert "C’est fait." in done and LessonChange.objects.count() == number
    assert Item.objects.filter(kind__startswith="events.").count() == recipients.all


def test_where_no_lesson_takes_place_nobody_is_told_without_being_asked(
    college: World, client: SchoolClient
) -> None:
    Lesson.objects.filter(day=TODAY, starts__gte=NOON).delete()
    # « Fermer tout de suite » does not tell a whole school of a closing that closes nothing.
    event = closed(college, client)
    assert event.is_draft and not Item.objects.filter(kind__startswith="events.").exists()
    shown = page(client, college.people["head"], reverse("events:event", kwargs={"pk": event.pk}))
    # One goes on past noon.
    assert "Aucun cours ne sera annulé." in shown and "Fermer sans prévenir" in shown
    Lesson.objects.filter(day=TODAY, ends__gt=NOON).delete()
    shown = page(client, college.people["head"], reverse("events:event", kwargs={"pk": event.pk}))
    assert "Aucun cours n’a lieu à ces heures." in shown and "Fermer sans prévenir" in shown
    client.post(reverse("events:publish", kwargs={"pk": event.pk}), {"sans_prevenir": "1"})
    event.refresh_from_db()
    assert event.state == "published" and not Item.objects.filter(kind__startswith="events.").exists()


def test_before_and_afterwards_the_same_lessons_are_said_to_take_place(
    college: World, client: SchoolClient
) -> None:
    """A lesson that began before noon and ends after it goes on: it was « aucun cours » before, and « quand même » afterwards."""
    Lesson.objects.filter(school=college.school, day=TODAY, ends__gt=NOON).delete()
    astride = (
        Lesson.objects.of_pupils([college.people["pupil"].pk])
        .filter(day=TODAY, ends__lte=NOON)
        .latest("starts")
    )
    Lesson.objects.filter(pk=astride.pk).update(
        starts=NOON - timedelta(minutes=30), ends=NOON + timedelta(minutes=30)
    )
    where = reverse("timetable:lesson", kwargs={"pk": astride.pk})
    event = prepared(college, client)
    address = reverse("events:event", kwargs={"pk": event.pk})
    shown = page(client, college.people["head"], address)
    assert "Aucun cours ne sera annulé." in shown and "Ont lieu quand même" in shown and where in shown
    client.post(reverse("events:publish", kwargs={"pk": event.pk}))
    shown = page(client, college.people["head"], address)
    assert "Ont lieu quand même" in shown and where in shown


def test_councils_and_appointments_of_these_hours_are_listed_before_and_afterwards(
    college: World, client: SchoolClient
) -> None:
    event = prepared(college, client)
    own = own_class(college)
    Council.objects.update_or_create(
        group=own,
        period=Period.objects.filter(year=college.year)[0],
        defaults={
            "school": college.school,
            "starts": NOON + timedelta(hours=5),
            "held_at": None,
            "held_by": None,
        },
    )
    Meeting.objects.update(state=Meeting.State.CANCELLED)
    host = college.people["teacher"]
    Meeting.objects.create(
        school=college.school,
        host=host,
        guardian=college.people["guardian"],
        pupil=college.people["pupil"],
        starts=NOON + timedelta(hours=1),
        ends=NOON + timedelta(hours=2),
        made_by=host,
        made_at=NOW,
    )
    address = reverse("events:event", kwargs={"pk": event.pk})
    for published in (False, True):
        if published:
            client.post(reverse("events:publish", kwargs={"pk": event.pk}))
        shown = page(client, college.people["head"], address)
        assert reverse("report_cards:council", kwargs={"pk": own.pk}) in shown, published
        assert "1 rendez-vous, mardi 24 novembre" in shown, published


@pytest.mark.parametrize("make", [prepared, closed])
def test_its_page_costs_no_more_than_another(college: World, client: SchoolClient, make: Any) -> None:
    event = make(college, client)
    address = reverse("events:event", kwargs={"pk": event.pk})
    client.get(address)
    with Statements(connection) as made:
        assert client.get(address).status_code == 200
    assert made.count <= MOST_QUERIES, made.made


def test_in_the_evening_the_form_opens_on_the_next_day_of_lessons(
    college: World, client: SchoolClient, clock: Any
) -> None:
    assert f'value="{TODAY}"' in page(client, college.people["head"], reverse("events:close"))
    clock.move_to(NOW + timedelta(hours=11))
    coming = Lesson.objects.filter(school=college.school, day__gt=TODAY).held().earliest("day").day
    assert f'value="{coming}"' in page(client, college.people["head"], reverse("events:close"))


def test_each_page_of_closings_names_the_other(college: World, client: SchoolClient) -> None:
    shown = page(client, college.people["head"], reverse("events:close"))
    assert reverse("directory:closures") in shown
    assert "Fermer, annuler des cours" in page(client, college.people["head"], reverse("directory:closures"))
    assert reverse("directory:closures") not in page(
        client, college.people["secretary"], reverse("events:close")
    )


# Changed once it is out


def changed(college: World, client: SchoolClient, event: Event, **fields: Any) -> Any:
    """The closing written anew by the head: what it said already, but for these fields."""
    event.refresh_from_db()
    client.sit(college.people["head"])
    typed = body(**{"revision": event.revision} | fields)
    return client.post(reverse("events:change", kwargs={"pk": event.pk}), typed)


def test_whoever_was_told_hears_what_changes(college: World, client: SchoolClient) -> None:
    event = closed(college, client)
    assert changed(college, client, event, meals="early").status_code == 302
    what = Item.objects.get(person=college.people["guardian"], kind="events.changed").facts["what"]
    assert "Cantine\u202f: pas de repas." in what and "Cantine\u202f: avant le départ." in what
    # A word that changes nothing of the day tells nobody.
    assert changed(college, client, event, meals="early", description="Bon courage.").status_code == 302
    assert Item.objects.filter(person=college.people["guardian"], kind="events.changed").count() == 1


@pytest.mark.parametrize("change", ["to classes", "a class less", "staff", "nobody"])
def test_nobody_who_was_told_is_left_out_in_silence(
    college: World, client: SchoolClient, change: str
) -> None:
    own = own_class(college).pk
    other = Group.objects.classes().filter(year=college.year).exclude(pk=own)[0].pk
    before: dict[str, Any] = (
        {"audience": "groups", "groups": [own, other]} if change == "a class less" else {}
    )
    after: dict[str, Any] = {
        "to classes": {"audience": "groups", "groups": [other]},
        "a class less": {"audience": "groups", "groups": [other]},
        "staff": {"tells": "staff"},
        "nobody": {"tells": "nobody"},
    }[change]
    event = closed(college, client, **before)
    response = changed(college, client, event, **after)
    assert response.status_code == 422
    assert "Annulez d’abord la fermeture" in response.content.decode()
    assert all(
        lesson.is_cancelled
        for lesson in afternoon(college)
        if set(lesson.groups.values_list("pk", flat=True)) == {own}
    )
    # More people is no matter, nor is a draft, of which nobody knows.
    if change == "a class less":
        assert changed(college, client, event).status_code == 302
    else:
        Event.objects.update(state=Event.State.DRAFT)
        assert changed(college, client, event, **after).status_code == 302


def test_a_day_that_only_its_title_describes_says_nothing_of_lessons(
    college: World, client: SchoolClient
) -> None:
    event = closed(college, client, lessons="kept", meals="", transport="")
    shown = page(client, college.people["guardian"], reverse("events:event", kwargs={"pk": event.pk}))
    assert TITLE in shown and "Cours maintenus" not in shown
    assert "Cours" not in Item.objects.get(person=college.people["guardian"]).facts["what"]


def test_cancelled_it_says_nothing_more_and_restored_it_says_what_changes(
    college: World, client: SchoolClient
) -> None:
    event = closed(college, client)
    words = "Cantine\u202f: pas de repas"
    pages = [
        reverse("events:event", kwargs={"pk": event.pk}),
        reverse("events:events"),
        f"{reverse('timetable:week')}?vue=jour&jour={TODAY}",
        f"{reverse('agenda:agenda')}?vue=jour&jour={TODAY}",
    ]
    before = [words in page(client, college.people["guardian"], url) for url in pages]
    assert before[0] and before[2] and before[3]
    client.sit(college.people["head"])
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    shown = [page(client, college.people["guardian"], url) for url in pages]
    assert all(TITLE in one for one in shown)
    assert not any(words in one for one in shown)
    client.sit(college.people["head"])
    client.post(reverse("events:restore", kwargs={"pk": event.pk}))
    told_last = Item.objects.filter(person=college.people["guardian"]).latest("pk")
    assert told_last.facts["what"].startswith(f"De nouveau en vigueur. Cours annulés. {words}")


def test_two_closings_at_once_are_undone_one_by_one(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    first = closed(college, client)
    client.post(reverse("events:close"), body(title="Eau coupée", starts_at="10:30", sent_as="f" * 32))
    second = Event.objects.get(title="Eau coupée")
    client.post(reverse("events:cancel", kwargs={"pk": first.pk}), {"why": ""})
    assert all(lesson.is_cancelled for lesson in afternoon(college))
    # Nor does one that is shortened bring back what the other holds.
    client.post(reverse("events:restore", kwargs={"pk": first.pk}))
    second.refresh_from_db()
    assert (
        changed(college, client, second, title="Eau coupée", starts_at="10:30", ends_at="11:00").status_code
        == 302
    )
    assert all(lesson.is_cancelled for lesson in afternoon(college))
    client.post(reverse("events:cancel", kwargs={"pk": first.pk}), {"why": ""})
    assert not any(lesson.is_cancelled for lesson in afternoon(college))


def test_a_timetable_waits_for_whoever_cancels_a_closing(college: World, client: SchoolClient) -> None:
    """The years are held before anything is read of the closings: what is read is still true when lessons go."""
    closed(college, client)
    with CaptureQueriesContext(connection) as asked:
        keeping.follow_plan(college.school.pk)
    rows = [query["sql"] for query in asked if query["sql"].startswith("SELECT")]
    assert "directory_schoolyear" in rows[0]
    assert "events_event" in rows[1]


def test_a_closing_changed_on_another_page_keeps_what_that_page_does_not_ask(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    event = closed(college, client)
    room = Room.objects.filter(school=college.school)[0]
    Event.objects.update(room=room, place="Hall", asks_answer=True)
    assert changed(college, client, event, meals="early").status_code == 302
    event.refresh_from_db()
    assert (event.room, event.place, event.asks_answer, event.meals) == (room, "Hall", True, "early")
    # What is for the staff alone is changed as an event.
    Event.objects.update(audience="staff", tells="staff", stops_lessons=False)
    typed = {"kind": "no_class", "audience": "staff", "last_day": "", "starts_at": "", "ends_at": ""}
    response = changed(college, client, event, title="Eau coupée", anyway="on", **typed)
    assert response.status_code == 302
    event.refresh_from_db()
    assert (event.title, event.audience) == ("Eau coupée", "staff")
    assert (event.meals, event.transport, event.tells) == ("early", "cars avancés à 12 h 15", "staff")


def test_a_week_is_copied_without_its_closings(college: World, client: SchoolClient, seat_of: Any) -> None:
    closed(college, client)
    copied = copying.copy_week(seat_of("head"), college.year, TODAY, TODAY + timedelta(days=7))
    assert (copied.made, copied.left) == (0, ())
    assert not LessonChange.objects.filter(lesson__day__gt=TODAY).exists()


def test_gone_back_to_and_corrected_it_is_said_that_nothing_was_written(
    college: World, client: SchoolClient
) -> None:
    event = closed(college, client)

    def sent(**fields: Any) -> str:
        response = client.post(reverse("events:close"), body(**fields), follow=True)
        assert response.redirect_chain[0][0] == reverse("events:event", kwargs={"pk": event.pk})
        return str(response.content.decode())

    twice = sent()
    assert "C’est fait." in twice and "existe déjà" not in twice
    corrected = sent(meals="early")
    assert "existe déjà" in corrected and "C’est fait." not in corrected
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    assert "existe déjà" in sent()


def test_an_edit_on_the_eve_does_not_tell_everybody_again(
    college: World, client: SchoolClient, clock: Any
) -> None:
    event = closed(college, client, first_day=(TODAY + timedelta(days=7)).isoformat())
    items = Item.objects.filter(person=college.people["guardian"])
    assert items.get().kind == "events.told"
    clock.move_to(NOW + timedelta(days=6, hours=12))
    fields = {"first_day": (TODAY + timedelta(days=7)).isoformat(), "description": "Bon courage."}
    assert changed(college, client, event, **fields).status_code == 302
    assert items.get().kind == "events.told"


def test_what_moved_in_another_week_is_not_looked_at_for_what_comes_back(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = closed(college, client)
    far = Lesson.objects.filter(school=college.school, day=TODAY + timedelta(days=7), room=None).first()
    far = far or Lesson.objects.filter(school=college.school, day=TODAY + timedelta(days=7))[0]
    LessonChange.objects.create(school=college.school, lesson=far, kind="room", made_at=NOW)
    asked: list[Any] = []
    monkeypatch.setattr(closings, "clashes_at", lambda *said, **more: asked.append(answers))
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": ""})
    assert not any(lesson.is_cancelled for lesson in afternoon(college)) and asked == []


def test_teachers_of_the_groups_of_a_class_are_told(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    own, teacher = own_class(college), college.people["teacher"]
    others = Group.objects.classes().filter(year=college.year).exclude(pk=own.pk)
    Assignment.objects.filter(teacher=teacher).delete()
    group = Group.objects.create(school=college.school, year=college.year, name="LV2", kind="group")
    subject = Lesson.objects.filter(school=college.school)[0].subject
    Assignment.objects.create(
        school=college.school, teacher=teacher, group=group, subject=subject, starts=college.year.starts
    )
    group.classes.set(others[:1])
    event = closed(college, client, audience="groups", groups=[own.pk])
    assert not Item.objects.filter(person=teacher).exists()
    group.classes.add(own)
    assert telling.tell(event.pk, "published") and Item.objects.filter(person=teacher).exists()
    assert TITLE in page(client, teacher, reverse("portal:home"))


def test_a_closing_called_off_says_that_the_school_is_open(college: World, client: SchoolClient) -> None:
    event = closed(college, client)
    client.post(reverse("events:cancel", kwargs={"pk": event.pk}), {"why": "Chaudière réparée"})
    day = f"?vue=jour&jour={TODAY}"
    for address in (reverse("timetable:week") + day, reverse("agenda:agenda") + day):
        shown = page(client, college.people["guardian"], address)
        assert "Fermeture annulée" in shown and "l’établissement est ouvert" in shown
        assert f"<s>{TITLE}</s>" not in shown
