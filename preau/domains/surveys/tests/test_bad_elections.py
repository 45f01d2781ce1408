"""Bad days of elections: what an adult read has changed, a substitute says no, few have voted, somebody left, a click comes twice."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line, lines_read
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Person, School
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority
from preau.domains.surveys import rules
from preau.domains.surveys.actions import voting
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round, Urn
from preau.domains.surveys.queries import elections as queries
from preau.domains.surveys.tests.props import TODAY, an_election, pupils, stands

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(college: World) -> Election:
    return an_election(college)


def opened(election: Election, cpe: Any) -> Round:
    voting.open_round(cpe, election)
    found = queries.open_round(election)
    assert found is not None
    return found


def cast(round_: Round, *chosen: Candidate | None) -> None:
    missing = list(queries.roll_of(round_).filter(has_voted=False))
    for elector, one in zip(missing, chosen, strict=False):
        voting._cast(elector, str(one.pk) if one else "", TODAY)


def others(college: World, election: Election) -> list[Person]:
    return [one for one in pupils(election) if one != college.people["pupil"]]


def said_at(client: SchoolClient, election: Election) -> str:
    return client.get(reverse("surveys:election", args=[election.pk])).content.decode()


# Who reads what


def test_parents_do_not_read_that_their_child_voted_at_the_booth(
    college: World, election: Election, seat_of: Any
) -> None:
    there = pupils(election)
    stands(election, there[0], there[1])
    codes = dict(voting.draw_codes(seat_of("cpe"), opened(election, seat_of("cpe"))))
    assert voting.vote_by_code(codes[college.people["pupil"]], "")
    line = Line.objects.get(verb="surveys.voted")
    assert line.subject_id == college.people["pupil"].pk and line.target == Election._meta.label_lower
    for key in ("guardian", "other_guardian"):
        read = Line.objects.filter(lines_read("guardian", college.people[key].pk), verb="surveys.voted")
        assert not read.exists()


def test_holding_ends_with_the_role(college: World, seat_of: Any) -> None:
    leads = Assignment.objects.filter(group=own_class(college), kind=Assignment.Kind.HEAD_TEACHER)
    leads.delete()
    Assignment.objects.create(
        school=college.school,
        group=own_class(college),
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
        starts=date(2026, 9, 1),
    )
    election = an_election(college, "teacher")
    assert rules.holds(seat_of("teacher"), election)
    leads.delete()
    assert not rules.holds(seat_of("teacher"), election)


# Candidacies


def test_an_adult_decides_of_what_they_have_read(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    other, *_more = others(college, election)
    candidate = stands(election, college.people["pupil"], other, state="waiting", words="Du calme.")
    read = queries.reading_of(candidate)
    voting.stand(seat_of("pupil"), election, voting.Candidacy(college.people["pupil"], other, "Du bruit."))
    client.sit(college.people["cpe"])
    body = {"decision": "accepter", "lu": read}
    page = client.post(reverse("surveys:decide", args=[candidate.pk]), body, follow=True).content.decode()
    candidate.refresh_from_db()
    assert candidate.state == "waiting" and "relisez-la" in page
    body = {"decision": "accepter", "lu": queries.reading_of(candidate)}
    client.post(reverse("surveys:decide", args=[candidate.pk]), body)
    candidate.refresh_from_db()
    assert candidate.state == "accepted"


def test_a_refused_candidacy_is_told_and_is_not_left_out_without_a_word(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    first, second, third, *_more = others(college, election)
    stands(election, second, third)
    mine = stands(election, pupil, first, state="waiting")
    voting.decide(cpe, mine, accepted=False, read=queries.reading_of(mine), why="Plus court.")
    assert Item.objects.filter(kind="surveys.revise", person=pupil).unread().count() == 1
    with pytest.raises(voting.SameWords):
        voting.stand(seat_of("pupil"), election, voting.Candidacy(pupil, first, mine.words))
    with pytest.raises(voting.LeftOut):
        voting.open_round(cpe, election)
    client.sit(college.people["cpe"])
    page = said_at(client, election)
    assert "Pas sur le bulletin" in page and 'name="sans"' in page
    voting.stand(seat_of("pupil"), election, voting.Candidacy(pupil, first, "D’autres mots."))
    assert not Item.objects.filter(kind="surveys.revise", person=pupil).unread().exists()
    mine.refresh_from_db()
    assert mine.state == "waiting" and mine.agreed
    voting.decide(cpe, mine, accepted=False, read=queries.reading_of(mine), why="Plus court.")
    assert voting.open_round(cpe, election, without=True)
    assert [one.pupil for one in queries.standing(election, TODAY)] == [second]


def test_a_substitute_says_yes_or_no_from_their_own_page(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    other, third, *_more = others(college, election)
    made = stands(election, other, third, state="accepted", agreed=False)
    Candidate.objects.filter(pk=made.pk).update(substitute=pupil)
    made.refresh_from_db()
    assert not queries.standing(election, TODAY)
    client.sit(pupil)
    assert "Je suis d’accord" in said_at(client, election)
    address = reverse("surveys:answer_as_substitute", args=[made.pk])
    for _click in range(2):
        client.post(address, {"accord": "oui"})
    made.refresh_from_db()
    assert made.agreed and queries.standing(election, TODAY) == [made]
    assert Line.objects.filter(verb="surveys.agreed").count() == 1
    for _click in range(2):
        client.post(address, {"accord": "non"})
    made.refresh_from_db()
    assert not made.agreed and made.state == "refused" and not queries.standing(election, TODAY)
    assert Item.objects.filter(kind="surveys.revise", person=other).count() == 1
    assert Line.objects.filter(verb="surveys.stepped_aside").count() == 1
    # Accepted by an adult all the same, it waits for a substitute who agrees.
    voting.decide(cpe, made, accepted=True, read=queries.reading_of(made))
    assert not queries.standing(election, TODAY)
    # Nobody else says it for them.
    assert client.sit(college.people["cpe"]).post(address, {"accord": "oui"}).status_code == 403


def test_whoever_is_named_is_told_and_their_page_is_for_them(
    college: World, election: Election, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    other, *_more = others(college, election)
    assert voting.stand(seat_of("pupil"), election, voting.Candidacy(pupil, other, "Moi."))
    assert not Candidate.objects.get(election=election).agreed
    assert (
        Item.objects.filter(kind="surveys.substitute").values_list("person_id", flat=True).get() == other.pk
    )
    # An adult who types it has asked them.
    assert voting.stand(seat_of("cpe"), election, voting.Candidacy(pupil, other, "Moi."))
    assert Candidate.objects.get(election=election).agreed


def test_a_pupil_is_in_one_candidacy_only(college: World, election: Election, seat_of: Any) -> None:
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    other, third, fourth, *_more = others(college, election)
    stands(election, other, third)
    for one, two in [(pupil, other), (pupil, third), (third, other), (third, fourth)]:
        with pytest.raises(voting.Engaged):
            voting.stand(cpe, election, voting.Candidacy(one, two, ""))
    # Named without having agreed, one is free to stand; and cannot agree any more.
    asked = stands(election, fourth, pupil, agreed=False)
    assert voting.stand(seat_of("pupil"), election, voting.Candidacy(pupil, _more[0], "Moi."))
    with pytest.raises(voting.Engaged):
        voting.agree(seat_of("pupil"), asked)


def test_whoever_left_the_class_is_neither_on_a_ballot_nor_elected(
    college: World, election: Election, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    first, second, third, fourth, *_more = others(college, election)
    gone, stays = stands(election, first, second), stands(election, third, fourth)
    round_ = opened(election, cpe)
    cast(round_, gone, gone, gone, gone, stays)
    Enrolment.objects.filter(pupil=first, group=own_class(college)).update(ends=TODAY)
    assert queries.standing(election, TODAY) == [stays]
    voting.close_round(cpe, election)
    round_.refresh_from_db()
    assert round_.tally == {str(gone.pk): 4, str(stays.pk): 1}
    assert not Candidate.objects.filter(election=election).exclude(elected_in=0).exists()
    again = opened(election, cpe)
    cast(again, stays, stays, stays, stays, stays)
    Enrolment.objects.filter(pupil=fourth, group=own_class(college)).update(ends=TODAY)
    voting.close_round(cpe, election)
    named = Delegate.objects.current().filter(group=election.group, named_at__gte=NOW)
    assert not named.filter(person__in=[first, second, fourth]).exists()


# Voting


def test_a_second_click_at_the_booth_is_no_guess(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    there = pupils(election)
    chosen = stands(election, there[0], there[1])
    round_ = opened(election, seat_of("cpe"))
    (_pupil, code), (_other, next_code), *_more = voting.draw_codes(seat_of("cpe"), round_)
    booth = reverse("surveys:booth")
    page = client.post(booth, {"code": code})
    shown = page.content.decode().split('name="shown" value="')[1].split('"')[0]
    body = {"code": code, "voter": "oui", "shown": shown, "ballot": str(chosen.pk)}
    assert client.post(booth, body).status_code == 302
    for _click in range(25):
        assert client.post(booth, body).status_code == 302
    assert Urn.objects.get(round=round_).ballots == [str(chosen.pk)]
    assert "Votre bulletin" in client.post(booth, {"code": next_code}).content.decode()


def test_a_device_that_guesses_stops_itself_and_is_told_how_long(
    college: World, election: Election, client: SchoolClient, seat_of: Any, settings: Any
) -> None:
    there = pupils(election)
    stands(election, there[0], there[1])
    (_pupil, code), *_more = voting.draw_codes(seat_of("cpe"), opened(election, seat_of("cpe")))
    booth, other = reverse("surveys:booth"), SchoolClient()
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    other.cookies[settings.CSRF_COOKIE_NAME] = "b" * 32
    for _time in range(20):
        client.post(booth, {"code": "ZZZZZZZZ"})
    page = client.post(booth, {"code": code})
    assert page.status_code == 422 and "Attendez 10 minutes" in page.content.decode()
    assert other.post(booth, {"code": code}).status_code == 200
    # All the devices behind one address have a limit too: a guesser changes cookies.
    for rank in range(180):
        other.cookies[settings.CSRF_COOKIE_NAME] = f"{rank:032}"
        other.post(booth, {"code": "ZZZZZZZZ"})
    assert "Attendez" in other.post(booth, {"code": code}).content.decode()


def test_the_day_of_the_booth_is_that_of_the_school(college: World, election: Election, seat_of: Any) -> None:
    """At eight in Nouméa it is still the day before in Paris."""
    there = pupils(election)
    stands(election, there[0], there[1])
    School.objects.filter(pk=college.school.pk).update(timezone="Pacific/Noumea")
    codes = dict(voting.draw_codes(seat_of("cpe"), opened(election, seat_of("cpe"))))
    pupil = college.people["pupil"]
    Enrolment.objects.filter(pupil=pupil, group=own_class(college)).update(ends=date(2026, 11, 25))
    morning = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    with time_machine.travel(morning, tick=False), pytest.raises(voting.NotOfTheClass):
        voting.vote_by_code(codes[pupil], "")


# Closing


def test_closing_asks_first_and_waits_for_five_ballots_or_for_all(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    there = pupils(election)
    chosen = stands(election, there[0], there[1])
    round_ = opened(election, seat_of("cpe"))
    cast(round_, chosen)
    address = reverse("surveys:close_round", args=[election.pk])
    client.sit(college.people["cpe"])
    page = client.get(address).content.decode()
    assert "Moins de cinq élèves ont voté" in page and 'method="post" action="' + address not in page
    content = client.post(address, follow=True).content.decode()
    assert "Le vote reste ouvert" in content and queries.open_round(election) is not None
    cast(round_, *[chosen] * 4)
    page = client.get(address).content.decode()
    assert "pas voté" in page and f'action="{address}"' in page
    assert queries.open_round(election) is not None
    client.post(address)
    assert queries.open_round(election) is None
    assert client.get(address).status_code == 302


def test_a_class_of_three_closes_when_all_have_voted_and_says_why(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    there = pupils(election)
    kept = [one.pk for one in there[:4]]
    Enrolment.objects.filter(group=own_class(college)).exclude(pupil__in=kept).update(ends=TODAY)
    chosen = stands(election, there[0], there[1])
    round_ = opened(election, seat_of("cpe"))
    # One of the four leaves: they vote no more, and nobody waits for them.
    Enrolment.objects.filter(group=own_class(college), pupil=there[3]).update(ends=TODAY)
    for elector in Elector.objects.filter(round=round_).exclude(pupil=there[3]):
        voting._cast(elector, str(chosen.pk), TODAY)
    client.sit(college.people["cpe"])
    address = reverse("surveys:close_round", args=[election.pk])
    page = client.get(address).content.decode()
    assert "Toute la classe a voté" in page and "peut dire qui a voté quoi" in page
    client.post(address)
    assert queries.open_round(election) is None
    page = said_at(client, election)
    assert f"La classe a choisi {chosen.pupil.full_name}" in page and "leurs suppléants" not in page


# Who speaks for a class


def test_whoever_changed_class_speaks_for_it_no_more(college: World, seat_of: Any) -> None:
    Delegate.objects.all().delete()
    pupil, guardian, group = college.people["pupil"], college.people["guardian"], own_class(college)
    for person, kind in ((pupil, "delegate"), (guardian, "parent")):
        Delegate.objects.create(school=college.school, group=group, person=person, kind=kind, named_at=NOW)
    head = seat_of("head")
    assert list(queries.pupils_delegated(college.school.pk, TODAY))
    assert list(queries.parents_delegated(college.school.pk, TODAY))
    Guardianship.objects.filter(guardian=guardian).update(authority=Authority.IN_CHARGE)
    assert list(queries.parents_delegated(college.school.pk, TODAY))
    Guardianship.objects.filter(guardian=guardian).update(may_not_be_informed=True)
    assert not list(queries.parents_delegated(college.school.pk, TODAY))
    assert {one.person_id for one in queries.speaking_for(head)} == {pupil.pk}
    elsewhere = Enrolment.objects.filter(group__kind="class").exclude(group=group).first()
    assert elsewhere is not None
    Enrolment.objects.filter(pupil=pupil, group=group).update(group=elsewhere.group)
    assert not list(queries.pupils_delegated(college.school.pk, TODAY))
    assert not queries.speaking_for(head).exists() and not queries.classes_with_delegates(head).exists()


def test_pupils_and_families_read_the_delegates_of_their_class_alone(
    college: World, client: SchoolClient
) -> None:
    Delegate.objects.all().delete()
    group, pupil = own_class(college), college.people["pupil"]
    elsewhere = (
        Enrolment.objects.filter(school=college.school, group__kind="class", ends=None)
        .exclude(group=group)
        .exclude(pupil=pupil)
        .first()
    )
    assert elsewhere is not None
    elsewhere.pupil.family_name = "Ailleurs"
    elsewhere.pupil.save(update_fields=["family_name"])
    for where, person in ((group, pupil), (elsewhere.group, elsewhere.pupil)):
        Delegate.objects.create(
            school=college.school, group=where, person=person, kind="delegate", named_at=NOW
        )
    for key in ("pupil", "guardian"):
        page = client.sit(college.people[key]).get(reverse("surveys:delegates")).content.decode()
        assert pupil.full_name in page and elsewhere.pupil.full_name not in page
        assert "Fin de mandat" not in page and "Noter un représentant" not in page


def test_who_speaks_for_a_class_stands_under_a_heading_of_all(college: World, client: SchoolClient) -> None:
    Delegate.objects.all().delete()
    for key, kind in (("guardian", "parent"), ("pupil", "delegate")):
        Delegate.objects.create(
            school=college.school,
            group=own_class(college),
            person=college.people[key],
            kind=kind,
            named_at=NOW,
        )
    page = client.sit(college.people["teacher"]).get(reverse("surveys:delegates")).content.decode()
    headings = re.findall(r"<h3>(.+?)</h3>", page)
    assert headings == ["Délégués de la classe", "Représentants de parents"]


def test_the_page_of_delegates_shows_eight_classes(college: World, client: SchoolClient) -> None:
    Delegate.objects.all().delete()
    pupil, year = college.people["pupil"], own_class(college).year
    for rank in range(9):
        group = Group.objects.create(school=college.school, year=year, kind="class", name=f"Classe {rank}")
        Enrolment.objects.create(
            school=college.school, pupil=pupil, group=group, starts=date(2026, 9, 1), ends=None
        )
        Delegate.objects.create(
            school=college.school, group=group, person=pupil, kind="delegate", named_at=NOW
        )
    client.sit(college.people["head"])
    address = reverse("surveys:delegates")
    assert client.get(address).content.decode().count("Classe ") == 8
    assert client.get(f"{address}?page=2").content.decode().count("Classe ") == 1
