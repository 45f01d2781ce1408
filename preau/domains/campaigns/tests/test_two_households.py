"""Two households: neither reads where the other lives, nor is reached; on paper, on the pages, in files, by the API. What a parent
reads ends with their authority, and with what a pupil of age decides."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conftest import NOW, SchoolClient
from preau.directory.actions import consents
from preau.directory.models import FamilyClosure, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance.actions import explanations, follow_ups, notices
from preau.domains.attendance.models import Alert, Announcement, Entry, Explanation, Reason
from preau.domains.campaigns.models import Campaign, PostalAddress, Sending
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
# What a protected address is made of: where the mother lives, by what she is reached. Words that stand nowhere else.
STREET, TOWN, PHONE, MAIL = (
    "19 impasse du Refuge",
    "Cachette-sur-Mer",
    "06 98 76 54 32",
    "refuge@cache.example",
)
SECRET = (STREET, TOWN, PHONE, PHONE.replace(" ", ""), MAIL)


@pytest.fixture
def mother(college: World, parents: list[Person]) -> Person:
    found = parents[0]
    Person.objects.filter(pk=found.pk).update(phone=PHONE, email=MAIL)
    PostalAddress.objects.filter(person=found).update(street=STREET, postcode="56999", city=TOWN)
    return Person.objects.get(pk=found.pk)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages of what is printed, instead of a PDF."""
    pages: list[str] = []
    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    monkeypatch.setattr(pdf, "made", lambda page, style: pages.append(page) or b"%PDF-")
    return pages


def secrets_in(text: str) -> list[str]:
    text = text.replace("\u202f", " ").replace("\u00a0", " ")
    return [secret for secret in SECRET if secret in text]


def routes(patterns: Any = None, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(name, pattern) of every route that opens without an object, or with a public id alone."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (
                f"{space}:{pattern.namespace}"
                if space and pattern.namespace
                else (pattern.namespace or space)
            )
            yield from routes(pattern.url_patterns, before + str(pattern.pattern), inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}:{pattern.name}" if space else pattern.name, before + str(pattern.pattern)


def opened(client: SchoolClient, *people: Person) -> Iterator[tuple[str, str]]:
    """Everything that somebody signed in opens by a link: pages, tables, papers; with the public ids of these people."""
    for _name, pattern in routes():
        asked = re.findall(r"<[^>]+>", pattern)
        if "^" in pattern or any("public_id" not in one for one in asked) or "deconnexion" in pattern:
            continue
        for person in people if asked else people[:1]:
            address = "/" + re.sub(r"<[^>]+>", person.public_id, pattern)
            answer = client.get(address)
            if answer.status_code == 200:
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                yield address, body.decode(errors="replace")


def send(client: SchoolClient, draft: Campaign) -> None:
    """Confirm a campaign: letters to print, mails and text messages, to each."""
    address = reverse("campaigns:confirm", kwargs={"pk": draft.pk})
    seen = client.get(address).content.decode().split('name="seen" value="')[1].split('"', maxsplit=1)[0]
    assert client.post(address, {"seen": seen, "sure": "on"}).status_code == 302


# On paper


def articles(page: str) -> list[str]:
    return page.split("<article")[1:]


def test_the_letters_of_a_campaign_are_of_one_household_each(
    college: World,
    client: SchoolClient,
    draft: Campaign,
    mother: Person,
    parents: list[Person],
    drawn: list[str],
) -> None:
    send(client.sit(college.people["cpe"]), draft)
    assert client.get(reverse("campaigns:letters", kwargs={"pk": draft.pk}), {"lot": 1}).status_code == 200
    sheets = articles(drawn[0])
    assert len(sheets) == 2
    father = parents[1]
    (hers,) = [sheet for sheet in sheets if mother.given_name in sheet]
    (his,) = [sheet for sheet in sheets if father.given_name in sheet]
    assert hers is not his and STREET in hers
    assert secrets_in(his) == []
    assert "2 rue des Lilas" in his and "2 rue des Lilas" not in hers
    # What it says of the child is the same, to a word: nothing tells who explained, or did not.
    matches = [re.search(r'class="paper-text">(.*?)</div>', one, re.DOTALL) for one in (hers, his)]
    assert matches[0] and matches[1] and matches[0][1] == matches[1][1]


def test_the_letters_of_an_alert_are_of_one_household_each(
    college: World,
    client: SchoolClient,
    absences: list[Entry],
    mother: Person,
    parents: list[Person],
    drawn: list[str],
    seat_of: Any,
) -> None:
    """The mother has explained: the father's letter does not know it."""
    reason = Reason.objects.offered_to_families(college.school.pk)[0]
    explanations.explain(seat_of("guardian"), absences[:1], reason, "mot de la mère")
    alert = Alert.objects.create(
        school=college.school,
        pupil=college.people["pupil"],
        month=NOW.date().replace(day=1),
        level=Alert.Level.DIALOGUE,
        half_days=4,
        raised_at=NOW,
    )
    client.sit(college.people["cpe"])
    assert client.post(reverse("attendance:letters"), {"alertes": [alert.pk]}).status_code == 200
    sheets = articles(drawn[0])
    assert len(sheets) == 2
    for sheet in sheets:
        named = [parent for parent in parents if parent.formal_name in sheet]
        assert len(named) == 1
        assert secrets_in(sheet) == []
        assert "mot de la mère" not in sheet and reason.label not in sheet
    bodies = {re.sub(r'<p class="paper-to">.*?</p>', "", sheet) for sheet in sheets}
    assert len({body.partition("</article>")[0] for body in bodies}) == 1, "the same letter, to each"


# On the pages, in files, by the API


@pytest.mark.parametrize("who", ["other_guardian", "pupil", "teacher", "twin"])
def test_a_protected_address_is_nowhere_for_those_who_may_not_know_it(
    college: World, twin: World, client: SchoolClient, draft: Campaign, mother: Person, who: str
) -> None:
    """Every page, table and paper that a link opens, of themselves, of the child, of the mother; with letters, mails and text
    messages sent to both parents."""
    send(client.sit(college.people["cpe"]), draft)
    assert Sending.objects.filter(person=mother).count() == Sending.objects.exclude(person=mother).count() > 0
    assert secrets_in(
        b"".join(client.get(reverse("campaigns:export", kwargs={"pk": draft.pk})).streaming_content).decode()
    )
    person = twin.people["cpe"] if who == "twin" else college.people[who]
    client.sit(person)
    found, read = {}, 0
    for address, body in opened(client, person, college.people["pupil"], mother):
        read += 1
        if secrets_in(body):
            found[address] = secrets_in(body)
    assert found == {}
    assert read > 20, "the walk opened something"


def test_a_mail_to_one_parent_names_the_other_nowhere(
    college: World,
    client: SchoolClient,
    mother: Person,
    parents: list[Person],
    absences: list[Entry],
    seat_of: Any,
) -> None:
    from preau.commons.notifications.tests.post import deliver  # noqa: PLC0415

    for notice in notices.prepare_notices([absence.pk for absence in absences], NOW.date()):
        notices.tell_guardian(notice)
    deliver()
    sent = [one for one in mail.outbox if one.to == [parents[1].email]]
    assert sent
    for one in sent:
        whole = f"{one.subject} {one.body} {one.extra_headers} {one.cc} {one.bcc}"
        assert secrets_in(whole) == [] and mother.given_name not in whole


# Authority that ends while a page is open


@pytest.fixture
def two_children(college: World, parents: list[Person]) -> Person:
    """The mother follows another child too: her seat stays when she loses this one."""
    other = Person.objects.create(family_name="Abadie", given_name="Zoé", birth_date=date(2014, 5, 1))
    Holding.objects.create(person=other, role=Role.PUPIL, school=college.school)
    Guardianship.objects.create(pupil=other, guardian=parents[0], authority="legal", kinship="mother")
    return other


LOST = {
    "ended": {"ends": NOW.date()},
    "barred": {"may_not_be_informed": True},
    "contact": {"authority": "contact"},
}


@pytest.mark.parametrize("how", LOST)
def test_a_form_left_open_is_not_taken_from_a_guardian_who_has_lost_authority(
    college: World, client: SchoolClient, absences: list[Entry], two_children: Person, seat_of: Any, how: str
) -> None:
    pupil, reason = college.people["pupil"], Reason.objects.offered_to_families(college.school.pk)[0]
    given = explanations.explain(seat_of("guardian"), absences[1:], reason, "dite avant")
    follow_up = follow_ups.open_follow_up(seat_of("cpe"), pupil)
    client.sit(college.people["guardian"], "guardian")
    explain = reverse("attendance:explain", kwargs={"pk": absences[0].pk})
    announce = reverse("attendance:announce")
    follow_up_address = reverse("attendance:told_follow_up", kwargs={"pk": follow_up.pk})
    withdraw = reverse("attendance:withdraw", kwargs={"pk": given.pk})
    for address in (explain, announce, follow_up_address):
        assert client.get(address).status_code == 200, address
    Guardianship.objects.filter(pupil=pupil, guardian=college.people["guardian"]).update(**LOST[how])
    tomorrow = (NOW + timedelta(days=1)).date().isoformat()
    tries = [
        (explain, {"entries": [absences[0].pk], "reason": reason.pk, "comment": "trop tard"}, {404}),
        (
            announce,
            {"enfant": pupil.public_id, "first_day": tomorrow, "reason": reason.pk, "comment": "trop tard"},
            {422},
        ),
        (follow_up_address, {"words": "trop tard"}, {404}),
        (withdraw, {}, {404}),
    ]
    for address, sent, expected in tries:
        assert client.post(address, sent).status_code in expected, address
    assert not Explanation.objects.filter(comment="trop tard").exists()
    assert not Announcement.objects.filter(pupil=pupil, comment="trop tard").exists()
    assert not follow_up.actions.filter(words="trop tard").exists()
    given.refresh_from_db()
    assert given.state == Explanation.State.PENDING
    # For the other child, the same form is taken.
    sent = {"enfant": two_children.public_id, "first_day": tomorrow, "reason": reason.pk}
    assert client.post(announce, sent).status_code == 302


# What parents keep when a pupil of age closes their file


def test_parents_keep_nothing_of_a_pupil_of_age_who_closes_their_file(
    college: World,
    client: SchoolClient,
    absences: list[Entry],
    draft: Campaign,
    two_children: Person,
    mother: Person,
    seat_of: Any,
) -> None:
    """But that it was closed, which is told to them; what they wrote stays with the school."""
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 24), given_name="Ninon-Majeure")
    pupil.refresh_from_db()
    # The messages that were sent have the name in their words.
    send(client.sit(college.people["cpe"]), draft)
    reason = Reason.objects.offered_to_families(college.school.pk)[0]
    explained = explanations.explain(seat_of("guardian"), absences[:1], reason, "mot gardé")
    notices.tell_absence(mother.pk, absences[1].pk)
    Sending.objects.update(state=Sending.State.SENT, sent_at=NOW)
    assert "Ninon-Majeure" in Sending.objects.filter(person=mother)[0].text
    client.sit(college.people["guardian"], "guardian")
    before = [address for address, body in opened(client, pupil, mother) if "Ninon-Majeure" in body]
    assert len(before) > 5, "there is something to keep"
    assert reverse("campaigns:received") in before
    assert consents.close_family(seat_of("pupil"))
    assert FamilyClosure.objects.filter(pupil=pupil, reopened_at=None).exists()
    after = [address for address, body in opened(client, pupil, mother) if "Ninon-Majeure" in body]
    assert set(after) <= {"/notifications/"}, "what tells them that it is closed"
    assert explained not in Explanation.objects.visible_to(seat_of("guardian"))
    assert explained in Explanation.objects.visible_to(seat_of("cpe"))
