"""Sanctions: heard before they are decided, read by few, erased on their day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.actions import powers
from preau.directory.calendar import is_public_holiday
from preau.directory.models import Enrolment, Guardianship, Holding, Person
from preau.directory.rules.terms import end_of_year
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.conduct import rules, tasks
from preau.domains.conduct.actions import engagements, incidents, sanctions
from preau.domains.conduct.models import (
    INCIDENTS,
    Contract,
    Incident,
    Observation,
    Punition,
    RegisterLine,
    Responsibility,
    Sanction,
)
from preau.domains.conduct.tests.props import own_measure
from preau.foundation.awaited import awaited_of

Kind = Sanction.Kind
TODAY = NOW.date()
# Tuesday 24 November: Wednesday and Thursday are the two working days, so one decides from Friday on.
ANSWERED, DECIDED = date(2026, 11, 26), NOW + timedelta(days=3)
YEARS = [(date(2026, 9, 1), date(2027, 7, 4)), (date(2027, 9, 1), date(2028, 7, 2))]


@pytest.fixture
def opened(college: World, seat_of: Any) -> Sanction:
    charge = sanctions.Charge("head", "Consignes de sécurité non suivies.", ANSWERED)
    return sanctions.open_procedure(seat_of("head"), college.people["pupil"], charge)


def decided(seat_of: Any, opened: Sanction, kind: str = "warning", **more: Any) -> Sanction:
    decision = sanctions.Decision(kind, "Après l’entretien.", "Consignes non suivies en atelier.", **more)
    return sanctions.pronounce(seat_of("head", at=DECIDED), opened, decision)


# Who reads


@pytest.mark.django_db
def test_who_sees_a_sanction(opened: Sanction, twin: World, seat_of: Any) -> None:
    for key in ("head", "cpe", "pupil", "guardian", "other_guardian"):
        assert opened in Sanction.objects.visible_to(seat_of(key)), key
    for key in ("teacher", "teacher_1", "secretary"):
        assert opened not in Sanction.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe", "guardian"):
        assert opened not in Sanction.objects.visible_to(seat_of(key, world=twin)), key


@pytest.mark.django_db
def test_the_power_over_incidents_never_opens_the_sanctions(
    opened: Sanction, college: World, seat_of: Any
) -> None:
    teacher = Holding.objects.get(person=college.people["teacher"], school=college.school)
    powers.give(seat_of("head"), teacher, INCIDENTS, TODAY + timedelta(days=7))
    viewer = seat_of("teacher")
    assert rules.follows_incidents(viewer)
    assert not rules.reads_sanctions(viewer)
    assert opened not in Sanction.objects.visible_to(viewer)


@pytest.mark.django_db
def test_a_parent_who_may_not_be_informed_sees_no_sanction(
    opened: Sanction, college: World, seat_of: Any
) -> None:
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=True)
    assert Sanction.objects.visible_to(seat_of("guardian")).exists()
    assert not Sanction.objects.filter(
        pk=opened.pk, pk__in=_seen_by(college.people["other_guardian"])
    ).exists()


def _seen_by(person: Person) -> list[int]:
    viewer = viewer_for(person, person.account.pk, NOW)
    return list(Sanction.objects.visible_to(viewer).values_list("pk", flat=True)) if viewer else []


@pytest.mark.django_db
def test_a_parent_does_not_read_what_the_other_answered(
    opened: Sanction, college: World, client: SchoolClient, seat_of: Any
) -> None:
    sanctions.answer(seat_of("guardian"), opened, "Mots de la mère.")
    sanctions.answer(seat_of("other_guardian"), opened, "Mots du père.")
    address = reverse("conduct:sanction", kwargs={"pk": opened.pk})
    for key, reads, hidden in [
        ("guardian", "Mots de la mère.", "Mots du père."),
        ("other_guardian", "Mots du père.", "Mots de la mère."),
    ]:
        page = client.sit(college.people[key]).get(address).content.decode()
        assert reads in page and hidden not in page, key
    page = client.sit(college.people["head"]).get(address).content.decode()
    assert "Mots de la mère." in page and "Mots du père." in page
    pupil = client.sit(college.people["pupil"]).get(address).content.decode()
    assert "Mots" not in pupil


@pytest.mark.django_db
def test_the_same_answer_is_added_once_and_none_after_the_decision(opened: Sanction, seat_of: Any) -> None:
    mother = seat_of("guardian")
    assert sanctions.answer(mother, opened, "Voici.")
    assert not sanctions.answer(mother, opened, "Voici.")
    assert sanctions.answer(mother, opened, "Encore un mot.")
    decided(seat_of, opened)
    with pytest.raises(sanctions.Decided):
        sanctions.answer(mother, opened, "Trop tard.")
    assert Observation.objects.filter(sanction=opened).count() == 2


@pytest.mark.django_db
def test_readings_by_staff_are_noted_those_of_the_family_are_not(
    opened: Sanction, college: World, client: SchoolClient
) -> None:
    address = reverse("conduct:sanction", kwargs={"pk": opened.pk})
    client.sit(college.people["cpe"]).get(address)
    client.sit(college.people["guardian"]).get(address)
    read = Line.objects.filter(verb="conduct.page_read", target_id=opened.pk)
    assert [line.actor for line in read] == [college.people["cpe"]]


@pytest.mark.django_db
def test_nothing_that_outlives_a_sanction_says_that_there_was_one(opened: Sanction, seat_of: Any) -> None:
    decided(seat_of, opened)
    for line in Line.objects.filter(target="conduct.sanction", is_read=False):
        assert line.subject_id is None
    for item in Item.objects.filter(kind="conduct.letter"):
        assert set(item.facts) <= {"school"} and "sanction" not in item.url


# The procedure


@pytest.mark.parametrize(
    ("told", "last"),
    [
        (date(2026, 11, 24), date(2026, 11, 26)),  # Tuesday
        (date(2026, 11, 27), date(2026, 11, 30)),  # Friday: Saturday counts, Sunday does not
        (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday
        (date(2026, 12, 23), date(2026, 12, 26)),  # Christmas is a holiday
    ],
)
def test_two_working_days_to_answer(told: date, last: date) -> None:
    assert rules.working_day_after(told, 2, lambda day: is_public_holiday(day, "B")) == last


@pytest.mark.django_db
def test_a_shorter_delay_is_refused(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    sent = {
        "classe": Enrolment.objects.filter(pupil=pupil)[0].group_id,
        "pupil": pupil.pk,
        "authority": "head",
        "facts": "Consignes non suivies.",
        "defend_until": "2026-11-25",
        "sent_as": "0" * 32,
    }
    client.sit(college.people["head"])
    answer = client.post(reverse("conduct:open_procedure"), sent)
    assert answer.status_code == 422
    assert "deux jours ouvrables au moins" in answer.content.decode()
    sent["defend_until"] = "2026-11-26"
    assert client.post(reverse("conduct:open_procedure"), sent).status_code == 302


@pytest.mark.django_db
def test_nobody_decides_before_the_pupil_could_answer(opened: Sanction, seat_of: Any) -> None:
    decision = sanctions.Decision("warning", "x", "x")
    last_day = NOW + timedelta(days=2)
    with pytest.raises(sanctions.TooEarly):
        sanctions.pronounce(seat_of("head", at=last_day), opened, decision)
    assert not RegisterLine.objects.filter(facts="x").exists()
    assert sanctions.pronounce(seat_of("head", at=DECIDED), opened, decision).is_pronounced


@pytest.mark.django_db
def test_a_family_reads_until_when_it_may_answer_and_then_that_it_still_may(
    college: World, opened: Sanction, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    assert "jusqu’au jeudi 26 novembre" in client.get(reverse("conduct:followed")).content.decode()
    Sanction.objects.filter(pk=opened.pk).update(defend_until=TODAY - timedelta(days=1))
    page = client.get(reverse("conduct:followed")).content.decode()
    assert "vous pouvez encore répondre" in page and "jusqu’au" not in page


@pytest.mark.django_db
def test_a_procedure_is_decided_once(opened: Sanction, seat_of: Any) -> None:
    before = RegisterLine.objects.count()
    decided(seat_of, opened)
    with pytest.raises(sanctions.Decided):
        decided(seat_of, opened, "blame")
    assert not sanctions.drop(seat_of("head"), opened)
    assert RegisterLine.objects.count() == before + 1


def pronounce_form(**more: str) -> dict[str, str]:
    return {"kind": "warning", "grounds": "Après l’entretien.", "register": "Consignes non suivies."} | more


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "expulsion"}, "Ce choix n’est plus proposé"),
        ({"kind": "school_out"}, "premier et le dernier jour"),
        ({"kind": "school_out", "starts": "2026-12-01", "ends": "2026-12-09"}, "huit jours au plus"),
        ({"kind": "class_out", "starts": "2026-11-20", "ends": "2026-11-30"}, "huit jours au plus"),
        ({"kind": "blame", "suspended_until": "2027-07-04"}, "ne peut pas être assortie"),
        ({"kind": "responsibility", "suspended_until": "2027-01-31"}, "au moins jusqu’au 4 juillet 2027"),
        ({"kind": "responsibility", "suspended_until": "2029-01-31"}, "au plus jusqu’au 4 juillet 2028"),
        ({"register": "Nina n’a pas suivi les consignes."}, "ne nomme personne"),
        ({"grounds": ""}, "motivée"),
    ],
)
def test_a_decision_stays_within_the_code(
    opened: Sanction, college: World, client: SchoolClient, clock: Any, wrong: dict[str, str], said: str
) -> None:
    Person.objects.filter(pk=opened.pupil_id).update(given_name="Nina")
    clock.move_to(DECIDED)
    address = reverse("conduct:pronounce", kwargs={"pk": opened.pk})
    answer = client.sit(college.people["head"]).post(address, pronounce_form(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    opened.refresh_from_db()
    assert opened.is_open


@pytest.mark.django_db
def test_eight_days_out_are_the_most(
    opened: Sanction, college: World, client: SchoolClient, clock: Any
) -> None:
    clock.move_to(DECIDED)
    sent = pronounce_form(kind="school_out", starts="2026-12-01", ends="2026-12-08")
    client.sit(college.people["head"]).post(reverse("conduct:pronounce", kwargs={"pk": opened.pk}), sent)
    opened.refresh_from_db()
    assert opened.is_pronounced and opened.kept_until == date(2029, 7, 4)
    assert opened.register_line is not None and opened.register_line.days == 8


@pytest.mark.django_db
def test_the_council_alone_expels(college: World, seat_of: Any) -> None:
    charge = sanctions.Charge("council", "Faits graves.", ANSWERED)
    opened = sanctions.open_procedure(seat_of("head"), college.people["pupil"], charge)
    done = decided(seat_of, opened, "expulsion")
    assert done.kept_until is None


# The term


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        (Kind.WARNING, date(2027, 7, 4)),
        (Kind.BLAME, date(2028, 7, 2)),
        (Kind.RESPONSIBILITY, date(2028, 7, 2)),
        (Kind.CLASS_OUT, date(2029, 7, 2)),
        (Kind.SCHOOL_OUT, date(2029, 7, 2)),
        (Kind.EXPULSION, None),
    ],
)
def test_each_sanction_has_its_term(kind: str, until: date | None) -> None:
    """The year after is known; the second one is taken as long as it."""
    assert rules.kept_until(kind, date(2026, 11, 24), YEARS) == until


def test_in_summer_the_year_is_the_one_that_has_just_ended() -> None:
    assert rules.kept_until(Kind.WARNING, date(2027, 8, 1), YEARS) == date(2027, 7, 4)
    assert rules.kept_until(Kind.BLAME, date(2027, 8, 1), YEARS) == date(2028, 7, 2)


days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
lengths = st.lists(st.integers(250, 330), min_size=1, max_size=5)


@given(pronounced=days, first=st.dates(date(2018, 1, 1), date(2030, 12, 31)), lengths=lengths)
def test_a_longer_sanction_is_never_kept_less(pronounced: date, first: date, lengths: list[int]) -> None:
    """Whatever the calendar of a school: in order, and never more than three years after the end of its year."""
    years, starts = [], first
    for length in lengths:
        years.append((starts, starts + timedelta(days=length)))
        starts += timedelta(days=365)
    terms = [rules.kept_until(kind, pronounced, years) for kind in (Kind.WARNING, Kind.BLAME, Kind.CLASS_OUT)]
    assert all(terms) and terms == sorted(terms)
    own = end_of_year(pronounced, 0, years)
    assert terms[0] == own
    assert terms[1] > own + timedelta(days=200)
    assert own + timedelta(days=500) < terms[2] <= own + timedelta(days=3 * 366)


@given(day=days, count=st.integers(1, 12))
def test_working_days_leave_out_sundays_alone(day: date, count: int) -> None:
    last = rules.working_day_after(day, count, lambda _day: False)
    passed = [day + timedelta(days=number + 1) for number in range((last - day).days)]
    assert sum(one.weekday() != 6 for one in passed) == count
    assert last.weekday() != 6


@pytest.mark.django_db
def test_a_sanction_is_there_on_its_last_day_and_gone_the_next(
    opened: Sanction, college: World, clock: Any, seat_of: Any
) -> None:
    done = decided(seat_of, opened)
    assert done.kept_until == date(2027, 7, 4)
    clock.move_to(NOW.replace(year=2027, month=7, day=4))
    tasks.erase_at_term.func()
    assert Sanction.objects.filter(pk=done.pk).exists()
    clock.move_to(NOW.replace(year=2027, month=7, day=5))
    tasks.erase_at_term.func()
    assert not Sanction.objects.filter(pk=done.pk).exists()
    assert RegisterLine.objects.filter(facts="Consignes non suivies en atelier.").exists()
    line = Line.objects.filter(verb="conduct.erased_at_term", school=college.school).get()
    assert line.details["sanctions"] >= 1 and line.subject_id is None


@pytest.mark.django_db
def test_a_dry_run_counts_and_erases_nothing(college: World) -> None:
    late = date(2035, 1, 1)
    before = Sanction.objects.count(), Punition.objects.count(), Incident.objects.count()
    found = sanctions.erase_at_term(college.school, late, dry_run=True)
    assert found["sanctions"] and found["incidents"] and found["punitions"]
    assert before == (Sanction.objects.count(), Punition.objects.count(), Incident.objects.count())
    assert sanctions.erase_at_term(college.school, late) == found
    assert not Incident.objects.filter(school=college.school).exists()


@pytest.mark.django_db
def test_the_school_beside_keeps_its_own(college: World, twin: World) -> None:
    sanctions.erase_at_term(college.school, date(2035, 1, 1))
    assert Sanction.objects.filter(school=twin.school).exists()
    assert Incident.objects.filter(school=twin.school).exists()


@pytest.mark.django_db
def test_incidents_are_kept_this_year_and_the_next(college: World) -> None:
    """The year ends on 4 July 2027; the next one, not known yet, is taken to end a year later."""
    found = Incident.objects.filter(school=college.school)
    sanctions.erase_at_term(college.school, date(2028, 7, 4))
    assert found.exists()
    sanctions.erase_at_term(college.school, date(2028, 7, 5))
    assert not found.exists()


@pytest.mark.django_db
def test_a_pupil_who_changes_school_may_have_it_erased(
    opened: Sanction, college: World, client: SchoolClient, seat_of: Any
) -> None:
    address = reverse("conduct:erase", kwargs={"pk": opened.pk})
    client.sit(college.people["head"]).post(address)
    assert Sanction.objects.filter(pk=opened.pk).exists(), "a procedure that goes on is not erased"
    decided(seat_of, opened)
    client.post(address)
    assert not Sanction.objects.filter(pk=opened.pk).exists()
    assert "déjà fait" in client.post(address, follow=True).content.decode()


@pytest.mark.django_db
def test_whoever_leaves_is_forgotten(opened: Sanction, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    facts = incidents.Facts(TODAY, None, "yard", "talk", "Seule.", {pupil.pk: "concerned"})
    alone = incidents.report(seat_of("teacher"), facts)
    friend = Person.objects.create(family_name="Autre", given_name="Ida")
    both = incidents.Facts(
        TODAY, None, "yard", "talk", "Deux.", {pupil.pk: "concerned", friend.pk: "witness"}
    )
    shared = incidents.report(seat_of("teacher"), both)
    incidents.forget_incidents(pupil.pk)
    sanctions.forget_sanctions(pupil.pk)
    assert not Incident.objects.filter(pk=alone.pk).exists()
    shared.refresh_from_db()
    assert shared.facts == "" and [involvement.person for involvement in shared.involvements.all()] == [
        friend
    ]
    assert not Sanction.objects.filter(pupil=pupil).exists()


# The letter and the register


@pytest.mark.django_db
def test_the_letter_is_for_the_head_and_the_family(
    opened: Sanction, college: World, client: SchoolClient, seat_of: Any
) -> None:
    sanctions.answer(seat_of("guardian"), opened, "Mots de la mère.")
    address = reverse("conduct:letter", kwargs={"pk": opened.pk})
    for key in ("head", "other_guardian"):
        answer = client.sit(college.people[key]).get(address)
        assert answer["Content-Type"] == "application/pdf", key
        assert answer.content.startswith(b"%PDF"), key
    assert client.sit(college.people["teacher"]).get(address).status_code == 404


@pytest.mark.django_db
def test_the_letter_to_one_parent_says_nothing_of_the_other(
    opened: Sanction, college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother, drawn = college.people["guardian"], []
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: True)
    monkeypatch.setattr("preau.foundation.pdf.made", lambda page, style: drawn.append(page) or b"%PDF-")
    address = reverse("conduct:letter", kwargs={"pk": opened.pk})
    client.sit(college.people["other_guardian"])
    assert client.get(address).status_code == 200
    sanctions.answer(seat_of("guardian"), opened, "Mots de la mère.")
    assert client.get(address).status_code == 200
    assert drawn[0] == drawn[1], "that the other has answered, or not, is not told"
    assert mother.given_name not in drawn[1] and "Mots de la mère" not in drawn[1]


@pytest.mark.django_db
def test_the_register_names_nobody(
    opened: Sanction, college: World, client: SchoolClient, seat_of: Any
) -> None:
    decided(seat_of, opened)
    client.sit(college.people["head"])
    page = client.get(reverse("conduct:register")).content.decode().split("<main")[1]
    file = b"".join(client.get(reverse("conduct:export_register")).streaming_content).decode()
    assert "Consignes non suivies en atelier." in page and "Consignes non suivies en atelier." in file
    for person in Person.objects.filter(sanctions__isnull=False):
        assert person.family_name not in page + file


# A measure of responsibility, a contract


@pytest.fixture
def measure(opened: Sanction, seat_of: Any) -> Responsibility:
    done = decided(seat_of, opened, "responsibility")
    outside = engagements.Measure("Association", True, "Aider à la collecte.", 6)
    engagements.prepare(seat_of("head"), done, outside)
    return Responsibility.objects.get(sanction=done)


@pytest.mark.django_db
def test_outside_of_the_school_everybody_agrees_first(measure: Responsibility, seat_of: Any) -> None:
    head = seat_of("head")
    for gesture in (
        lambda: engagements.agree(seat_of("pupil"), measure),
        lambda: engagements.agree(seat_of("other_guardian"), measure),
        lambda: Responsibility.objects.filter(pk=measure.pk).update(signed_on=TODAY),
    ):
        with pytest.raises(engagements.NotAgreed):
            engagements.accomplish(head, measure)
        assert gesture()
    assert not engagements.agree(seat_of("guardian"), measure), "one guardian is enough"
    assert engagements.accomplish(head, measure)
    assert not engagements.accomplish(head, measure)


@pytest.mark.django_db
def test_another_task_is_agreed_to_anew(measure: Responsibility, seat_of: Any) -> None:
    engagements.agree(seat_of("pupil"), measure)
    longer = engagements.Measure("Association", True, "Aider à la collecte.", 12)
    assert engagements.prepare(seat_of("head"), measure.sanction, longer)
    measure.refresh_from_db()
    assert measure.pupil_agreed_on is None and measure.hours == 12
    assert not engagements.prepare(seat_of("head"), measure.sanction, longer)


@pytest.mark.django_db
def test_inside_the_school_nobody_is_asked(measure: Responsibility, seat_of: Any) -> None:
    engagements.prepare(seat_of("head"), measure.sanction, engagements.Measure("CDI", False, "Ranger.", 4))
    assert engagements.accomplish(seat_of("head"), measure)


@pytest.mark.django_db
def test_only_a_measure_is_prepared(opened: Sanction, college: World, client: SchoolClient) -> None:
    address = reverse("conduct:responsibility", kwargs={"pk": opened.pk})
    answer = client.sit(college.people["head"]).post(address, {"host": "x", "task": "y", "hours": "2"})
    assert answer.status_code == 302
    assert not Responsibility.objects.exists()


@pytest.mark.django_db
def test_a_contract_is_followed_week_by_week(college: World, client: SchoolClient, seat_of: Any) -> None:
    cpe = seat_of("cpe")
    goals = engagements.Goals("Arriver à l’heure.", "Un point le lundi.", TODAY, TODAY + timedelta(days=20))
    contract = engagements.open_contract(cpe, college.people["pupil"], goals)
    assert engagements.note_week(cpe, contract, TODAY, "partly", "Deux retards.")
    assert engagements.note_week(cpe, contract, TODAY, "met", "Un retard, prévenu.")
    assert not engagements.note_week(cpe, contract, TODAY, "met", "Un retard, prévenu.")
    assert [(week.monday, week.how) for week in contract.weeks.all()] == [(date(2026, 11, 23), "met")]
    for key in ("guardian", "other_guardian", "pupil"):
        page = client.sit(college.people[key]).get(reverse("conduct:contract", kwargs={"pk": contract.pk}))
        assert "Un retard, prévenu." in page.content.decode(), key
    assert engagements.end_contract(cpe, contract, "À l’heure chaque jour.")
    assert not engagements.end_contract(cpe, contract, "Encore.")
    assert not engagements.note_week(cpe, contract, TODAY, "not_yet", "Trop tard.")


@pytest.mark.django_db
def test_who_sees_a_contract(college: World, twin: World, seat_of: Any) -> None:
    goals = engagements.Goals("x", "y", TODAY, TODAY + timedelta(days=20))
    contract = engagements.open_contract(seat_of("cpe"), college.people["pupil"], goals)
    seen = {
        key
        for key in ("head", "cpe", "teacher", "secretary", "pupil", "guardian", "other_guardian")
        if contract in Contract.objects.visible_to(seat_of(key))
    }
    assert seen == {"head", "cpe", "pupil", "guardian", "other_guardian"}
    assert contract not in Contract.objects.visible_to(seat_of("cpe", world=twin))


def test_whoever_acts_in_no_school_writes_nothing(holder: Any) -> None:
    with pytest.raises(LookupError):
        rules.school_of(holder(Role.OPERATOR))


@pytest.mark.parametrize(
    ("day", "after", "last"),
    [
        (date(2026, 11, 24), 0, date(2027, 7, 31)),
        (date(2027, 7, 31), 0, date(2027, 7, 31)),
        (date(2026, 8, 1), 0, date(2027, 7, 31)),
        (date(2026, 11, 24), 2, date(2029, 7, 31)),
    ],
)
def test_a_school_that_has_said_no_year_has_the_one_of_most(day: date, after: int, last: date) -> None:
    assert end_of_year(day, after, []) == last


# What waits for the head


@pytest.mark.django_db
def test_what_the_head_has_to_decide_and_to_sign_waits_for_them(
    opened: Sanction, college: World, seat_of: Any
) -> None:
    # As long as the pupil may answer nobody decides.
    assert not [one for one in awaited_of(seat_of("head")) if "disciplinaire" in one.title]
    (one,) = [one for one in awaited_of(seat_of("head", at=DECIDED)) if "disciplinaire" in one.title]
    assert one.title == "Procédure disciplinaire à décider et à signer"
    assert one.url == reverse("conduct:sanction", kwargs={"pk": opened.pk})
    assert (one.gesture, one.whose) == ("Lire et décider", college.people["pupil"].full_name)
    assert not [one for one in awaited_of(seat_of("cpe", at=DECIDED)) if "disciplinaire" in one.title]
    decided(seat_of, opened, Kind.RESPONSIBILITY)
    assert not [one for one in awaited_of(seat_of("head", at=DECIDED)) if "disciplinaire" in one.title]


@pytest.mark.django_db
def test_a_convention_waits_for_the_head_until_it_is_signed(
    college: World, twin: World, seat_of: Any
) -> None:
    for world in (college, twin):
        Responsibility.objects.create(
            school=world.school,
            sanction=own_measure(world),
            host="La ressourcerie",
            task="Tri",
            hours=10,
            is_outside=True,
        )

    def waiting() -> list[str]:
        found = awaited_of(seat_of("head"))
        return [one.url for one in found if one.title.startswith("Convention à signer")]

    own = Responsibility.objects.get(school=college.school)
    assert waiting() == [reverse("conduct:responsibility", kwargs={"pk": own.sanction_id})]
    Responsibility.objects.filter(pk=own.pk).update(signed_on=TODAY)
    assert waiting() == []
    Responsibility.objects.filter(pk=own.pk).update(signed_on=None, is_outside=False)
    assert waiting() == []
