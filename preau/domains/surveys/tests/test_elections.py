"""Elections of delegates: who stands, who votes, two rounds, the booth, the count; and who is delegate."""

from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.boards import spokespeople
from preau.directory.models import Assignment, Enrolment, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.surveys import exports, rules
from preau.domains.surveys.actions import voting
from preau.domains.surveys.models import Candidate, Delegate, Election, Elector, Round, Urn
from preau.domains.surveys.queries import counting
from preau.domains.surveys.queries import elections as queries
from preau.domains.surveys.tests.props import TODAY, an_election, pupils, stands
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(college: World) -> Election:
    return an_election(college)


def opened(election: Election, cpe: Any, *candidates: Candidate) -> Round:
    voting.open_round(cpe, election)
    found = queries.open_round(election)
    assert found is not None
    return found


def cast(round_: Round, *chosen: Candidate | None) -> None:
    """One ballot after the other, by those who have not voted; None is blank."""
    missing = list(queries.roll_of(round_).filter(has_voted=False))
    for elector, one in zip(missing, chosen, strict=False):
        voting._cast(elector, str(one.pk) if one else "", TODAY)


def three(election: Election) -> list[Candidate]:
    there = pupils(election)
    return [stands(election, there[rank], there[rank + 3]) for rank in range(3)]


def of(election: Election) -> Election:
    return Election.objects.get(pk=election.pk)


# Candidates


def test_a_pupil_stands_with_a_substitute_and_an_adult_reads_it_first(
    college: World, election: Election, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    other, third = [one for one in pupils(election) if one != pupil][:2]
    client.sit(pupil)
    address = reverse("surveys:stand", args=[election.pk])
    assert client.post(address, {"substitute": pupil.pk, "words": "Moi."}).status_code == 422
    client.post(address, {"substitute": other.pk, "words": "Un temps de parole."})
    client.post(address, {"substitute": other.pk, "words": "Un temps de parole."})
    candidate = Candidate.objects.get(election=election)
    assert candidate.state == "waiting"
    page = reverse("surveys:election", args=[election.pk])
    assert "Un temps de parole." in client.get(page).content.decode()
    classmate = client.sit(third) if hasattr(third, "account") else client
    if hasattr(third, "account"):
        assert "Un temps de parole." not in classmate.get(page).content.decode()
    client.sit(college.people["cpe"])
    client.post(
        reverse("surveys:decide", args=[candidate.pk]),
        {"decision": "accepter", "lu": queries.reading_of(candidate)},
    )
    candidate.refresh_from_db()
    assert candidate.state == "accepted"
    client.sit(pupil)
    client.post(address, {"substitute": third.pk, "words": "Autre chose."})
    candidate.refresh_from_db()
    assert (candidate.state, candidate.words) == ("waiting", "Autre chose.")
    client.post(reverse("surveys:withdraw", args=[candidate.pk]))
    assert not Candidate.objects.filter(election=election).exists()


def test_only_pupils_of_the_class_stand(college: World, election: Election, seat_of: Any) -> None:
    stranger = (
        Enrolment.objects.exclude(group=own_class(college))
        .filter(school=college.school, group__kind="class")[0]
        .pupil
    )
    with pytest.raises(voting.NotOfTheClass):
        voting.stand(seat_of("cpe"), election, voting.Candidacy(college.people["pupil"], stranger, ""))
    with pytest.raises(voting.NotOfTheClass):
        voting.stand(
            seat_of("cpe"), election, voting.Candidacy(college.people["pupil"], college.people["pupil"], "")
        )


def test_voting_waits_for_a_candidate_and_for_each_to_be_read(
    college: World, election: Election, seat_of: Any
) -> None:
    cpe, there = seat_of("cpe"), pupils(election)
    with pytest.raises(voting.NobodyStands):
        voting.open_round(cpe, election)
    candidate = stands(election, there[0], there[1], state="waiting")
    with pytest.raises(voting.StillWaiting):
        voting.open_round(cpe, election)
    read = queries.reading_of(candidate)
    voting.decide(cpe, candidate, accepted=True, read=read)
    assert not voting.decide(cpe, candidate, accepted=True, read=read)
    assert voting.open_round(cpe, election) and not voting.open_round(cpe, election)
    for gesture in (
        lambda: voting.stand(cpe, election, voting.Candidacy(there[2], there[3], "")),
        lambda: voting.decide(cpe, candidate, accepted=False, read=read),
        lambda: voting.withdraw(cpe, candidate),
    ):
        with pytest.raises(voting.NotNow):
            gesture()


def test_head_cpe_and_the_head_teacher_hold_an_election(
    college: World, twin: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    Assignment.objects.filter(group=own_class(college), kind=Assignment.Kind.HEAD_TEACHER).delete()
    page = reverse("surveys:election", args=[election.pk])
    assert {
        key for key in ("head", "cpe", "teacher", "secretary") if rules.holds(seat_of(key), election)
    } == {"head", "cpe"}
    Assignment.objects.create(
        school=college.school,
        group=own_class(college),
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
        starts=date(2026, 9, 1),
    )
    assert rules.holds(seat_of("teacher"), election)
    assert client.sit(college.people["guardian"]).get(page).status_code == 404
    assert client.sit(twin.people["head"]).get(page).status_code == 404
    assert client.sit(twin.people["pupil"]).get(page).status_code == 404


def test_one_election_of_a_class_at_a_time(college: World, election: Election, seat_of: Any) -> None:
    assert voting.open_election(seat_of("head"), own_class(college)) == (election, False)


# Voting


def test_a_pupil_votes_once_and_one_who_left_the_class_does_not(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    first, _second, _third = three(election)
    round_ = opened(election, seat_of("cpe"))
    mine = round_.electors.get(pupil=college.people["pupil"])
    assert any("Élection" in one.title for one in awaited_of(seat_of("pupil")))
    client.sit(college.people["pupil"])
    address = reverse("surveys:vote", args=[mine.pk])
    assert client.post(address, {}).status_code == 422
    client.post(address, {"ballot": str(first.pk)})
    client.post(address, {"ballot": "blanc"})
    assert Urn.objects.get(round=round_).ballots == [str(first.pk)]
    assert not any("Élection" in one.title for one in awaited_of(seat_of("pupil")))
    gone = round_.electors.exclude(pk=mine.pk).order_by("pk")[0]
    Enrolment.objects.filter(pupil=gone.pupil, group=own_class(college)).update(ends=TODAY)
    with pytest.raises(voting.NotOfTheClass):
        voting._cast(gone, str(first.pk), TODAY)
    gone.refresh_from_db()
    assert not gone.has_voted


def test_nobody_votes_for_somebody_else(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    three(election)
    round_ = opened(election, seat_of("cpe"))
    theirs = round_.electors.exclude(pupil=college.people["pupil"]).order_by("pk")[0]
    address = reverse("surveys:vote", args=[theirs.pk])
    for key in ("pupil", "guardian", "cpe"):
        assert client.sit(college.people[key]).post(address, {"ballot": "blanc"}).status_code == 404


def test_at_the_booth_a_code_serves_once(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    first, second, _third = three(election)
    round_ = opened(election, seat_of("cpe"))
    former = voting.draw_codes(seat_of("cpe"), round_)
    drawn = voting.draw_codes(seat_of("cpe"), round_)
    pupil, code = drawn[0]
    kept = set(Elector.objects.filter(round=round_).values_list("code", flat=True))
    assert code not in kept and len(kept) == len(drawn)
    assert all(one.full_name in exports.codes_page(round_, drawn, "x") for one, _code in drawn)
    booth = reverse("surveys:booth")
    assert client.post(booth, {"code": former[0][1]}).status_code == 422
    page = client.post(booth, {"code": f"{code[:4]}-{code[4:].lower()}"}).content.decode()
    assert first.pupil.full_name in page and pupil.list_name not in page
    assert client.post(booth, {"code": code, "voter": "oui"}).status_code == 422
    client.post(booth, {"code": code, "voter": "oui", "ballot": str(second.pk)})
    assert Urn.objects.get(round=round_).ballots == [str(second.pk)]
    assert client.post(booth, {"code": code, "voter": "oui", "ballot": str(second.pk)}).status_code == 422
    assert Urn.objects.get(round=round_).ballots == [str(second.pk)]
    assert round_.electors.get(pupil=pupil).has_voted
    # Whoever printed theirs and votes on their own device leaves a code that serves no more.
    other, unused = drawn[1]
    voting._cast(round_.electors.get(pupil=other), "", TODAY)
    assert client.post(booth, {"code": unused}).status_code == 422


def test_guessing_codes_is_stopped(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    three(election)
    round_ = opened(election, seat_of("cpe"))
    (_pupil, code), *_others = voting.draw_codes(seat_of("cpe"), round_)
    client.get(reverse("surveys:booth"))
    for _time in range(20):
        client.post(reverse("surveys:booth"), {"code": "ZZZZZZZZ"})
    assert client.post(reverse("surveys:booth"), {"code": code}).status_code == 422


# Counting


def test_an_absolute_majority_elects_at_the_first_round_and_the_second_fills_the_seats(
    college: World, election: Election, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    first, second, third = three(election)
    round_ = opened(election, cpe)
    cast(round_, first, first, first, second, None)
    assert voting.close_round(cpe, election) and not voting.close_round(cpe, election)
    round_.refresh_from_db()
    assert (round_.voted, round_.blank, round_.tally[str(first.pk)]) == (5, 1, 3)
    assert of(election).state == Election.State.BETWEEN
    assert (
        not Delegate.objects.current()
        .filter(group=election.group, person=first.pupil, named_at__gte=NOW)
        .exists()
    )
    again = opened(election, cpe)
    assert [one.pk for one in queries.standing(election, TODAY)] == [
        one.pk for one in sorted((second, third), key=lambda one: (one.pupil.search_name, one.pk))
    ]
    cast(again, third, third, second, None, None)
    voting.close_round(cpe, election)
    assert of(election).is_over
    elected = dict(Candidate.objects.filter(election=election).values_list("pk", "elected_in"))
    assert elected == {first.pk: 1, second.pk: 0, third.pk: 2}
    now = Delegate.objects.current().filter(group=election.group).exclude(kind="parent")
    assert set(now.values_list("person_id", "kind")) == {
        (first.pupil_id, "delegate"),
        (first.substitute_id, "substitute"),
        (third.pupil_id, "delegate"),
        (third.substitute_id, "substitute"),
    }
    with pytest.raises(voting.NotNow):
        voting.open_round(cpe, election)


def test_half_is_not_a_majority_and_the_second_round_elects_two(
    college: World, election: Election, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    first, second, third = three(election)
    cast(opened(election, cpe), first, first, second, third, None)
    voting.close_round(cpe, election)
    assert not Candidate.objects.filter(election=election).exclude(elected_in=0).exists()
    cast(opened(election, cpe), second, second, third, first, third)
    voting.close_round(cpe, election)
    assert set(Candidate.objects.filter(election=election, elected_in=2).values_list("pk", flat=True)) == {
        second.pk,
        third.pk,
    }


def test_of_two_who_have_as_many_the_youngest_is_elected(
    college: World, election: Election, seat_of: Any
) -> None:
    first, second, third = three(election)
    for candidate, born in ((first, date(2013, 5, 1)), (second, date(2014, 2, 1)), (third, date(2013, 9, 1))):
        Person.objects.filter(pk=candidate.pupil_id).update(birth_date=born)
    found = queries.standing(election, TODAY)
    counted = counting.Count(6, 0, {str(first.pk): 2, str(second.pk): 2, str(third.pk): 2})
    assert [one.pk for one in counting.elected(2, counted, found, 2)] == [second.pk, third.pk]
    assert counting.elected(1, counted, found, 2) == []
    nobody = counting.Count(3, 3, {str(first.pk): 0, str(second.pk): 0, str(third.pk): 0})
    assert counting.elected(2, nobody, found, 2) == [] and counting.elected(1, nobody, found, 2) == []


def test_an_urn_that_was_touched_is_not_proclaimed_and_later_it_shows(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    first, second, _third = three(election)
    round_ = opened(election, cpe)
    cast(round_, *[first] * 5)
    Urn.objects.filter(round=round_).update(ballots=[str(first.pk)] * 6)
    with pytest.raises(voting.NotTheSame):
        voting.close_round(cpe, election)
    assert of(election).state == Election.State.VOTING
    Urn.objects.filter(round=round_).update(ballots=[str(first.pk)] * 5)
    voting.close_round(cpe, election)
    (line,) = queries.rounds_of(election)
    assert line.is_same
    Urn.objects.filter(round=round_).update(ballots=[str(second.pk)] + [str(first.pk)] * 4)
    (line,) = queries.rounds_of(election)
    assert not line.is_same
    client.sit(college.people["cpe"])
    assert (
        "ne correspond plus" in client.get(reverse("surveys:election", args=[election.pk])).content.decode()
    )


def test_votes_are_read_by_nobody_before_the_round_is_closed(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    first, _second, _third = three(election)
    round_ = opened(election, seat_of("cpe"))
    cast(round_, *[first] * 4)
    page = reverse("surveys:election", args=[election.pk])
    for key in ("cpe", "head", "pupil"):
        content = client.sit(college.people[key]).get(page).content.decode()
        assert "Moins de cinq ont voté" in content and "4 ont voté" not in content
    with pytest.raises(voting.TooFew):
        voting.close_round(seat_of("cpe"), election)
    cast(round_, first)
    for key in ("cpe", "head", "pupil"):
        content = client.sit(college.people[key]).get(page).content.decode()
        assert "5 ont voté" in content and 'class="chart"' not in content and "suffrage" not in content
    voting.close_round(seat_of("cpe"), election)
    assert "suffrages exprimés" in client.sit(college.people["pupil"]).get(page).content.decode()


def test_the_minutes_say_the_roll_the_votes_and_the_digest(
    college: World, election: Election, client: SchoolClient, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    there = pupils(election)
    only = stands(election, there[0], there[1])
    round_ = opened(election, cpe)
    cast(round_, only, only, only, only, None)
    voting.close_round(cpe, election)
    assert of(election).is_over
    client.sit(college.people["cpe"])
    answer = client.get(reverse("surveys:minutes", args=[election.pk]))
    assert answer.status_code == 200
    round_.refresh_from_db()
    text = f"{election.group.name}|1|{round_.on_roll}|5|1|{only.pupil.full_name}=4|"
    assert round_.closed_at is not None
    text += round_.closed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert round_.digest == sha256(text.encode()).hexdigest()
    (line,) = queries.rounds_of(election)
    assert line.said == text and line.is_same and line.is_unchanged
    # A name that is mended is no fraud: the urn is what was counted.
    Person.objects.filter(pk=only.pupil_id).update(family_name="Autrement")
    (line,) = queries.rounds_of(election)
    assert line.is_same and not line.is_unchanged
    assert (
        client.sit(college.people["pupil"]).get(reverse("surveys:minutes", args=[election.pk])).status_code
        == 403
    )
    assert {line.verb for line in Line.objects.filter(verb__startswith="surveys.")} >= {
        "surveys.round_opened",
        "surveys.round_closed",
    }


# Who speaks for others


def test_delegates_are_found_by_messaging_through_the_board(college: World, seat_of: Any) -> None:
    Delegate.objects.all().delete()
    pupil, guardian = college.people["pupil"], college.people["guardian"]
    Delegate.objects.create(
        school=college.school, group=own_class(college), person=pupil, kind="delegate", named_at=NOW
    )
    Delegate.objects.create(
        school=college.school, group=own_class(college), person=guardian, kind="parent", named_at=NOW
    )
    found = {
        one.key: {row["person_id"] for row in one.people(college.school.pk, TODAY)} for one in spokespeople
    }
    assert found == {"delegates": {pupil.pk}, "parent_delegates": {guardian.pk}}
    Delegate.objects.update(ended_at=NOW)
    assert not any(list(one.people(college.school.pk, TODAY)) for one in spokespeople)


def test_the_head_names_a_parent_of_the_class_and_ends_it(college: World, client: SchoolClient) -> None:
    Delegate.objects.all().delete()
    guardian, group = college.people["guardian"], own_class(college)
    client.sit(college.people["head"])
    address = reverse("surveys:name_parent")
    assert (
        client.post(address, {"group": group.pk, "person": college.people["teacher"].pk}).status_code == 422
    )
    body = {"group": group.pk, "person": guardian.pk}
    client.post(address, body)
    client.post(address, body)
    made = Delegate.objects.get()
    assert (made.person_id, made.kind) == (guardian.pk, "parent")
    assert (
        client.sit(college.people["cpe"]).post(reverse("surveys:end_delegate", args=[made.pk])).status_code
        == 403
    )
    client.sit(college.people["head"]).post(reverse("surveys:end_delegate", args=[made.pk]))
    client.post(reverse("surveys:end_delegate", args=[made.pk]))
    made.refresh_from_db()
    assert made.ended_at is not None
    assert Line.objects.filter(verb="surveys.delegate_ended").count() == 1


def test_a_year_that_is_over_speaks_no_more(college: World) -> None:
    Delegate.objects.all().delete()
    Delegate.objects.create(
        school=college.school,
        group=own_class(college),
        person=college.people["guardian"],
        kind="parent",
        named_at=NOW,
    )
    assert list(queries.parents_delegated(college.school.pk, TODAY))
    assert not list(queries.parents_delegated(college.school.pk, TODAY + timedelta(days=400)))


def test_the_pages_of_elections_are_under_surveys_in_the_menu(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    for route in ("surveys:surveys", "surveys:elections", "surveys:delegates"):
        shown = client.get(reverse(route)).content.decode()
        assert f'href="{reverse("surveys:surveys")}" aria-current="page"' in shown, route
