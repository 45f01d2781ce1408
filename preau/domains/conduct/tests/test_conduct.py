"""Incidents and punitions: who reads what, and what each gesture leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.actions import work_groups
from preau.directory.models import Enrolment, Guardianship, Holding, Person, School, WorkGroup
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.directory.words import Authority, Role
from preau.domains.conduct import rules
from preau.domains.conduct.actions import engagements, incidents, punitions
from preau.domains.conduct.forms.incidents import names_in
from preau.domains.conduct.models import (
    Acknowledgement,
    Detention,
    Incident,
    IncidentStep,
    Involvement,
    Punition,
    Responsibility,
    Slot,
)
from preau.domains.conduct.queries import figures
from preau.domains.conduct.queries import incidents as reading_incidents
from preau.domains.conduct.queries import punitions as reading
from preau.domains.conduct.tests.props import own_measure
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db
FORM = "0123456789abcdef" * 2
DAY = NOW.date()


@pytest.fixture
def other(college: World) -> Person:
    """A pupil of the school with a family of their own."""
    pupil = Person.objects.create(family_name="Autrement", given_name="Basile")
    parent = Person.objects.create(family_name="Autrement", given_name="Ondine")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
    Guardianship.objects.create(pupil=pupil, guardian=parent, authority=Authority.LEGAL)
    mine = Enrolment.objects.filter(pupil=college.people["pupil"])[0]
    Enrolment.objects.create(school=college.school, group=mine.group, pupil=pupil)
    return pupil


@pytest.fixture
def incident(college: World, seat_of: Any, other: Person) -> Incident:
    """The cast's pupil is concerned, the other one suffered it; Claire Moreau saw it."""
    parts = {college.people["pupil"].pk: "concerned", other.pk: "harmed"}
    facts = incidents.Facts(DAY, NOW.time(), "yard", "scuffle", "Bousculade près du préau.", parts)
    return incidents.report(seat_of("teacher"), facts)


def part_of(incident: Incident, person: Person) -> Involvement:
    return incident.involvements.get(person=person)


# Who reads an incident


def test_who_sees_an_incident(incident: Incident, twin: World, seat_of: Any) -> None:
    for key in ("head", "cpe", "teacher"):
        assert incident in Incident.objects.visible_to(seat_of(key)), key
    for key in ("teacher_1", "secretary", "pupil", "guardian", "other_guardian"):
        assert incident not in Incident.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe", "teacher"):
        assert incident not in Incident.objects.visible_to(seat_of(key, world=twin)), key


def test_a_family_reads_its_own_sentence_and_nothing_else(
    incident: Incident, other: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    client.sit(college.people["guardian"])
    assert "Phrase de la victime" not in client.get(reverse("conduct:followed")).content.decode()
    incidents.tell_family(
        cpe, part_of(incident, college.people["pupil"]), "Nous avons parlé de la bousculade."
    )
    incidents.tell_family(cpe, part_of(incident, other), "Phrase de la victime")
    for key in ("guardian", "other_guardian", "pupil"):
        page = client.sit(college.people[key]).get(reverse("conduct:followed")).content.decode()
        assert "Nous avons parlé de la bousculade." in page, key
        for secret in ("Phrase de la victime", "Autrement", "Basile", "près du préau", "A subi"):
            assert secret not in page, (key, secret)


def test_a_family_of_two_schools_reads_of_which_child_it_is_told(
    incident: Incident, college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    child = college.people["pupil"]
    incidents.tell_family(seat_of("cpe"), part_of(incident, child), "Un mot.")
    add_sibling_elsewhere(college, twin)
    School.objects.filter(pk=twin.school.pk).update(services={"conduct": {"off": True}})
    client.may_see_twin = True
    page = client.sit(college.people["guardian"]).get(reverse("conduct:followed")).content.decode()
    assert f" · {child.given_name}</span>" in page
    assert "?enfant=" not in page


def test_a_parent_who_may_not_be_informed_is_told_nothing(
    incident: Incident, college: World, seat_of: Any
) -> None:
    father = college.people["other_guardian"]
    Guardianship.objects.filter(guardian=father).update(may_not_be_informed=True)
    Item.objects.all().delete()
    incidents.tell_family(seat_of("cpe"), part_of(incident, college.people["pupil"]), "Un mot.")
    recipients = set(Item.objects.filter(kind="conduct.told").values_list("person_id", flat=True))
    assert recipients == {college.people["guardian"].pk, college.people["pupil"].pk}


def test_what_is_told_of_one_child_is_told_to_no_other_family(
    incident: Incident, other: Person, college: World, seat_of: Any
) -> None:
    Item.objects.all().delete()
    incidents.tell_family(seat_of("cpe"), part_of(incident, other), "Un mot.")
    family_names = set(Item.objects.filter(kind="conduct.told").values_list("person__family_name", flat=True))
    assert family_names == {"Autrement"}


def test_a_family_whose_child_has_left_is_told_nothing(
    incident: Incident, other: Person, college: World, seat_of: Any
) -> None:
    Holding.objects.filter(person=other).update(ends=DAY)
    Item.objects.all().delete()
    incidents.tell_family(seat_of("cpe"), part_of(incident, other), "Un mot.")
    assert not Item.objects.filter(kind="conduct.told").exists()


def test_a_sentence_that_names_another_child_is_refused(
    incident: Incident, other: Person, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"])
    address = reverse("conduct:tell", kwargs={"pk": part_of(incident, college.people["pupil"]).pk})
    answer = client.post(address, {"sentence": "Elle a poussé Basile, dans la cour."})
    assert answer.status_code == 422
    assert "Cette phrase nomme Basile" in answer.content.decode()
    assert part_of(incident, college.people["pupil"]).told_at is None
    assert client.post(address, {"sentence": "Une bousculade, dans la cour."}).status_code == 302
    assert part_of(incident, college.people["pupil"]).told_at == NOW


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Une bousculade avec Zoé.", "Zoé"),
        ("avec ZOE!", "Zoé"),
        ("Une famille Le Goff prévenue", "Le Goff"),
        ("Une zone de jeu", ""),
        ("Rien de plus", ""),
    ],
)
def test_names_are_found_whatever_their_accents(sentence: str, found: str) -> None:
    assert names_in(sentence, [Person(given_name="Zoé", family_name="Le Goff")]) == found


# Reporting and handling


def report_form(college: World, **more: Any) -> dict[str, Any]:
    pupil = college.people["pupil"]
    return {
        "concerned": [pupil.pk],
        "kind": "talk",
        "place": "classroom",
        "day": "2026-11-24",
        "facts": "Bavardages.",
        "sent_as": FORM,
        "classe": Enrolment.objects.filter(pupil=pupil)[0].group_id,
    } | more


def test_a_teacher_reports_in_one_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    before = Incident.objects.count()
    answer = client.post(reverse("conduct:report"), report_form(college), follow=True)
    assert "C’est signalé" in answer.content.decode()
    client.post(reverse("conduct:report"), report_form(college))
    assert Incident.objects.count() == before + 1
    made = Incident.objects.get(sent_as=FORM)
    assert (made.reported_by, made.facts) == (college.people["teacher"], "Bavardages.")
    cpe = Item.objects.filter(kind="conduct.to_handle", key=str(made.pk))
    assert set(cpe.values_list("person_id", flat=True)) == {college.people["cpe"].pk}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"concerned": []}, "Choisissez au moins un élève."),
        ({"day": "2026-11-25"}, "pas encore venu"),
        ({"day": "2026-06-01"}, "cette année scolaire"),
        ({"facts": ""}, "Dites en une phrase"),
    ],
)
def test_a_report_says_what_is_missing(
    college: World, client: SchoolClient, wrong: dict[str, Any], said: str
) -> None:
    answer = client.sit(college.people["teacher"]).post(
        reverse("conduct:report"), report_form(college, **wrong)
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_one_pupil_has_one_part(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"].pk
    answer = client.sit(college.people["teacher"]).post(
        reverse("conduct:report"), report_form(college, witness=[pupil])
    )
    assert answer.status_code == 422
    assert "choisi deux fois" in answer.content.decode()


def test_a_group_of_work_is_ticked_instead_of_its_pupils(
    other: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil, address = college.people["pupil"], reverse("conduct:report")
    group = Enrolment.objects.filter(pupil=pupil)[0].group
    third = Person.objects.filter(enrolments__group=group).exclude(pk__in=[pupil.pk, other.pk])[0]
    client.sit(college.people["teacher"])
    assert 'name="sets"' not in client.get(address).content.decode()
    work_groups.keep(seat_of("teacher"), group, "Îlot 1", [pupil, other, third])
    kept = WorkGroup.objects.get()
    shown = client.get(address).content.decode()
    assert 'name="sets"' in shown and "Îlot 1" in shown
    # Whoever suffered the facts is not made one of those concerned by their group.
    client.post(address, report_form(college, concerned=[], sets=[kept.pk], harmed=[other.pk]))
    made = Incident.objects.get(sent_as=FORM)
    assert dict(made.involvements.values_list("person_id", "part")) == {
        pupil.pk: "concerned",
        third.pk: "concerned",
        other.pk: "harmed",
    }
    twice = client.post(address, report_form(college, sets=[kept.pk], witness=[pupil.pk]))
    assert twice.status_code == 422 and "choisi deux fois" in twice.content.decode()


def test_a_group_of_a_colleague_or_one_that_is_gone_makes_nobody_concerned(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil, address = college.people["pupil"], reverse("conduct:report")
    group, before = Enrolment.objects.filter(pupil=pupil)[0].group, Incident.objects.count()
    work_groups.keep(seat_of("teacher_1"), group, "Îlot 1", [pupil])
    kept = WorkGroup.objects.get()
    form = report_form(college, concerned=[], sets=[kept.pk])
    for person in (college.people["teacher"], college.people["cpe"], twin.people["head"]):
        client.sit(person)
        assert "Îlot 1" not in client.get(address).content.decode()
        gone = client.post(address, form)
        assert gone.status_code == 422 and "Bavardages." in gone.content.decode()
        assert "Le groupe coché n’existe plus" in gone.content.decode()
    # The other class is shown with what was ticked; a group of whom nobody is left in the class is not offered.
    client.sit(college.people["teacher_1"])
    again = client.post(address, form | {"geste": "classe"}).content.decode()
    assert f'value="{kept.pk}"' in again and " checked" in again
    Enrolment.objects.filter(pupil=pupil, group=group).update(ends=DAY)
    assert "Îlot 1" not in client.get(address).content.decode()
    assert Incident.objects.count() == before


def test_a_pupil_of_another_school_is_no_choice(college: World, twin: World, client: SchoolClient) -> None:
    answer = client.sit(college.people["teacher"]).post(
        reverse("conduct:report"), report_form(college, concerned=[twin.people["pupil"].pk])
    )
    assert answer.status_code == 422


def test_a_correction_keeps_what_was_written(incident: Incident, college: World, seat_of: Any) -> None:
    parts = dict(incident.involvements.values_list("person_id", "part"))
    facts = incidents.Facts(DAY, None, "gym", "scuffle", "C’était au gymnase.", parts)
    assert incidents.correct(seat_of("teacher"), incident, facts, 1)
    incident.refresh_from_db()
    assert (incident.place, incident.revision) == ("gym", 2)
    step = IncidentStep.objects.get(incident=incident)
    assert "Bousculade près du préau." in step.before
    assert not incidents.correct(seat_of("teacher"), incident, facts, 1), "the same again changes nothing"


def test_two_who_correct_at_once_are_both_shown(
    incident: Incident, college: World, client: SchoolClient, seat_of: Any
) -> None:
    parts = dict(incident.involvements.values_list("person_id", "part"))
    incidents.correct(
        seat_of("cpe"), incident, incidents.Facts(DAY, None, "gym", "scuffle", "Au gymnase.", parts), 1
    )
    sent = report_form(college, facts="Dans la cour.", revision="1", harmed=[])
    answer = client.sit(college.people["teacher"]).post(
        reverse("conduct:correct", kwargs={"pk": incident.pk}), sent
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Au gymnase." in page and "Dans la cour." in page
    assert 'name="revision" value="2"' in page


def test_its_author_corrects_until_it_is_settled(incident: Incident, seat_of: Any) -> None:
    assert rules.can_correct(seat_of("teacher"), incident)
    incidents.settle(seat_of("cpe"), incident, "Entretien.")
    incident.refresh_from_db()
    assert not rules.can_correct(seat_of("teacher"), incident)
    assert rules.can_correct(seat_of("cpe"), incident)
    assert not incidents.settle(seat_of("head"), incident, "Encore.")
    assert incidents.reopen(seat_of("head"), incident)
    assert not incidents.reopen(seat_of("head"), incident)


def test_whoever_was_told_stays_in_the_incident(incident: Incident, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    incidents.tell_family(seat_of("cpe"), part_of(incident, pupil), "Un mot.")
    nobody = incidents.Facts(DAY, NOW.time(), "yard", "scuffle", "Bousculade.", {})
    incidents.correct(seat_of("cpe"), incident, nobody, 1)
    assert [involvement.person for involvement in incident.involvements.all()] == [pupil]


def test_each_reading_of_an_incident_is_noted_for_each_pupil(
    incident: Incident, other: Person, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"]).get(reverse("conduct:incident", kwargs={"pk": incident.pk}))
    read = Line.objects.filter(verb="conduct.page_read", target="conduct.involvement", is_read=True)
    parts = set(incident.involvements.values_list("pk", "person_id"))
    assert set(read.values_list("target_id", "subject_id")) == parts
    assert {person for _part, person in parts} == {college.people["pupil"].pk, other.pk}


@pytest.mark.parametrize("role", Role)
def test_who_follows_reports_gives_and_judges(role: Role, holder: Any) -> None:
    viewer = holder(role)
    assert rules.follows_incidents(viewer) == (role in {Role.HEAD, Role.SCHOOL_LIFE})
    assert rules.reads_sanctions(viewer) == (role in {Role.HEAD, Role.SCHOOL_LIFE})
    assert rules.decides_sanctions(viewer) == (role == Role.HEAD)
    assert rules.gives_punitions(viewer) == (role in {Role.HEAD, Role.SCHOOL_LIFE, Role.TEACHER})
    assert rules.reports_incidents(viewer) == (
        viewer.is_staff and role not in {Role.OTHER, Role.PUPIL, Role.AGENT, Role.OPERATOR}
    )
    assert rules.follows_own(viewer) == (role == Role.PUPIL)


# Punitions and detentions


@pytest.fixture
def slot(college: World, seat_of: Any) -> Slot:
    starts = NOW + timedelta(days=7)
    opening = punitions.Opening(
        starts.date(), starts, starts + timedelta(hours=1), 1, supervisor=college.people["secretary"]
    )
    return punitions.open_slot(seat_of("cpe"), opening)


def detention(college: World, seat_of: Any, pupil: Person, slot: Slot | None = None) -> Punition:
    given = punitions.PunitionFacts("detention", DAY, "Retards répétés.", "Finir l’exercice.")
    return punitions.give(seat_of("teacher"), [pupil], given, slot)[0]


def test_who_sees_a_punition(college: World, twin: World, seat_of: Any) -> None:
    punition = detention(college, seat_of, college.people["pupil"])
    for key in ("head", "cpe", "teacher", "guardian", "other_guardian", "pupil"):
        assert punition in Punition.objects.visible_to(seat_of(key)), key
    for key in ("teacher_1", "secretary"):
        assert punition not in Punition.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe", "teacher", "guardian"):
        assert punition not in Punition.objects.visible_to(seat_of(key, world=twin)), key


def test_a_slot_takes_no_more_than_its_places(
    college: World, other: Person, slot: Slot, seat_of: Any
) -> None:
    detention(college, seat_of, college.people["pupil"], slot)
    with pytest.raises(punitions.Full):
        detention(college, seat_of, other, slot)
    assert not Punition.objects.filter(pupil=other).exists(), "nothing is given by halves"


def test_a_detention_is_moved_and_says_so(college: World, slot: Slot, seat_of: Any) -> None:
    punition = detention(college, seat_of, college.people["pupil"], slot)
    starts = NOW + timedelta(days=9)
    later = punitions.open_slot(
        seat_of("cpe"), punitions.Opening(starts.date(), starts, starts + timedelta(hours=1), 5)
    )
    assert punitions.place(seat_of("cpe"), punition, later)
    assert not punitions.place(seat_of("cpe"), punition, later)
    assert [detention.state for detention in reading.detentions_of(punition)] == ["moved", "expected"]
    notices = Item.objects.filter(kind="conduct.detention", person=college.people["guardian"])
    assert notices.count() == 2


def test_cancelling_frees_the_place_and_tells_why(
    college: World, other: Person, slot: Slot, seat_of: Any, client: SchoolClient
) -> None:
    punition = detention(college, seat_of, college.people["pupil"], slot)
    assert punitions.cancel(seat_of("teacher"), punition, "Donnée par erreur.")
    assert not punitions.cancel(seat_of("teacher"), punition, "Encore.")
    assert detention(college, seat_of, other, slot)
    page = client.sit(college.people["guardian"]).get(reverse("conduct:followed")).content.decode()
    assert "Donnée par erreur." in page


def test_the_roll_of_a_slot_follows_the_punition(college: World, slot: Slot, seat_of: Any) -> None:
    punition = detention(college, seat_of, college.people["pupil"], slot)
    row = punition.detentions.get()
    supervisor = seat_of("secretary")
    assert rules.calls_slot(supervisor, slot) and not rules.calls_slot(seat_of("teacher"), slot)
    assert punitions.call_slot(supervisor, slot, {row.pk: ("done", "expected")}) == 1
    punition.refresh_from_db()
    assert punition.state == Punition.State.DONE
    assert punitions.call_slot(supervisor, slot, {row.pk: ("done", "expected")}) == 0, "a second click"
    with pytest.raises(punitions.RollConflict):
        punitions.call_slot(supervisor, slot, {row.pk: ("absent", "expected")})
    punitions.call_slot(supervisor, slot, {row.pk: ("absent", "done")})
    punition.refresh_from_db()
    assert punition.state == Punition.State.TO_DO and punition.ended_by is None


def test_a_lesson_that_a_slot_falls_upon_is_said_before(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    punition = detention(college, seat_of, college.people["pupil"])
    starts = NOW + timedelta(days=7)
    opening = punitions.Opening(starts.date(), starts, starts + timedelta(hours=1), 5)
    punitions.open_slot(seat_of("cpe"), opening)
    rows = reading.slots_for(seat_of("cpe"), punition.pupil_id, NOW)
    assert [row.clash for row in rows if row.day == starts.date() and row.places == 5] != [""]
    client.sit(college.people["cpe"])
    page = client.get(reverse("conduct:place", kwargs={"pk": punition.pk})).content.decode()
    assert "pendant le cours d" in page


def test_a_detention_is_in_the_agenda_of_the_family_and_of_whoever_watches(
    college: World, slot: Slot, seat_of: Any
) -> None:
    detention(college, seat_of, college.people["pupil"], slot)
    days = (slot.day, slot.day)
    for key in ("guardian", "other_guardian", "pupil"):
        assert [one.title for one in reading.agenda_of(seat_of(key), *days)] == ["Retenue"], key
    titles = [one.title for one in reading.agenda_of(seat_of("secretary"), *days)]
    assert titles == ["Surveillance de retenue"]
    assert reading.agenda_of(seat_of("teacher"), *days) == []


def test_a_punition_is_given_once_to_each(college: World, other: Person, client: SchoolClient) -> None:
    group = Enrolment.objects.filter(pupil=other)[0].group_id
    sent = {
        "classe": group,
        "pupils": [college.people["pupil"].pk, other.pk],
        "kind": "work",
        "why": "Matériel oublié.",
        "work": "Préparer la liste.",
        "sent_as": FORM,
    }
    client.sit(college.people["teacher"])
    for _ in range(2):
        assert client.post(reverse("conduct:give"), sent).status_code == 302
    assert Punition.objects.filter(sent_as=FORM).count() == 2


def test_the_slip_is_a_pdf_for_the_family(college: World, seat_of: Any, client: SchoolClient) -> None:
    punition = detention(college, seat_of, college.people["pupil"])
    answer = client.sit(college.people["guardian"]).get(reverse("conduct:slip", kwargs={"pk": punition.pk}))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


# Figures


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 12, "b": 7}, {"a": 12, "b": 7}),
        ({"a": 12, "b": 7, "c": 4}, {"a": 12, "b": None, "c": None}),
        ({"a": 3, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 2}, {"a": None}),
        ({"a": 0, "b": 5}, {"a": 0, "b": 5}),
    ],
)
def test_a_small_count_is_hidden_and_so_is_what_would_give_it_away(
    counts: dict[str, int], shown: dict[str, int | None]
) -> None:
    assert figures.without_few(counts) == shown


def test_figures_name_nobody(incident: Incident, college: World, client: SchoolClient) -> None:
    page = client.sit(college.people["head"]).get(reverse("conduct:figures")).content.decode()
    main = page.split("<main")[1]
    for person in Person.objects.filter(involvements__isnull=False):
        assert person.family_name not in main


def test_what_is_hidden_is_never_said_to_be_few(college: World, client: SchoolClient) -> None:
    """Of a small month and of a large one hidden with it, the page says the same true words."""
    Incident.objects.all().delete()
    for month, count in ((9, 3), (10, 44), (11, 60)):
        for number in range(count):
            Incident.objects.create(
                school=college.school,
                reported_by=college.people["teacher"],
                reported_at=NOW,
                day=date(2026, month, 2 + number % 20),
                place="yard",
                kind="scuffle",
                facts="Bousculade",
            )
    page = client.sit(college.people["head"]).get(reverse("conduct:figures")).content.decode()
    months = page[page.index("Incidents, par mois") : page.index("Incidents, par nature")]
    assert months.count("n’est pas montré</span>") == 2 and "60" in months and "44" not in months
    assert "pour qu’on ne puisse pas en déduire un petit nombre" in months
    assert "trop peu" not in page


def test_an_ecole_has_none_of_this(college: World, client: SchoolClient) -> None:
    type(college.school).objects.filter(pk=college.school.pk).update(kind="ecole")
    for key, name in (("cpe", "incidents"), ("guardian", "followed")):
        assert client.sit(college.people[key]).get(reverse(f"conduct:{name}")).status_code == 404
    assert "Incidents" not in client.sit(college.people["cpe"]).get("/").content.decode()


def test_the_seeds_tell_a_term(college: World, twin: World) -> None:
    for world in (college, twin):
        found = Incident.objects.filter(school=world.school)
        assert found.count() >= 10
        assert Detention.objects.filter(school=world.school, state="done").exists()
        assert max(incident.day for incident in found) < world.today
    assert date(2026, 9, 1) <= min(incident.day for incident in found)


# What is awaited of a family


def awaited(viewer: Any) -> list[tuple[str, str, str]]:
    return [(one.title, one.when, one.gesture) for one in awaited_of(viewer) if one.url.startswith("/suivi/")]


@pytest.fixture
def to_sign(college: World, seat_of: Any) -> Punition:
    Punition.objects.all().delete()
    given = punitions.PunitionFacts(
        "work", DAY, "Matériel oublié.", "La liste, à faire signer.", DAY + timedelta(days=3)
    )
    return punitions.give(seat_of("teacher"), [college.people["pupil"]], given)[0]


def test_a_punition_is_awaited_of_each_guardian_until_they_have_seen_it(
    to_sign: Punition, twin: World, seat_of: Any
) -> None:
    day = ("Travail supplémentaire", "pour le vendredi 27 novembre")
    mother, father, pupil = (seat_of(key) for key in ("guardian", "other_guardian", "pupil"))
    assert awaited(mother) == awaited(father) == [(*day, "Lire et confirmer")]
    assert awaited(pupil) == [(*day, "Lire")]
    assert awaited(seat_of("guardian", world=twin)) == [] == awaited(seat_of("teacher"))
    assert punitions.acknowledge(mother, to_sign) and not punitions.acknowledge(mother, to_sign)
    assert awaited(mother) == [] and awaited(father) and awaited(pupil)
    assert Line.objects.filter(verb="conduct.punition_seen", target_id=to_sign.pk).count() == 1
    punitions.finish(seat_of("teacher"), to_sign)
    assert awaited(father) == [] == awaited(pupil)
    assert not punitions.acknowledge(father, to_sign)


def test_beyond_fifty_what_is_awaited_is_there_and_the_others_are_said(
    to_sign: Punition, college: World, seat_of: Any, client: SchoolClient
) -> None:
    later = punitions.PunitionFacts("work", DAY + timedelta(days=1), "Bavardage.", "Une page.", None)
    for _number in range(52):
        one = punitions.give(seat_of("teacher"), [college.people["pupil"]], later)[0]
        punitions.finish(seat_of("teacher"), one)
    client.sit(college.people["guardian"])
    page = client.get(reverse("conduct:followed")).content.decode()
    assert f'id="punition-{to_sign.pk}"' in page and "Et 3 autres, dans" in page
    Punition.objects.filter(pk__gt=to_sign.pk).delete()
    assert "Et 3" not in client.get(reverse("conduct:followed")).content.decode()


def test_who_reads_that_a_guardian_has_seen_it(to_sign: Punition, twin: World, seat_of: Any) -> None:
    punitions.acknowledge(seat_of("guardian"), to_sign)
    keys = ("guardian", "other_guardian", "pupil", "teacher", "teacher_1", "cpe", "head", "secretary")
    seen = {key for key in keys if Acknowledgement.objects.visible_to(seat_of(key)).exists()}
    assert seen == {"guardian", "teacher", "cpe", "head"}
    assert not Acknowledgement.objects.visible_to(seat_of("head", world=twin)).exists()


def test_one_gesture_says_it_and_the_page_of_the_other_parent_does_not(
    college: World, to_sign: Punition, client: SchoolClient
) -> None:
    page, address = reverse("conduct:followed"), reverse("conduct:acknowledge", kwargs={"pk": to_sign.pk})
    client.sit(college.people["guardian"])
    assert f'id="punition-{to_sign.pk}"' in client.get(page).content.decode()
    content = client.post(address, follow=True).content.decode()
    assert "Vue par vous, mardi 24 novembre à 10" in content and address not in content
    client.sit(college.people["other_guardian"])
    content = client.get(page).content.decode()
    assert "Vue par" not in content and address in content
    client.sit(college.people["pupil"])
    assert address not in client.get(page).content.decode() and client.post(address).status_code == 403
    client.sit(college.people["teacher"])
    content = client.get(reverse("conduct:punition", kwargs={"pk": to_sign.pk})).content.decode()
    assert (
        f"{college.people['guardian'].formal_name} <" in content and "vu le mardi 24 novembre à 10" in content
    )


def test_the_staff_read_who_opened_a_punition_guardian_by_guardian(
    college: World, to_sign: Punition, client: SchoolClient, seat_of: Any, clock: Any
) -> None:
    """And the page of the other parent says nothing of it (decision 19)."""
    people = college.people
    teacher, followed = seat_of("teacher"), reverse("conduct:followed")

    def said() -> dict[str, str]:
        return {one.name: one.said.split(" le ")[0] for one in reading.readings_of(teacher, to_sign)}

    names = [people[key].formal_name for key in ("guardian", "other_guardian")]
    assert {name: said()[name] for name in names} == dict.fromkeys(names, "pas encore ouvert")
    client.sit(people["cpe"])
    assert "Pas encore ouverte" in client.get(reverse("conduct:punitions")).content.decode()
    client.sit(people["other_guardian"]).get(followed)
    assert [said()[name] for name in names] == ["pas encore ouvert", "lu"]
    # Opened is not seen: the button still waits for them.
    assert reverse("conduct:acknowledge", kwargs={"pk": to_sign.pk}) in client.get(followed).content.decode()
    punitions.acknowledge(seat_of("guardian"), to_sign)
    assert [said()[name] for name in names] == ["vu", "lu"]
    client.sit(people["teacher"])
    rows = reading.rows_of(reading.with_hours(Punition.objects.filter(pk=to_sign.pk)))
    assert reading.opened_among(teacher, rows) == {to_sign.pk}
    for key in ("guardian", "other_guardian", "pupil"):
        assert reading.readings_of(seat_of(key), to_sign) == []
    other = client.sit(people["guardian"]).get(followed).content.decode()
    assert people["other_guardian"].formal_name not in other.split("<main")[1]
    clock.shift(timedelta(minutes=1))
    punitions.cancel(seat_of("teacher"), to_sign, "Erreur")
    to_sign.refresh_from_db()
    assert [said()[name] for name in names] == ["vu", "lu"]


def test_a_punition_taken_back_was_opened_by_nobody(to_sign: Punition, seat_of: Any) -> None:
    punitions.cancel(seat_of("teacher"), to_sign, "Erreur")
    to_sign.refresh_from_db()
    sentences = {one.said for one in reading.readings_of(seat_of("teacher"), to_sign)}
    assert sentences == {"pas encore ouvert"}


def test_an_agreement_is_awaited_of_whoever_has_not_given_theirs(college: World, seat_of: Any) -> None:
    measure = Responsibility.objects.create(
        school=college.school,
        sanction=own_measure(college),
        host="Mairie",
        is_outside=True,
        task="x",
        hours=4,
    )
    page = reverse("conduct:sanction", kwargs={"pk": measure.sanction_id})

    def asked() -> set[str]:
        keys = ("pupil", "guardian", "other_guardian", "head")
        return {key for key in keys if page in [one.url for one in awaited_of(seat_of(key))]}

    assert asked() == {"pupil", "guardian", "other_guardian"}
    engagements.agree(seat_of("guardian"), measure)
    assert asked() == {"pupil"}


def test_the_home_lists_incidents_as_their_page_does_newest_first(college: World, seat_of: Any) -> None:
    Incident.objects.all().delete()
    days = [NOW.date() - timedelta(days=number) for number in (3, 0, 9, 1)]
    for day in days:
        Incident.objects.create(
            school=college.school,
            reported_by=college.people["teacher"],
            kind="other",
            place="yard",
            day=day,
            facts="Un ballon perdu.",
            reported_at=NOW,
        )
    head = seat_of("cpe")
    shown = [row.day for row in reading_incidents.incidents_to_handle(head)]
    page = list(
        reading_incidents.lines_of(Incident.objects.visible_to(head).open()).values_list("day", flat=True)
    )
    assert shown == page == sorted(days, reverse=True)


def test_the_home_says_how_many_incidents_wait_and_shows_the_newest(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    Incident.objects.all().update(state=Incident.State.SETTLED)
    for world in (college, twin):
        for number in range(7):
            Incident.objects.create(
                school=world.school,
                reported_by=world.people["teacher"],
                reported_at=NOW,
                day=DAY - timedelta(days=number),
                place="yard",
                kind="scuffle",
                facts=world.named("Bousculade"),
            )
    page = client.sit(college.people["cpe"]).get(reverse("portal:home")).content.decode()
    assert "7 incidents à traiter" in page
    shown = [row.day for row in reading_incidents.incidents_to_handle(seat_of("cpe"))]
    assert shown == [DAY - timedelta(days=number) for number in range(5)]


@pytest.mark.parametrize(("name", "field"), [("give", "pupils"), ("report", "concerned")])
def test_a_pupil_is_found_by_name_whatever_the_class_and_what_was_typed_stays(
    college: World, twin: World, client: SchoolClient, name: str, field: str
) -> None:
    far = Person.objects.create(family_name="Zéphyrin", given_name="Maël", search_name="zephyrin mael")
    Holding.objects.create(person=far, role=Role.PUPIL, school=college.school)
    elsewhere = Person.objects.create(
        family_name="Zéphyrin", given_name="Autre", search_name="zephyrin autre"
    )
    Holding.objects.create(person=elsewhere, role=Role.PUPIL, school=twin.school)
    kept = college.people["pupil"]
    client.sit(college.people["cpe"])
    address = reverse(f"conduct:{name}")
    assert "Trouver un élève par son nom" in client.get(address).content.decode()
    typed = {
        "nom": "Zephy",
        "geste": "nom",
        field: [kept.pk],
        "why": "Un fait précis.",
        "facts": "Un fait précis.",
    }
    page = client.post(address, typed).content.decode()
    assert far.list_name in page and elsewhere.list_name not in page
    assert kept.list_name in page and "Un fait précis." in page
    # Enter in the field, while nobody is ticked, looks for the name too.
    assert far.list_name in client.post(address, {"nom": "Zephy"}).content.decode()
    assert not Punition.objects.filter(pupil=far).exists()
