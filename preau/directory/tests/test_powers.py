"""What a head gives until a day: who may be given what, what it opens, for whom it is done; and the page of who may do what."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory import rules
from preau.directory.actions import powers as actions
from preau.directory.boards import more_verbs, powers, verbs_of
from preau.directory.models import Delivery, Guardianship, Holding, Leaver, Person
from preau.directory.queries.powers import roles_here
from preau.directory.rules import departures, settings
from preau.directory.rules.powers import gives_powers, invites_guests, reads_lists
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import DIRECTORY, LISTS, SETTINGS, Profile, Role
from preau.foundation import boards, journal

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
UNTIL = TODAY + timedelta(days=7)
# Published by attendance.
ABSENCES = "absences"
GIVEN = reverse("directory:administrators")
POWERS = reverse("directory:powers")


def holding_of(world: World, key: str) -> Holding:
    return Holding.objects.get(person=world.people[key], school=world.school)


@pytest.fixture
def given(college: World, seat_of: Any) -> Any:
    """`given("teacher", DIRECTORY)`: the viewer of somebody to whom the head has just given a power, for a week."""

    def build(key: str, *keys: str) -> Viewer:
        for power in keys:
            actions.give(seat_of("head"), holding_of(college, key), power, UNTIL)
        found: Viewer = seat_of(key)
        return found

    return build


# What each power opens


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        (SETTINGS, settings.runs_settings),
        (DIRECTORY, rules.keeps_directory),
        (DIRECTORY, rules.reads_families),
        (DIRECTORY, departures.may_let_go),
    ],
)
def test_a_power_opens_what_its_function_opens(given: Any, seat_of: Any, key: str, rule: Any) -> None:
    assert not rule(seat_of("teacher"))
    assert rule(given("teacher", key))


def test_the_directory_that_was_given_is_not_all_of_it(college: World, given: Any) -> None:
    """Neither the whole export, nor a judge's decision, nor the agreement to a mass departure goes with it."""
    teacher = given("teacher", DIRECTORY)
    assert not rules.exports_directory(teacher)
    link = Guardianship.objects.filter(pupil=college.people["pupil"])[0]
    assert not rules.keeps_family(teacher, link)
    delivery = Delivery(school=college.school, state=Delivery.State.BLOCKED)
    assert rules.decides_on(teacher, delivery) and not rules.may_approve(teacher, delivery)
    assert not gives_powers(teacher) and not invites_guests(teacher)


def test_what_is_seen_follows_what_was_given(college: World, given: Any, seat_of: Any) -> None:
    gone = Person.objects.create(family_name="Parti", given_name="Ana")
    Holding.objects.create(
        person=gone, role=Role.PUPIL, school=college.school, ends=TODAY - timedelta(days=3)
    )
    assert not Leaver.objects.visible_to(seat_of("teacher")).exists()
    assert not Guardianship.objects.visible_to(seat_of("teacher")).exists()
    teacher = given("teacher", DIRECTORY)
    assert list(Leaver.objects.visible_to(teacher)) == [Leaver.objects.get(pk=gone.pk)]
    followed = Guardianship.objects.visible_to(teacher)
    assert followed.filter(pupil=college.people["pupil"]).exists()


def test_a_cook_who_follows_absences_sees_the_pupils_of_the_school(college: World, holder: Any) -> None:
    cook = holder(Role.OTHER)
    pupil = college.people["pupil"]
    assert pupil not in Person.objects.visible_to(cook)
    Holding.objects.filter(person=cook.person).update(
        scope={key: {"until": UNTIL.isoformat(), "by": college.people["head"].pk} for key in (SETTINGS,)}
    )
    assert pupil not in Person.objects.visible_to(viewer_for(cook.person, 0, NOW))
    Holding.objects.filter(person=cook.person).update(
        scope={ABSENCES: {"until": UNTIL.isoformat(), "by": college.people["head"].pk}}
    )
    assert pupil in Person.objects.visible_to(viewer_for(cook.person, 0, NOW))


def test_nothing_is_given_beyond_the_profiles_it_is_for(college: World, holder: Any) -> None:
    """What was written beside the name of a pupil opens nothing; to agents, the lists and what is done in class."""
    for role in (Role.PUPIL, Role.TEACHER, Role.AGENT):
        person = Person.objects.create(family_name="Autre", given_name="Ada")
        scope = {power.key: {"until": UNTIL.isoformat(), "by": college.people["head"].pk} for power in powers}
        Holding.objects.create(person=person, role=role, school=college.school, scope=scope)
        viewer = viewer_for(person, 0, NOW)
        opened = {power.key for power in powers if viewer.was_given(power.key)}
        assert opened == {power.key for power in powers if role.profile in power.to}
    assert {power.key for power in powers if Profile.AGENT in power.to} == {LISTS, "records"}


def test_a_cook_to_whom_the_lists_were_given_has_the_lists_alone(college: World, holder: Any) -> None:
    cook = holder(Role.OTHER)
    given = {LISTS: {"until": UNTIL.isoformat(), "by": college.people["head"].pk}}
    Holding.objects.filter(person=cook.person).update(scope=given)
    again = viewer_for(cook.person, 0, NOW)
    assert reads_lists(again) and not reads_lists(cook)
    assert college.people["pupil"] not in Person.objects.visible_to(again)


@pytest.mark.parametrize("key", sorted(power.key for power in powers))
def test_who_has_each_power_by_their_function(holder: Any, key: str) -> None:
    expected = {
        SETTINGS: {Role.HEAD},
        DIRECTORY: {Role.HEAD, Role.SECRETARY},
        LISTS: {Role.HEAD, Role.SECRETARY},
        ABSENCES: {Role.HEAD, Role.SCHOOL_LIFE},
        "incidents": {Role.HEAD, Role.SCHOOL_LIFE},
        "marks": {Role.HEAD, Role.SCHOOL_LIFE},
        "early": {Role.HEAD, Role.SCHOOL_LIFE},
        "timetable": {Role.HEAD, Role.SECRETARY},
        "cover": {Role.HEAD, Role.SECRETARY},
        "records": {Role.HEAD, Role.SCHOOL_LIFE, Role.LIBRARIAN, Role.ASSISTANT},
        "data_rights": {Role.HEAD},
        "mediacentre": {Role.HEAD, Role.LIBRARIAN},
        "records_health": {Role.NURSE},
        # Nobody by their function: the head gives them, one by one.
        "records_social": set(),
        "records_psychology": set(),
        "qualify_resources": set(),
    }
    assert {role for role in Role if holder(role).has_power(key)} == expected[key]


# Until a day


def test_a_power_ends_with_its_day_with_the_role_and_when_it_is_taken_back(
    college: World, given: Any, seat_of: Any
) -> None:
    assert rules.keeps_directory(given("teacher", DIRECTORY))
    last, after = (NOW + timedelta(days=days) for days in (7, 8))
    assert rules.keeps_directory(seat_of("teacher", at=last))
    assert not rules.keeps_directory(seat_of("teacher", at=after))
    holding = holding_of(college, "teacher")
    actions.take_back(seat_of("head"), holding, DIRECTORY)
    assert not rules.keeps_directory(seat_of("teacher"))
    # Another power stays.
    given("teacher", DIRECTORY, SETTINGS)
    actions.take_back(seat_of("head"), holding, DIRECTORY)
    assert settings.runs_settings(seat_of("teacher")) and not rules.keeps_directory(seat_of("teacher"))


def test_a_second_click_writes_nothing(college: World, given: Any, seat_of: Any) -> None:
    given("teacher", DIRECTORY)
    lines, news = Line.objects.count(), Item.objects.count()
    given("teacher", DIRECTORY)
    assert (Line.objects.count(), Item.objects.count()) == (lines, news)
    for _ in range(2):
        actions.take_back(seat_of("head"), holding_of(college, "teacher"), DIRECTORY)
    assert Line.objects.filter(verb="directory.power_taken_back").count() == 1


def test_whoever_is_given_something_is_told_and_reads_it_on_their_home(
    college: World, given: Any, client: SchoolClient
) -> None:
    given("teacher", DIRECTORY)
    item = Item.objects.get(person=college.people["teacher"], kind="directory.power_given")
    assert item.facts["power"] == "Tenir l’annuaire" and item.facts["giver"] == "Mme Carpentier"
    client.sit(college.people["teacher"])
    page = client.get("/").content.decode()
    assert "Ce qui vous est confié" in page and "Tenir l’annuaire" in page
    assert "1er décembre 2026" in page and "Hélène Carpentier" in page
    assert "Ce qui vous est confié" not in client.sit(college.people["teacher_1"]).get("/").content.decode()


# A for B


def test_what_is_done_with_a_power_is_done_for_whoever_gave_it(
    college: World, given: Any, client: SchoolClient
) -> None:
    given("teacher", SETTINGS)
    client.sit(college.people["teacher"]).post(reverse("directory:look"), {"palette": "nuit"})
    line = Line.objects.get(verb="directory.palette_changed")
    assert line.actor == college.people["teacher"]
    assert line.details == {"palette": "nuit", journal.FOR: college.people["head"].pk}
    # The head does the same by function: for nobody.
    client.sit(college.people["head"]).post(reverse("directory:look"), {"palette": "ocean"})
    assert journal.FOR not in Line.objects.filter(verb="directory.palette_changed").latest("pk").details
    page = client.get(reverse("journal:changes")).content.decode()
    assert "Claire Moreau pour Hélène Carpentier" in " ".join(page.split())
    shown = client.get(reverse("journal:changes"), {"qui": "delegations"}).content.decode()
    assert "Couleurs changées" in shown and "Bleu nuit" in shown and "Bleu océan" not in shown


def test_what_a_function_allows_is_done_for_nobody(college: World, seat_of: Any, given: Any) -> None:
    secretary = given("secretary", SETTINGS)
    assert secretary.stands_in_for("directory.palette_changed") == college.people["head"].pk
    assert secretary.stands_in_for("directory.delivery_brought") is None
    assert secretary.stands_in_for("identity.signed_in") is None


def test_a_delivery_says_for_whom_it_was_brought(college: World, given: Any, client: SchoolClient) -> None:
    teacher = given("teacher", DIRECTORY)
    for viewer in (teacher, given("secretary")):
        Delivery.objects.create(
            school=college.school,
            brought_by=viewer.person,
            brought_for_id=viewer.stands_in_for("directory.delivery_brought"),
            state=Delivery.State.DONE,
        )
    page = client.sit(college.people["head"]).get(reverse("directory:deliveries")).content.decode()
    assert "Claire Moreau pour Hélène Carpentier" in page
    assert "Paul Giraud" in page and "Paul Giraud pour" not in page


def test_the_verbs_of_the_powers_are_those_of_the_journal() -> None:
    known = {word.verb for word in boards.journal_words}
    for power in powers:
        assert power.verbs and verbs_of(power) <= known, power.key
    assert {more.power for more in more_verbs} <= {power.key for power in powers}


def test_a_giver_who_was_erased_leaves_the_line_readable(
    college: World, given: Any, client: SchoolClient
) -> None:
    Line.objects.create(
        verb="directory.hours_changed",
        actor=college.people["teacher"],
        school=college.school,
        details={"fields": "opens_at", journal.FOR: 10**9},
    )
    page = client.sit(college.people["head"]).get(reverse("journal:changes"))
    assert page.status_code == 200 and "Horaires changés" in page.content.decode()


# The page where the head gives


def test_the_head_gives_a_power_on_the_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    assert "Rien n’est confié" in client.get(GIVEN).content.decode()
    form = {"power": DIRECTORY, "holding": holding_of(college, "teacher").pk, "until": UNTIL.isoformat()}
    page = client.post(GIVEN, form, follow=True).content.decode()
    assert "Claire Moreau" in page and "Tenir l’annuaire" in page and "1er décembre 2026" in page
    back = reverse("directory:end_delegation", kwargs={"pk": form["holding"]})
    assert client.post(back, {"power": "rien"}).status_code == 404
    assert "Rien n’est confié" in client.post(back, {"power": DIRECTORY}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("key", "change", "said"),
    [
        ("secretary", {"power": DIRECTORY}, "déjà ce droit par sa fonction"),
        ("teacher", {"power": "rien"}, "Choisissez un droit de la liste"),
        ("teacher", {"power": ""}, "Choisissez le droit à confier"),
        ("teacher", {"until": "2026-11-23"}, "entre aujourd’hui et dans un an"),
        ("teacher", {"until": "2027-12-25"}, "entre aujourd’hui et dans un an"),
        ("pupil", {}, "une personne de votre établissement"),
        ("head", {}, "une personne de votre établissement"),
    ],
)
def test_what_may_not_be_given_is_said(
    college: World, client: SchoolClient, key: str, change: dict[str, str], said: str
) -> None:
    form = {"power": DIRECTORY, "holding": holding_of(college, key).pk, "until": UNTIL.isoformat()} | change
    response = client.sit(college.people["head"]).post(GIVEN, form)
    assert response.status_code == 422 and said in response.content.decode()
    assert not Holding.objects.filter(school=college.school).exclude(scope={}).exists()


# Who may do what


def test_the_staff_reads_what_each_function_opens(
    college: World, twin: World, client: SchoolClient, given: Any
) -> None:
    given("teacher", DIRECTORY)
    actions.give(viewer_for(twin.people["head"], 0, NOW), holding_of(twin, "teacher"), SETTINGS, UNTIL)
    page = client.sit(college.people["teacher_1"]).get(POWERS).content.decode()
    for words in ("Enseignant", "Vie scolaire", "Secrétariat", "Parent ou responsable", "Tout le monde"):
        assert words in page
    assert "Tenir l’annuaire, jusqu’au 1er décembre 2026, pour Hélène Carpentier" in page
    assert ">Voir qui<" not in page and "Confier un droit" not in page and TWIN not in page
    for key in ("guardian", "pupil"):
        assert SchoolClient().sit(college.people[key]).get(POWERS).status_code == 403


def test_the_names_in_a_function_are_for_who_keeps_the_directory(
    college: World, client: SchoolClient
) -> None:
    page = client.sit(college.people["secretary"]).get(POWERS, {"fonction": "teacher"}).content.decode()
    assert "MOREAU Claire" in page
    teacher = SchoolClient().sit(college.people["teacher"]).get(POWERS, {"fonction": "teacher"})
    assert "MOREAU Claire" not in teacher.content.decode()
    # A pupil is looked for, not browsed; a wrong function is the whole page.
    for wrong in ("pupil", "n’importe"):
        assert "Tout le monde" in client.get(POWERS, {"fonction": wrong}).content.decode()


def test_the_page_says_what_the_rules_say(college: World, seat_of: Any, holder: Any) -> None:
    """It asks the rules for somebody who holds the function alone: what a real one sees in their menu."""
    shared, rows = roles_here(seat_of("teacher"))
    by_key = {row.key: row for row in rows}
    assert set(by_key) == {role.value for role in Role if role != Role.OPERATOR} | {"guardian"}
    for role in (Role.HEAD, Role.SECRETARY, Role.TEACHER, Role.SCHOOL_LIFE, Role.OTHER, Role.NURSE):
        real = holder(role)
        seen = {str(e.label) for e, seated in boards.offered(boards.menu, real) if e.open_to(seated)}
        assert set(by_key[role.value].opened.pages) | set(shared.pages) == seen, role
    assert by_key["teacher"].count == 5 and by_key["head"].count == 1
    assert "Réglages" in by_key["head"].opened.pages and "Droits confiés" in by_key["head"].opened.settings
    # What is open to the world, and nothing of a school.
    assert by_key["agent"].opened.pages == ("Ressources", "Annales d’examens")


def test_a_closed_service_is_not_on_the_page(college: World, client: SchoolClient, seat_of: Any) -> None:
    assert any("Vie scolaire" in row.opened.pages for row in roles_here(seat_of("head"))[1])
    college.school.services = {"attendance": {"off": True}}
    college.school.save()
    assert not any("Vie scolaire" in row.opened.pages for row in roles_here(seat_of("head"))[1])
