"""Reasons and their switches; absences that school life settles by itself, several at once, and takes back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import explanations, handlings, notices, reasons, rolls
from preau.domains.attendance.models import Entry, Explanation, Handling, Reason, Status
from preau.domains.attendance.queries import absences, registers, school_life
from preau.domains.attendance.queries.settling import first_of_week, to_settle_by_pupil
from preau.domains.attendance.tests.test_attendance import maladie, marks
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def lateness(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    late = marks(lesson, **{f"p{college.people['pupil'].pk}": (Status.LATE, 10)})
    rolls.validate_roll(seat_of("teacher"), lesson, late)
    return Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])


def secret(college: World, **values: Any) -> Reason:
    return Reason.objects.create(school=college.school, label="Suivi éducatif", confidential=True, **values)


# Reasons


def test_a_common_reason_changed_by_a_school_stays_what_it_is_elsewhere(
    college: World, twin: World, seat_of: Any
) -> None:
    common = maladie()
    assert reasons.change_reason(seat_of("cpe"), common, label="Malade", in_alerts=True)
    own = Reason.objects.get(school=college.school, replaces=common)
    assert (own.label, own.in_alerts, own.settles) == ("Malade", True, True)
    assert common not in Reason.objects.in_use(college.school.pk)
    assert own in Reason.objects.offered_to_families(college.school.pk)
    assert common in Reason.objects.in_use(twin.school.pk)
    assert own not in Reason.objects.in_use(twin.school.pk)
    assert not reasons.change_reason(seat_of("cpe"), common, label="Malade", in_alerts=True)
    assert Reason.objects.filter(replaces=common).count() == 1


def test_a_retired_reason_is_chosen_no_more_and_still_read(absence: Entry, seat_of: Any) -> None:
    reason = maladie()
    explanation = explanations.explain(seat_of("guardian"), [absence], reason)
    assert reasons.retire_reason(seat_of("head"), reason, retired=True)
    assert not reasons.retire_reason(seat_of("head"), reason, retired=True)
    offered = Reason.objects.offered_to_families(absence.school_id).values_list("label", flat=True)
    assert "Maladie" not in offered
    explanation.refresh_from_db()
    assert explanation.reason.label == "Maladie"
    assert reasons.retire_reason(seat_of("head"), reason, retired=False)
    assert "Maladie" in Reason.objects.offered_to_families(absence.school_id).values_list("label", flat=True)


def test_who_settles_reasons_and_who_reads_the_confidential_ones(holder: Any) -> None:
    settlers = {role for role in Role if rules.settles_reasons(holder(role))}
    assert settlers == {Role.HEAD, Role.SCHOOL_LIFE}
    readers = {role for role in Role if rules.reads_confidential(holder(role))}
    assert readers == {Role.HEAD, Role.SCHOOL_LIFE, Role.NURSE}


def test_a_confidential_reason_is_read_by_who_gave_it_and_by_few(college: World, seat_of: Any) -> None:
    pupil, mother = seat_of("pupil"), seat_of("guardian")
    for viewer, said_by, read in [
        (seat_of("cpe"), None, "Suivi éducatif"),
        (seat_of("teacher"), None, "Motif confidentiel"),
        (mother, None, "Motif confidentiel"),
        (mother, mother.person.pk, "Suivi éducatif"),
        (seat_of("other_guardian"), mother.person.pk, ""),
        (pupil, None, "Motif confidentiel"),
    ]:
        assert rules.reason_said(viewer, "Suivi éducatif", said_by, confidential=True) == read, viewer.label
    assert rules.reason_said(seat_of("other_guardian"), "Maladie", mother.person.pk, confidential=False) == ""
    assert rules.reason_said(mother, "Maladie", None, confidential=False) == "Maladie"


def test_the_page_of_reasons_adds_one_and_refuses_a_name_taken(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    sent = {"label": "Rendez-vous CIO", "for_families": "on", "order": "45"}
    assert client.post(reverse("attendance:reasons"), sent).status_code == 302
    made = Reason.objects.get(school=college.school, label="Rendez-vous CIO")
    assert (made.for_families, made.settles, made.in_report) == (True, False, False)
    other = Reason.objects.create(school=college.school, label="Autre chose")
    address = reverse("attendance:reason", kwargs={"pk": other.pk})
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Un autre motif porte déjà ce nom." in answer.content.decode()
    assert client.post(address, sent | {"label": "Maladie"}).status_code == 422
    client.post(reverse("attendance:reasons"), sent | {"label": "Maladie"})
    assert not Reason.objects.filter(school=college.school, label="Maladie").exists()
    assert client.post(reverse("attendance:reasons"), {"label": "", "order": "0"}).status_code == 422
    page = client.get(reverse("attendance:reasons")).content.decode()
    assert "Rendez-vous CIO" in page
    assert "Reste à régler" in page


# Settling


def test_settling_ends_the_request_to_the_family_and_leaves_a_trace(
    absence: Entry,
    college: World,
    seat_of: Any,
) -> None:
    cpe, mother = seat_of("cpe"), seat_of("guardian")
    notices.tell_absence(mother.person.pk, absence.pk)
    assert absence in Entry.objects.to_explain()
    assert handlings.settle_one(cpe, absence, maladie(), comment="Appel à 8 h 40", told_by=mother.person)
    assert absence not in Entry.objects.to_explain()
    assert absence not in Entry.objects.to_settle()
    step = Handling.objects.get(entry=absence)
    assert (step.reason, step.settled, step.told_by, step.handled_by, step.handled_at) == (
        maladie(),
        True,
        mother.person,
        cpe.person,
        NOW,
    )
    assert Line.objects.get(verb="attendance.settled").subject_id == absence.pupil_id
    assert Item.objects.get(person=mother.person, key=str(absence.pk)).read_at == NOW
    absence.refresh_from_db()
    assert not rules.can_explain(mother, absence)


def test_the_other_parent_reads_that_it_is_settled_and_not_what_was_said(
    absence: Entry,
    college: World,
    seat_of: Any,
) -> None:
    mother = seat_of("guardian")
    handlings.settle_one(seat_of("cpe"), absence, maladie(), told_by=mother.person)

    def line(viewer: Any) -> tuple[str, str]:
        rows = absences.rows_of(absences.absences_of(viewer).filter(pk=absence.pk), {}, viewer)
        return rows[0].tag[0], rows[0].reason

    assert line(mother) == ("Réglée", "Maladie")
    assert line(seat_of("other_guardian")) == ("Réglée", "")
    assert line(seat_of("pupil")) == ("Réglée", "")
    assert line(seat_of("cpe"))[1] == "Maladie"


def test_a_reason_that_does_not_settle_leaves_the_absence_to_settle(
    absence: Entry, seat_of: Any, college: World
) -> None:
    waiting = Reason.objects.create(
        school=college.school, label="Famille appelée, sans réponse", settles=False
    )
    handlings.settle_one(seat_of("cpe"), absence, waiting)
    assert absence in Entry.objects.to_settle()
    assert absence in Entry.objects.to_explain()
    assert handlings.settle_one(seat_of("cpe"), absence, maladie())
    assert absence not in Entry.objects.to_settle()


def test_a_switch_turned_later_changes_nothing_of_what_was_settled(
    absence: Entry, seat_of: Any, college: World
) -> None:
    reason = Reason.objects.create(school=college.school, label="Convocation")
    handlings.settle_one(seat_of("cpe"), absence, reason)
    reasons.change_reason(seat_of("cpe"), reason, settles=False)
    assert absence not in Entry.objects.to_settle()


def test_a_lateness_is_settled_like_an_absence(lateness: Entry, seat_of: Any) -> None:
    assert lateness in Entry.objects.to_settle()
    assert handlings.settle(seat_of("cpe"), [lateness], maladie()).done == [lateness.pk]
    assert lateness not in Entry.objects.to_settle()


def test_several_are_settled_at_once_and_what_somebody_else_settled_stays(
    absence: Entry,
    lesson: Lesson,
    college: World,
    seat_of: Any,
) -> None:
    others = [row.pupil_id for row in registers.register_of(lesson) if row.pupil_id != absence.pupil_id][:2]
    rolls.validate_roll(
        seat_of("cpe"), lesson, marks(lesson, **{f"p{pupil}": (Status.ABSENT, None) for pupil in others})
    )
    entries = list(Entry.objects.filter(lesson=lesson).order_by("pk"))
    family = Reason.objects.get(label="Raison familiale")
    handlings.settle_one(seat_of("head"), absence, family)
    outcome = handlings.settle(seat_of("cpe"), entries, maladie())
    assert (len(outcome.done), outcome.left) == (2, [absence.pk])
    absence.refresh_from_db()
    assert absence.handling is not None and absence.handling.reason == family
    again = handlings.settle(seat_of("cpe"), entries, maladie())
    assert (again.done, again.left) == ([], [absence.pk])
    assert Handling.objects.filter(entry__in=entries).count() == 3


def test_two_people_who_settle_one_absence_are_both_shown_and_the_first_word_stays(
    absence: Entry,
    college: World,
    seat_of: Any,
    client: SchoolClient,
) -> None:
    handlings.settle_one(seat_of("head"), absence, Reason.objects.get(label="Raison familiale"))
    address = reverse("attendance:settle_one", kwargs={"pk": absence.pk})
    sent = {"motif": maladie().pk, "note": "fièvre"}
    answer = client.sit(college.people["cpe"]).post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Hélène Carpentier vient de retenir" in page
    assert "Raison familiale" in page
    assert "fièvre" in page
    assert Handling.objects.filter(entry=absence).count() == 1


def test_what_was_settled_is_taken_back_and_the_family_is_asked_again(
    absence: Entry,
    seat_of: Any,
) -> None:
    handlings.settle_one(seat_of("cpe"), absence, maladie())
    assert handlings.reopen(seat_of("cpe"), [absence]).done == [absence.pk]
    assert absence in Entry.objects.to_explain()
    assert not handlings.reopen(seat_of("cpe"), [absence]).done
    titles = [step.title for step in school_life.history_of(seat_of("cpe"), absence)]
    assert titles[-2:] == ["Réglée\u202f: Maladie", "Traitement annulé"]


def test_what_a_family_said_is_read_before_it_is_settled(absence: Entry, seat_of: Any) -> None:
    explanations.explain(seat_of("guardian"), [absence], maladie())
    assert absence not in Entry.objects.to_settle()
    assert handlings.settle(seat_of("cpe"), [absence], maladie()).left == [absence.pk]
    assert not Handling.objects.filter(entry=absence).exists()


def test_an_explanation_accepted_for_a_reason_that_does_not_settle_stays_to_settle(
    absence: Entry,
    seat_of: Any,
    college: World,
) -> None:
    holiday = Reason.objects.create(school=college.school, label="Convenance personnelle", settles=False)
    explanation = explanations.explain(seat_of("guardian"), [absence], holiday)
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    absence.refresh_from_db()
    assert absence in Entry.objects.to_settle()
    assert rules.can_settle(seat_of("cpe"), absence)
    assert not rules.can_settle(seat_of("teacher"), absence)


def test_settling_from_the_list_keeps_its_filters_and_what_was_chosen(
    absence: Entry,
    college: World,
    client: SchoolClient,
) -> None:
    client.sit(college.people["cpe"])
    address = reverse("attendance:settle") + "?etat=a_regler"
    wrong = client.post(address, {"entries": [absence.pk], "reason": ""})
    assert wrong.status_code == 422
    box = f'value="{absence.pk}" id="entries-{absence.pk}" data-pick checked'
    assert box in wrong.content.decode()
    answer = client.post(address, {"entries": [absence.pk], "reason": maladie().pk})
    assert answer.headers["Location"] == reverse("attendance:entries") + "?etat=a_regler"
    page = client.get(reverse("attendance:entries") + "?etat=reglee").content.decode()
    assert "Réglée" in page
    assert f'value="{absence.pk}"' in page


def test_only_school_life_settles(absence: Entry, college: World, twin: World, client: SchoolClient) -> None:
    address = reverse("attendance:settle_one", kwargs={"pk": absence.pk})
    for key, status in (("teacher", 403), ("guardian", 403), ("other_guardian", 403), ("secretary", 404)):
        answer = client.sit(college.people[key]).post(address, {"motif": maladie().pk})
        assert answer.status_code == status, key
    client.may_see_twin = True
    assert client.sit(twin.people["cpe"]).post(address, {"motif": maladie().pk}).status_code == 404
    assert not Handling.objects.exists()


def test_the_person_who_told_must_be_one_of_the_pupils_own(
    absence: Entry,
    college: World,
    client: SchoolClient,
) -> None:
    stranger = Person.objects.exclude(wards__pupil=absence.pupil_id).filter(wards__isnull=False)[0]
    client.sit(college.people["cpe"])
    address = reverse("attendance:settle_one", kwargs={"pk": absence.pk})
    assert client.post(address, {"motif": maladie().pk, "told_by": stranger.pk}).status_code == 422


# Two people on one entry, on one explanation


def test_a_correction_of_something_else_than_the_page_showed_is_asked_again(
    absence: Entry,
    college: World,
    client: SchoolClient,
    seat_of: Any,
) -> None:
    rolls.correct_entry(seat_of("head"), absence, Status.LATE, 12)
    client.sit(college.people["cpe"])
    address = reverse("attendance:entry", kwargs={"pk": absence.pk})
    answer = client.post(address, {"status": "present", "minutes_late": "", "seen": "absent"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Retard de 12\u00a0min" in page
    assert "Vous avez choisi" in page
    absence.refresh_from_db()
    assert absence.status == Status.LATE
    assert (
        client.post(address, {"status": "present", "minutes_late": "", "seen": "late-12"}).status_code == 302
    )
    absence.refresh_from_db()
    assert absence.status == Status.PRESENT


def test_two_decisions_of_one_explanation_are_both_shown(
    absence: Entry,
    college: World,
    client: SchoolClient,
    seat_of: Any,
) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("head"), explanation, Explanation.State.ACCEPTED)
    client.sit(college.people["cpe"])
    address = reverse("attendance:decide", kwargs={"pk": explanation.pk})
    sent = {"state": "refused", "comment": "Pas de certificat", "entry": absence.pk, "seen": "0"}
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Hélène Carpentier vient de décider" in page
    assert "Pas de certificat" in page
    explanation.refresh_from_db()
    assert explanation.state == Explanation.State.ACCEPTED
    seen = str(explanation.decisions.last().pk)
    assert f'name="seen" value="{seen}"' in page
    assert client.post(address, sent | {"seen": seen}).status_code == 302
    explanation.refresh_from_db()
    assert explanation.state == Explanation.State.REFUSED


def test_the_board_counts_what_its_list_shows_and_says_the_older_ones_apart(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    viewer = seat_of("cpe")
    first, since = first_of_week(viewer), school_life.settled_from(viewer)
    pupil = college.people["pupil"]
    for days in ((first, viewer.today), (since, first - timedelta(days=1))):
        missed = Lesson.objects.of_pupils([pupil.pk]).filter(day__range=days, attendance_entries=None)
        for lesson in missed.order_by("pk")[:3]:
            Entry.objects.create(
                school=college.school, lesson=lesson, pupil=pupil, day=lesson.day, status=Status.ABSENT
            )
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:board")).content.decode()
    chosen = {"etat": "a_regler", "du": first}
    week = absences.entries_matching(viewer, chosen).count()
    before = {"etat": "a_regler", "du": since, "au": first - timedelta(days=1)}
    older = absences.entries_matching(viewer, before).count()
    assert week > 1 and older > 1
    assert f"{week} lignes à régler depuis sept jours" in page
    assert f"{older} lignes plus anciennes" in page and "d’un mois au plus" in page
    pupils = len(to_settle_by_pupil(viewer))
    assert re.search(rf"À régler depuis sept jours\W+{pupils} élève", page)
