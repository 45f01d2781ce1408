"""Thresholds raise alerts; people decide; the family sees the facts and may contest them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship
from preau.domains.attendance import tasks
from preau.domains.attendance.actions import follow_ups as follow_ups_actions
from preau.domains.attendance.actions import handlings
from preau.domains.attendance.models import (
    Alert,
    AttendanceSettings,
    Entry,
    FollowUp,
    FollowUpAction,
    Reason,
    Status,
)
from preau.domains.attendance.queries.follow_ups import letters_of
from preau.domains.attendance.tests.props import many_alerts
from preau.domains.attendance.tests.test_attendance import maladie
from preau.domains.timetable.models import Lesson
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
Kind = FollowUpAction.Kind
NOVEMBER = date(2026, 11, 1)


def miss_half_days(college: World, count: int) -> list[Entry]:
    """The cast's pupil misses the first lesson of so many half-days of November, and nothing else."""
    pupil = college.people["pupil"]
    Entry.objects.filter(pupil=pupil).update(status=Status.PRESENT, minutes_late=None)
    found: list[Entry] = []
    halves = set()
    lessons = Lesson.objects.of_pupils([pupil.pk]).between(NOVEMBER, NOW.date()).order_by("-starts")
    for lesson in lessons.filter(starts__lt=NOW):
        half = (lesson.day, lesson.starts.hour >= 12)  # 13 h in Paris
        if half in halves or len(found) == count:
            continue
        halves.add(half)
        entry, _made = Entry.objects.update_or_create(
            lesson=lesson,
            pupil=pupil,
            defaults={
                "school": college.school,
                "day": lesson.day,
                "status": Status.ABSENT,
                "minutes_late": None,
            },
        )
        found.append(entry)
    Entry.objects.filter(pk__in=[entry.pk for entry in found]).update(explanation=None, handling=None)
    assert len(found) == count
    return found


def alerts(college: World) -> list[tuple[str, int, bool]]:
    found = Alert.objects.filter(pupil=college.people["pupil"]).order_by("pk")
    return [(alert.level, alert.half_days, alert.lifted_at is None) for alert in found]


def watch(college: World) -> int:
    return follow_ups_actions.watch(college.school, NOW.date(), [college.people["pupil"].pk])


@pytest.fixture
def alert(college: World) -> Alert:
    miss_half_days(college, 4)
    watch(college)
    return Alert.objects.get(pupil=college.people["pupil"])


def test_three_half_days_say_nothing_and_four_raise_one_alert(college: World) -> None:
    miss_half_days(college, 3)
    assert watch(college) == 0
    miss_half_days(college, 4)
    assert watch(college) == 1
    assert watch(college) == 0
    assert alerts(college) == [("dialogue", 4, True)]


def test_the_school_says_its_own_thresholds(college: World, seat_of: Any) -> None:
    miss_half_days(college, 4)
    watch(college)
    assert follow_ups_actions.settle_counting(
        seat_of("cpe"), noon=AttendanceSettings().noon, dialogue_at=2, report_at=4
    )
    assert alerts(college) == [("dialogue", 4, False), ("report", 4, True)]
    assert not follow_ups_actions.settle_counting(seat_of("cpe"), dialogue_at=2, report_at=4)


def test_an_absence_excused_lifts_the_alert_at_once_and_taking_it_back_brings_it_back(
    college: World, seat_of: Any
) -> None:
    entries = miss_half_days(college, 4)
    watch(college)
    handlings.settle_one(seat_of("cpe"), entries[0], maladie())
    assert alerts(college) == [("dialogue", 4, False)]
    handlings.reopen(seat_of("cpe"), [entries[0]])
    assert alerts(college) == [("dialogue", 4, True)]


def test_a_reason_that_counts_in_alerts_leaves_the_alert(college: World, seat_of: Any) -> None:
    entries = miss_half_days(college, 4)
    watch(college)
    handlings.settle_one(seat_of("cpe"), entries[0], Reason.objects.get(label="Sans motif valable"))
    assert alerts(college) == [("dialogue", 4, True)]


def test_the_night_counts_every_school(college: World, twin: World) -> None:
    miss_half_days(college, 5)
    Alert.objects.all().delete()
    tasks.watch.call()
    assert ("dialogue", 5, True) in alerts(college)


def test_an_alert_is_read_by_school_life_alone(alert: Alert, twin: World, seat_of: Any) -> None:
    for key in ("teacher", "guardian", "other_guardian", "pupil", "secretary"):
        assert alert not in Alert.objects.visible_to(seat_of(key)), key
    assert alert in Alert.objects.visible_to(seat_of("cpe"))
    assert alert not in Alert.objects.visible_to(seat_of("cpe", world=twin))


def test_following_is_decided_by_somebody_and_dealt_with_once(alert: Alert, seat_of: Any) -> None:
    assert not FollowUp.objects.filter(pupil=alert.pupil).exists()
    follow_up = follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil, alert)
    assert follow_ups_actions.open_follow_up(seat_of("head"), alert.pupil, alert) == follow_up
    alert.refresh_from_db()
    assert (alert.closed_by, alert.follow_up) == (seat_of("cpe").person, follow_up)
    assert not Alert.objects.waiting().filter(pk=alert.pk).exists()
    assert Line.objects.filter(verb="attendance.follow_up_opened", subject=alert.pupil).count() == 1
    assert not follow_ups_actions.close_alert(seat_of("cpe"), alert)


def test_an_alert_that_somebody_has_left_there_does_not_come_back(
    alert: Alert, college: World, seat_of: Any
) -> None:
    assert follow_ups_actions.close_alert(seat_of("cpe"), alert)
    miss_half_days(college, 5)
    watch(college)
    assert not Alert.objects.waiting().filter(pupil=alert.pupil).exists()


def test_the_family_sees_the_facts_and_what_was_done_and_never_the_notes(
    alert: Alert, college: World, seat_of: Any, client: SchoolClient
) -> None:
    cpe = seat_of("cpe")
    follow_up = follow_ups_actions.open_follow_up(cpe, alert.pupil, alert)
    follow_ups_actions.note_action(
        cpe, follow_up, Kind.CALL, NOW.date(), "Rendez-vous jeudi", for_family=True
    )
    follow_ups_actions.note_action(cpe, follow_up, Kind.MEETING, NOW.date(), "Mots de la rencontre")
    follow_ups_actions.note_action(
        cpe, follow_up, Kind.NOTE, NOW.date(), "À revoir en équipe", for_family=True
    )
    client.sit(college.people["guardian"])
    page = client.get(reverse("attendance:told_follow_up", kwargs={"pk": follow_up.pk})).content.decode()
    assert "Rendez-vous jeudi" in page
    assert "Rencontre" in page
    for hidden in ("Mots de la rencontre", "À revoir en équipe", "Note interne"):
        assert hidden not in page
    assert "2 cours" in page or "1 cours" in page
    assert "suit les absences de Nina" in client.get(reverse("attendance:absences")).content.decode()


def test_a_parent_contests_and_the_other_parent_does_not_read_it(
    alert: Alert, college: World, seat_of: Any, client: SchoolClient
) -> None:
    follow_up = follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil, alert)
    address = reverse("attendance:told_follow_up", kwargs={"pk": follow_up.pk})
    client.sit(college.people["guardian"])
    assert client.post(address, {"words": ""}).status_code == 422
    assert client.post(address, {"words": "Elle était à l’hôpital."}).status_code == 302
    assert "Elle était à l’hôpital." in client.get(address).content.decode()
    other = client.sit(college.people["other_guardian"]).get(address).content.decode()
    assert "hôpital" not in other
    assert "Mot de la famille" not in other
    cpe = client.sit(college.people["cpe"]).get(reverse("attendance:follow_up", kwargs={"pk": follow_up.pk}))
    assert "Elle était à l’hôpital." in cpe.content.decode()


def test_reading_a_follow_up_is_in_the_journal(
    alert: Alert, college: World, seat_of: Any, client: SchoolClient
) -> None:
    follow_up = follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil, alert)
    client.sit(college.people["cpe"]).get(reverse("attendance:follow_up", kwargs={"pk": follow_up.pk}))
    assert Line.objects.get(verb="attendance.follow_up_read").subject == alert.pupil


def test_a_closed_follow_up_takes_nothing_more_and_what_was_typed_stays(
    alert: Alert, college: World, seat_of: Any, client: SchoolClient
) -> None:
    follow_up = follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil, alert)
    assert follow_ups_actions.end_follow_up(seat_of("head"), follow_up, closed=True)
    assert not follow_ups_actions.end_follow_up(seat_of("head"), follow_up, closed=True)
    client.sit(college.people["guardian"])
    address = reverse("attendance:told_follow_up", kwargs={"pk": follow_up.pk})
    assert client.post(address, {"words": "Un mot"}).status_code == 409
    assert follow_ups_actions.end_follow_up(seat_of("head"), follow_up, closed=False)
    assert client.post(address, {"words": "Un mot"}).status_code == 302


def test_a_follow_up_is_not_opened_again_beside_another(alert: Alert, seat_of: Any) -> None:
    cpe = seat_of("cpe")
    first = follow_ups_actions.open_follow_up(cpe, alert.pupil)
    follow_ups_actions.end_follow_up(cpe, first, closed=True)
    follow_ups_actions.open_follow_up(cpe, alert.pupil)
    assert not follow_ups_actions.end_follow_up(cpe, first, closed=False)


def test_nothing_is_noted_before_it_happens(
    alert: Alert, college: World, seat_of: Any, client: SchoolClient
) -> None:
    follow_up = follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil, alert)
    client.sit(college.people["cpe"])
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    sent = {"kind": "meeting", "done_on": tomorrow, "words": "Rencontre"}
    answer = client.post(reverse("attendance:follow_up", kwargs={"pk": follow_up.pk}), sent)
    assert answer.status_code == 422
    assert not follow_up.actions.exists()


# Letters


def test_each_parent_has_a_letter_and_whoever_may_not_be_informed_has_none(
    alert: Alert, seat_of: Any
) -> None:
    barred = Person.objects.create(family_name="Interdit", given_name="Jo", civility="m")
    Guardianship.objects.create(
        pupil=alert.pupil,
        guardian=barred,
        authority=Authority.LEGAL,
        kinship=Kinship.FATHER,
        may_not_be_informed=True,
    )
    (row,) = letters_of(seat_of("cpe"), [alert])
    informed = Guardianship.objects.informed(NOW.date()).filter(pupil=alert.pupil).select_related("guardian")
    assert sorted(row.recipients) == sorted(link.guardian.formal_name for link in informed)
    assert "M. Interdit" not in row.recipients
    assert any("ne doit pas être informée" in doubt for doubt in row.doubts)
    assert len(row.facts) == 4


def test_a_pupil_whom_nobody_answers_for_gets_no_letter_and_it_is_said(alert: Alert, seat_of: Any) -> None:
    Guardianship.objects.filter(pupil=alert.pupil).delete()
    (row,) = letters_of(seat_of("cpe"), [alert])
    assert row.recipients == []
    assert any("Personne à informer" in doubt for doubt in row.doubts)


def test_a_pupil_of_age_is_written_to(alert: Alert, seat_of: Any) -> None:
    alert.pupil.birth_date = date(2008, 11, 24)
    (row,) = letters_of(seat_of("cpe"), [alert])
    assert row.recipients[0] == alert.pupil.formal_name


def test_a_report_is_for_the_authority_alone(alert: Alert, seat_of: Any) -> None:
    alert.level = Alert.Level.REPORT
    (row,) = letters_of(seat_of("cpe"), [alert])
    assert len(row.recipients) == 1
    assert "inspecteur d’académie" in row.recipients[0]


def test_letters_are_looked_at_before_they_are_made_and_noted_once(
    alert: Alert, college: World, client: SchoolClient, monkeypatch: Any
) -> None:
    drawn = []
    monkeypatch.setattr(pdf, "made", lambda page, style: drawn.append(page) or page.encode())
    client.sit(college.people["cpe"])
    address = reverse("attendance:letters")
    assert client.get(address).status_code == 302
    page = client.get(address, {"alertes": alert.pk}).content.decode()
    assert "Rien n’est parti" in page
    assert not FollowUpAction.objects.exists()
    for _ in range(2):
        answer = client.post(address, {"alertes": [alert.pk]})
        assert answer.headers["Content-Type"] == "application/pdf"
    assert [follow_up_action.kind for follow_up_action in FollowUpAction.objects.all()] == [Kind.LETTER]
    assert (
        drawn[0].count('class="paper"')
        == Guardianship.objects.informed(NOW.date()).filter(pupil=alert.pupil).count()
    )


def test_a_letter_is_a_real_pdf(alert: Alert, college: World, client: SchoolClient) -> None:
    if not pdf.is_possible():
        pytest.skip("no Pango here")
    answer = client.sit(college.people["cpe"]).post(reverse("attendance:letters"), {"alertes": [alert.pk]})
    assert answer.content.startswith(b"%PDF")


def test_many_letters_cost_the_queries_of_one(
    alert: Alert, college: World, client: SchoolClient, django_assert_max_num_queries: Any
) -> None:
    pupils = (
        Person.objects.filter(enrolments__school=college.school).exclude(pk=alert.pupil_id).distinct()[:29]
    )
    for pupil in pupils:
        Alert.objects.create(
            school=college.school,
            pupil=pupil,
            month=NOVEMBER,
            level=Alert.Level.DIALOGUE,
            half_days=4,
            raised_at=NOW,
        )
    client.sit(college.people["cpe"])
    every = list(Alert.objects.filter(school=college.school).values_list("pk", flat=True))
    with django_assert_max_num_queries(14):
        page = client.get(reverse("attendance:letters"), {"alertes": every})
    assert page.content.decode().count("<tr") == 1 + len(every)


def test_what_is_to_report_comes_first_then_the_most_half_days(
    alert: Alert, college: World, client: SchoolClient, twin: World
) -> None:
    """An older month with a report is above; one threshold shows its own alone, and the twin's are counted nowhere."""
    pupils = list(
        Person.objects.filter(holdings__school=college.school, holdings__role="pupil").exclude(
            pk=alert.pupil_id
        )[:2]
    )
    made = {"school": college.school, "raised_at": NOW}
    month, before = NOW.date().replace(day=1), (NOW.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    report = Alert.objects.create(pupil=pupils[0], month=before, level="report", half_days=10, **made)
    worse = Alert.objects.create(pupil=pupils[1], month=month, level="dialogue", half_days=9, **made)
    theirs = Person.objects.filter(holdings__school=twin.school, holdings__role="pupil")[0]
    Alert.objects.create(
        school=twin.school, pupil=theirs, month=month, level="report", half_days=30, raised_at=NOW
    )
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:alerts")).content.decode()
    places = [page.index(f'id="alerte-{one.pk}"') for one in (report, worse, alert)]
    assert places == sorted(places)
    only = client.get(f"{reverse('attendance:alerts')}?seuil=report").content.decode()
    assert f'id="alerte-{report.pk}"' in only and f'id="alerte-{worse.pk}"' not in only
    assert "Signaler (1)" in only


def test_the_list_says_who_is_followed_already(
    alert: Alert, college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["cpe"])
    assert "Déjà suivi" not in client.get(reverse("attendance:alerts")).content.decode()
    follow_ups_actions.open_follow_up(seat_of("cpe"), alert.pupil)
    assert "Déjà suivi" in client.get(reverse("attendance:alerts")).content.decode()


def test_the_gesture_says_that_the_family_will_know(college: World, client: SchoolClient) -> None:
    many_alerts(college, 1)
    page = client.sit(college.people["cpe"]).get(reverse("attendance:alerts")).content.decode()
    assert "Suivre, et le dire à la famille" in page
