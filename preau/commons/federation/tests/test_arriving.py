"""Who has come, here: by a link, by a key of the directory, never by a name alone; and what each is answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.commons.federation.actions import arriving
from preau.commons.federation.models import Coming, Link, Provider
from preau.commons.federation.queries import matching, providers
from preau.commons.federation.tests.coming import provider_of, request_of
from preau.commons.federation.words import Arrival, Audience, Refusal, Why
from preau.commons.notifications.models import Item
from preau.directory.models import ExternalId, Guardianship, Guest, Holding, Person, Territory
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Authority, Profile, Role
from preau.identity import sessions
from preau.identity.models import Account
from preau.identity.tests.test_second_proof import install

RULES = {
    "FrEduVecteur": "vector",
    "FrEduCtRefId": "reference",
    "ENTPersonJointure": "jointure",
    "ctemail": "email",
}


def numbered(world: World, person: Person, number: str) -> None:
    """The number under which the school's own software knows a pupil."""
    ExternalId.objects.create(
        source="siecle", authority=f"uai:{world.school.uai}", kind="person", value=number, person=person
    )


def vector(world: World, profile: str, number: str, person: Person | None = None) -> str:
    named = f"{person.family_name.upper()}|{person.given_name}" if person else "|"
    return f"{profile}|{named}|{number}|{world.school.uai}"


def come(provider: Provider, subject: str = "s-1", **facts: Any) -> Viewer | Refusal:
    attributes = {name: value if isinstance(value, list) else [value] for name, value in facts.items()}
    return arriving.arrive(request_of(), provider, Arrival(subject, attributes))


def who(outcome: Viewer | Refusal) -> Person | str:
    return outcome.person if isinstance(outcome, Viewer) else outcome.why


@pytest.fixture
def everybody(college: World) -> Provider:
    return provider_of(rules=RULES, authority="14", domains=["ac-exemple.fr"])


@pytest.fixture
def families(college: World) -> Provider:
    return provider_of(name="EduConnect", audience=Audience.FAMILIES, rules=RULES)


def test_a_pupil_comes_by_the_number_of_their_school(college: World, families: Provider) -> None:
    pupil = college.people["pupil"]
    numbered(college, pupil, "701294")
    assert who(come(families, FrEduVecteur=vector(college, "4", "701294"))) == pupil
    link = Link.objects.get()
    assert (link.person, link.subject, link.how) == (pupil, "s-1", "vector")


@pytest.mark.parametrize(
    "value",
    [
        "4|||701294",
        "4|||701294|0359999Z",
        "4||||0350001A",
        "5|||701294|{uai}",
        "|||701294|{uai}",
        "4|||7012940|{uai}",
        "",
        "|" * 4,
        "4|||701294|{uai}|x",
    ],
)
def test_what_is_not_a_vector_of_the_school_names_nobody(
    college: World, families: Provider, value: str
) -> None:
    numbered(college, college.people["pupil"], "701294")
    assert who(come(families, FrEduVecteur=value.replace("{uai}", college.school.uai))) == Why.UNKNOWN
    assert not Link.objects.exists()


def test_a_mother_of_two_children_in_two_schools_is_one_person(
    college: World, twin: World, families: Provider
) -> None:
    mother, child, other = college.people["guardian"], college.people["pupil"], twin.people["pupil"]
    Guardianship.objects.create(pupil=other, guardian=mother, authority=Authority.LEGAL)
    numbered(college, child, "1")
    numbered(twin, other, "1")
    viewer = come(families, FrEduVecteur=[vector(college, "2", "1", mother), vector(twin, "1", "1", mother)])
    assert who(viewer) == mother
    assert isinstance(viewer, Viewer)
    assert set(viewer.own_pupils()) >= {child.pk, other.pk}
    assert Link.objects.count() == 1


def test_a_guardian_is_of_that_child_and_bears_that_name(college: World, families: Provider) -> None:
    child, mother = college.people["pupil"], college.people["guardian"]
    stranger = Person.objects.create(family_name=mother.family_name, given_name=mother.given_name)
    numbered(college, child, "1")
    assert (
        who(come(families, FrEduVecteur=f"2|Inconnue|{mother.given_name}|1|{college.school.uai}"))
        == Why.UNKNOWN
    )
    assert who(come(families, FrEduVecteur=f"2|{mother.family_name}||1|{college.school.uai}")) == Why.UNKNOWN
    assert who(come(families, FrEduVecteur=vector(college, "2", "1", stranger))) == mother


def test_two_parents_of_one_name_are_not_told_apart(college: World, families: Provider) -> None:
    child, mother = college.people["pupil"], college.people["guardian"]
    homonym = Person.objects.create(family_name=mother.family_name, given_name=mother.given_name)
    Guardianship.objects.create(pupil=child, guardian=homonym, authority=Authority.LEGAL)
    numbered(college, child, "1")
    assert who(come(families, FrEduVecteur=vector(college, "2", "1", mother))) == Why.SEVERAL
    assert not Link.objects.exists()
    notices = Item.objects.filter(kind="federation.several")
    assert college.people["head"].pk in notices.values_list("person_id", flat=True)
    assert mother.family_name not in str(list(notices.values_list("facts", flat=True)))


def test_a_parent_who_lost_their_rights_is_not_named_by_the_child(college: World, families: Provider) -> None:
    child, mother = college.people["pupil"], college.people["guardian"]
    numbered(college, child, "1")
    Guardianship.objects.filter(guardian=mother, pupil=child).update(may_not_be_informed=True)
    assert who(come(families, FrEduVecteur=vector(college, "2", "1", mother))) == Why.UNKNOWN


def test_a_jointure_is_that_of_its_academie(college: World, everybody: Provider) -> None:
    teacher = college.people["teacher"]
    ExternalId.objects.create(source="aaf", authority="14", kind="person", value="123", person=teacher)
    for attributes in (
        {"FrEduCtRefId": "{AAF}15|x|123"},
        {"FrEduCtRefId": "{ECT}14|x|123"},
        {"FrEduCtRefId": "{AAF}14|123"},
        {"ENTPersonJointure": "AC-STRASBOURG$123"},
    ):
        assert who(come(everybody, **attributes)) == Why.UNKNOWN, attributes
    for number, attributes in enumerate(
        (
            {"FrEduCtRefId": "{AAF}014|x|123"},
            {"FrEduCtRefId": ["{AAF}14|x|123", "{ECT}9"]},
            {"ENTPersonJointure": "AC-RENNES$123"},
            {"ENTPersonJointure": "123"},
        )
    ):
        assert who(come(everybody, f"s-{number}", **attributes)) == teacher, attributes


def test_a_bare_jointure_without_an_academie_names_nobody(college: World, families: Provider) -> None:
    ExternalId.objects.create(
        source="aaf", authority="14", kind="person", value="123", person=college.people["pupil"]
    )
    assert who(come(families, ENTPersonJointure="123")) == Why.UNKNOWN


def test_a_professional_mail_is_of_somebody_who_works(college: World, everybody: Provider) -> None:
    teacher, mother = college.people["teacher"], college.people["guardian"]
    Person.objects.filter(pk=teacher.pk).update(email="Claire.Moreau@ac-exemple.fr")
    Person.objects.filter(pk=mother.pk).update(email="maman@ac-exemple.fr")
    assert who(come(everybody, "a", ctemail="maman@ac-exemple.fr")) == Why.UNKNOWN
    Person.objects.filter(pk=college.people["cpe"].pk).update(email="cpe@ailleurs.example")
    assert who(come(everybody, "b", ctemail="cpe@ailleurs.example")) == Why.UNKNOWN
    assert who(come(everybody, "c", ctemail="claire.moreau@ac-exemple.fr")) == teacher


def test_a_guest_of_another_school_does_not_stand_in_the_way_of_a_teacher(
    college: World, twin: World, everybody: Provider
) -> None:
    teacher = college.people["teacher"]
    Person.objects.filter(pk=teacher.pk).update(email="claire@ac-exemple.fr")
    guest = Person.objects.create(family_name="Autre", given_name="Claire", email="claire@ac-exemple.fr")
    held = Holding.objects.create(person=guest, role=Role.TEACHER, school=twin.school)
    Guest.objects.create(holding=held, reason="Remplacement", invited_at=NOW)
    assert who(come(everybody, ctemail="claire@ac-exemple.fr")) == teacher


def test_keys_that_name_two_people_let_nobody_in(college: World, everybody: Provider) -> None:
    numbered(college, college.people["pupil"], "1")
    ExternalId.objects.create(
        source="aaf", authority="14", kind="person", value="2", person=college.people["teacher"]
    )
    outcome = come(everybody, FrEduVecteur=vector(college, "4", "1"), FrEduCtRefId="{AAF}14|x|2")
    assert who(outcome) == Why.SEVERAL
    assert not Link.objects.exists()


def test_a_link_that_the_directory_contradicts_opens_nothing(college: World, everybody: Provider) -> None:
    """A provider that gives a name again to somebody else."""
    Link.objects.create(provider=everybody, subject="s-1", person=college.people["teacher"], made_at=NOW)
    numbered(college, college.people["pupil"], "1")
    assert who(come(everybody, FrEduVecteur=vector(college, "4", "1"))) == Why.SEVERAL


def test_a_link_that_was_cut_is_not_made_again_by_itself(college: World, everybody: Provider) -> None:
    pupil = college.people["pupil"]
    numbered(college, pupil, "1")
    Link.objects.create(provider=everybody, subject="s-1", person=pupil, made_at=NOW, cut_at=NOW)
    assert who(come(everybody, FrEduVecteur=vector(college, "4", "1"))) == Why.UNKNOWN


def test_the_families_provider_opens_families_alone(college: World, families: Provider) -> None:
    """A teacher who is a mother, by EduConnect: her child, and not her classes."""
    teacher = college.people["teacher_1"] if "teacher_1" in college.people else college.people["teacher"]
    Guardianship.objects.get_or_create(
        pupil=college.people["pupil"], guardian=teacher, defaults={"authority": Authority.LEGAL}
    )
    Link.objects.create(provider=families, subject="s-1", person=teacher, made_at=NOW)
    viewer = come(families)
    assert isinstance(viewer, Viewer)
    assert {seat.profile for seat in viewer.seats} == {Profile.GUARDIAN}


def opened(browser: SchoolClient, provider: Provider, arrival: Arrival) -> Viewer | Refusal:
    """Whoever comes by a provider in this browser."""
    request = request_of()
    request.session = browser.session
    outcome = arriving.arrive(request, provider, arrival)
    request.session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return outcome


@pytest.fixture
def mother(college: World, families: Provider) -> Person:
    """A teacher who is a mother, and whom the families' provider knows as « s-1 »."""
    teacher = college.people["teacher"]
    Guardianship.objects.get_or_create(
        pupil=college.people["pupil"], guardian=teacher, defaults={"authority": Authority.LEGAL}
    )
    Link.objects.create(provider=families, subject="s-1", person=teacher, made_at=NOW)
    return teacher


def test_a_session_of_the_family_changes_nothing_that_opens_the_whole_account(
    client: SchoolClient, mother: Person, families: Provider
) -> None:
    opened(client, families, Arrival("s-1", is_fresh=True))
    assert client.post(reverse("identity:passkey_options")).status_code == 403
    for name, typed in (
        ("add_passkey", {"name": "x"}),
        ("second_proof", {"geste": "codes"}),
        ("install_second_proof", {}),
    ):
        page = client.post(reverse(f"identity:{name}"), typed, follow=True).content.decode()
        assert "cette session n’ouvre que votre famille" in page, name
    # Nor is it sent to set up what it may not.
    Account.objects.filter(person=mother).update(proves_from=NOW.date())
    assert client.get("/profil/").status_code == 200
    assert SchoolClient().sit(mother).get("/profil/").status_code == 302


def test_a_mother_who_works_nowhere_here_adds_a_key(
    client: SchoolClient, college: World, families: Provider
) -> None:
    Link.objects.create(provider=families, subject="s-1", person=college.people["guardian"], made_at=NOW)
    opened(client, families, Arrival("s-1", is_fresh=True))
    assert client.get(reverse("identity:add_passkey")).status_code == 200


def test_the_second_step_opens_the_family_alone_too(
    client: SchoolClient, mother: Person, families: Provider, seat_of: Any
) -> None:
    _, codes = install(seat_of("teacher"))
    assert opened(client, families, Arrival("s-1")) == Refusal(Why.SECOND_PROOF)
    assert client.post(reverse("identity:second_step"), {"recovery": codes[0]}).status_code == 302
    assert client.session[sessions.PROFILES] == [Profile.PUPIL, Profile.GUARDIAN]


@pytest.mark.parametrize("key", ["teacher", "cpe", "head"])
def test_who_only_works_does_not_come_by_the_families_provider(
    college: World, families: Provider, key: str
) -> None:
    Guardianship.objects.filter(guardian=college.people[key]).delete()
    Link.objects.create(provider=families, subject="s-1", person=college.people[key], made_at=NOW)
    assert who(come(families)) == Why.NOT_FOR_THEM


def test_families_do_not_come_by_the_provider_of_the_staff(college: World) -> None:
    provider = provider_of(audience=Audience.STAFF)
    for key, expected in (
        ("guardian", Why.NOT_FOR_THEM),
        ("pupil", Why.NOT_FOR_THEM),
        ("cpe", college.people["cpe"]),
    ):
        Link.objects.create(provider=provider, subject=key, person=college.people[key], made_at=NOW)
        assert who(come(provider, key)) == expected


def test_the_provider_of_a_school_lets_in_whom_its_head_could_let_in(college: World, twin: World) -> None:
    provider = provider_of(school=college.school)
    for key, expected in (("teacher", "in"), ("guardian", "in"), ("pupil", "in"), ("head", Why.NOT_FOR_THEM)):
        Link.objects.create(provider=provider, subject=key, person=college.people[key], made_at=NOW)
        outcome = come(provider, key)
        assert (outcome.why if isinstance(outcome, Refusal) else "in") == expected, key
    Link.objects.create(provider=provider, subject="twin", person=twin.people["teacher"], made_at=NOW)
    assert who(come(provider, "twin")) == Why.NOT_FOR_THEM


def test_the_provider_of_a_school_says_nothing_of_the_people_of_others(college: World, twin: World) -> None:
    provider = provider_of(school=college.school, rules=RULES, authority="14")
    gone = Person.objects.create(family_name="Partie", given_name="Ada")
    people = (
        twin.people["teacher"],
        twin.people["cpe"],
        gone,
        college.people["teacher"],
        college.people["cpe"],
    )
    for number, person in enumerate(people):
        ExternalId.objects.create(
            source="aaf", authority="14", kind="person", value=f"{number}", person=person
        )
    for subject, numbers, expected in (
        ("a", "0", Why.UNKNOWN),
        ("b", "2", Why.UNKNOWN),
        ("c", "01", Why.UNKNOWN),
        ("d", "34", Why.SEVERAL),
        ("e", "3", people[3]),
    ):
        assert who(come(provider, subject, ENTPersonJointure=list(numbers))) == expected, numbers


def test_an_operator_signs_in_here(college: World, everybody: Provider) -> None:
    person = Person.objects.create(family_name="Autre", given_name="Personne")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    Link.objects.create(provider=everybody, subject="s-1", person=person, made_at=NOW)
    assert who(come(everybody)) == Why.NOT_FOR_THEM


def test_the_provider_of_a_territory_is_for_its_schools(college: World, twin: World) -> None:
    region = Territory.objects.create(kind=Territory.Kind.REGION, code="99", name="Région")
    part = Territory.objects.create(
        kind=Territory.Kind.DEPARTEMENT, code="99", name="Département", parent=region
    )
    type(college.school).objects.filter(pk=college.school.pk).update(territory=part)
    provider = provider_of(territory=region)
    for key, world in (("in", college), ("out", twin)):
        Link.objects.create(provider=provider, subject=key, person=world.people["cpe"], made_at=NOW)
    assert who(come(provider, "in")) == college.people["cpe"]
    assert who(come(provider, "out")) == Why.NOT_FOR_THEM


def test_somebody_without_a_role_any_more_is_told_so(college: World, everybody: Provider) -> None:
    teacher = college.people["cpe"]
    Holding.objects.filter(person=teacher).update(ends=NOW.date())
    Guardianship.objects.filter(guardian=teacher).delete()
    Link.objects.create(provider=everybody, subject="s-1", person=teacher, made_at=NOW)
    assert who(come(everybody)) == Why.NO_ROLE


def test_a_closed_account_stays_closed(college: World, everybody: Provider) -> None:
    Account.objects.filter(person=college.people["cpe"]).update(is_active=False)
    Link.objects.create(provider=everybody, subject="s-1", person=college.people["cpe"], made_at=NOW)
    assert who(come(everybody)) == Why.CLOSED


def test_nobody_is_created(college: World, everybody: Provider) -> None:
    people = Person.objects.count()
    assert (
        who(come(everybody, family_name="Moreau", given_name="Claire", email="claire@ac-exemple.fr"))
        == Why.UNKNOWN
    )
    assert Person.objects.count() == people


def test_whoever_has_no_account_yet_gets_one_without_a_password(college: World, everybody: Provider) -> None:
    person = Person.objects.create(family_name="Neuve", given_name="Ada")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    ExternalId.objects.create(source="aaf", authority="14", kind="person", value="9", person=person)
    assert who(come(everybody, FrEduCtRefId="{AAF}14|x|9")) == person
    assert not Account.objects.get(person=person).has_usable_password()


def test_the_person_is_told_once_that_another_account_opens_theirs(
    college: World, everybody: Provider
) -> None:
    numbered(college, college.people["pupil"], "1")
    for _ in range(2):
        come(everybody, FrEduVecteur=vector(college, "4", "1"))
    notices = Item.objects.filter(kind="federation.linked", person=college.people["pupil"])
    assert notices.count() == 1


def test_a_provider_that_is_not_open_lets_nobody_in(college: World, everybody: Provider) -> None:
    Link.objects.create(provider=everybody, subject="s-1", person=college.people["cpe"], made_at=NOW)
    today = NOW.date()
    for facts in (
        {"is_on": False},
        {"opens_on": today + timedelta(days=1)},
        {"closes_on": today - timedelta(days=1)},
    ):
        row = Provider(
            **{field.attname: getattr(everybody, field.attname) for field in Provider._meta.fields} | facts
        )
        assert who(come(row)) == Why.OFF


SOME = st.lists(st.sampled_from(["1", "2", "3"]), max_size=3)


@hypothesis_settings(max_examples=25, deadline=None)
@given(first=SOME, second=SOME, references=SOME)
def test_a_subject_never_opens_two_people(
    college: World, everybody: Provider, first: list[str], second: list[str], references: list[str]
) -> None:
    """Whatever attributes come in whatever order: one person, always the same, or nobody."""
    people = [college.people[key] for key in ("pupil", "teacher", "cpe")]
    if not ExternalId.objects.filter(source="siecle").exists():
        numbered(college, people[0], "1")
        for number, person in enumerate(people, 1):
            ExternalId.objects.create(
                source="aaf", authority="14", kind="person", value=str(number), person=person
            )
    Link.objects.all().delete()
    identifiers = [f"{{AAF}}14|x|{reference}" for reference in references]
    opened = set()
    for numbers in (first, second):
        vectors = [vector(college, "4", number) for number in numbers]
        outcome = come(everybody, FrEduVecteur=vectors, FrEduCtRefId=identifiers)
        named = {people[int(reference) - 1].pk for reference in references} | (
            {people[0].pk} if "1" in numbers else set()
        )
        if isinstance(outcome, Viewer):
            opened.add(outcome.person.pk)
            assert named <= {outcome.person.pk}
        else:
            assert len(named) != 1 or opened - named
    assert len(opened) <= 1
    assert Link.objects.count() <= 1


@given(st.text(max_size=60))
@example("¨")
def test_whatever_is_written_reads_or_is_nothing(text: str) -> None:
    for read in (matching.vector_of, matching.reference_of, lambda one: matching.jointure_of(one, "")):
        read(text)
    assert all(matching.authorities_of(text))


# « Relier mon compte »


def pending(browser: SchoolClient, provider: Provider, subject: str = "s-1") -> None:
    """This browser has just come back from a provider, and nothing recognises its person."""
    request = request_of()
    request.session = browser.session
    assert arriving.arrive(request, provider, Arrival(subject)) == Refusal(Why.UNKNOWN)
    request.session.save()


def test_whoever_is_not_known_links_once_with_their_password(
    client: SchoolClient, college: World, everybody: Provider
) -> None:
    client.get("/connexion/")
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["session"] = session.session_key
    pending(client, everybody)
    page = client.get(reverse("federation:link"))
    assert "J’ai un code" in page.content.decode()
    client.post(
        "/connexion/", {"login": "maman", "password": "sous le préau", "suite": reverse("federation:link")}
    )
    page = client.get(reverse("federation:link")).content.decode()
    assert college.people["guardian"].full_name in page
    assert client.post(reverse("federation:link")).status_code == 302
    link = Link.objects.get()
    assert (link.person, link.how) == (college.people["guardian"], "")
    assert Coming.objects.filter(session=client.session.session_key, provider=everybody).exists()
    assert who(come(everybody)) == college.people["guardian"]
    assert client.post(reverse("federation:link")).status_code == 302


def test_what_waits_to_be_linked_waits_ten_minutes(
    client: SchoolClient, college: World, everybody: Provider, clock: Any
) -> None:
    client.sit(college.people["guardian"])
    pending(client, everybody)
    clock.shift(timedelta(minutes=11))
    client.post(reverse("federation:link"))
    assert not Link.objects.exists()


def test_a_session_that_a_provider_opened_links_nothing(
    client: SchoolClient, mother: Person, families: Provider, everybody: Provider
) -> None:
    """The account of the families would open the classes by another provider."""
    opened(client, families, Arrival("s-1", is_fresh=True))
    pending(client, everybody)
    assert client.post(reverse("federation:link")).status_code == 403
    assert not Link.objects.filter(provider=everybody).exists()


def test_a_session_left_open_links_nothing(
    client: SchoolClient, college: World, everybody: Provider, clock: Any
) -> None:
    client.sit(college.people["guardian"])
    clock.shift(timedelta(minutes=11))
    pending(client, everybody)
    assert client.post(reverse("federation:link"))["Location"].startswith("/confirmer/")
    assert not Link.objects.exists()


def test_nobody_takes_the_link_of_another(client: SchoolClient, college: World, everybody: Provider) -> None:
    client.sit(college.people["guardian"])
    pending(client, everybody)
    Link.objects.create(
        provider=everybody, subject="s-1", person=college.people["other_guardian"], made_at=NOW
    )
    assert client.post(reverse("federation:link")).status_code == 403
    assert Link.objects.get().person == college.people["other_guardian"]


def test_a_provider_that_is_for_others_is_not_linked(client: SchoolClient, college: World) -> None:
    provider = provider_of(audience=Audience.STAFF)
    client.sit(college.people["guardian"])
    pending(client, provider)
    assert client.post(reverse("federation:link")).status_code == 403
    assert not Link.objects.exists()


def test_links_are_read_and_cut_by_their_person(
    client: SchoolClient, college: World, everybody: Provider
) -> None:
    mine = Link.objects.create(
        provider=everybody, subject="s-1", person=college.people["guardian"], made_at=NOW
    )
    other = Link.objects.create(
        provider=everybody, subject="s-2", person=college.people["other_guardian"], made_at=NOW
    )
    client.sit(college.people["guardian"])
    session = client.session
    session["proved"] = int(NOW.timestamp())
    session.save()
    assert "Guichet" in client.get(reverse("federation:links")).content.decode()
    assert client.post(reverse("federation:cut", args=[other.public_id])).status_code == 404
    assert client.post(reverse("federation:cut", args=[mine.public_id])).status_code == 302
    mine.refresh_from_db()
    assert mine.cut_at == NOW
    assert providers.links_of(come_viewer(college), college.people["guardian"]) == []


def come_viewer(college: World) -> Viewer:
    person = college.people["guardian"]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is not None
    return viewer
