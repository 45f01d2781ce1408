"""Whom to ask about a pupil, and what their answers amount to."""

from itertools import product
from typing import Any

import pytest

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Guardianship, Person
from preau.directory.queries.authority import whom_to_ask
from preau.directory.rules.authority import DecisionRule, Doubt, Tie, Verdict, asked_of, verdict
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship
from preau.foundation.boards import Nature

PUPIL, MOTHER, FATHER, FOSTER, AUNT = 1, 2, 3, 4, 5


def tie(person: int, authority: Authority = Authority.LEGAL, **more: Any) -> Tie:
    kinship = {MOTHER: Kinship.MOTHER, FATHER: Kinship.FATHER, FOSTER: Kinship.FOSTER}.get(
        person, Kinship.OTHER
    )
    return Tie(person, authority, kinship, **more)


def ask(nature: Nature, *ties: Tie, age: int | None = 12) -> DecisionRule:
    return asked_of(nature, ties, pupil=PUPIL, age=age)


BOTH = (tie(MOTHER), tie(FATHER))


def test_one_parent_is_enough_for_a_usual_act_and_both_for_another() -> None:
    assert ask(Nature.USUAL, *BOTH).deciders == (MOTHER, FATHER)
    assert not ask(Nature.USUAL, *BOTH).all_of_them and ask(Nature.NON_USUAL, *BOTH).all_of_them
    assert (
        ask(Nature.INFORMATION, *BOTH).told == (MOTHER, FATHER)
        and not ask(Nature.INFORMATION, *BOTH).deciders
    )


@pytest.mark.parametrize(
    ("nature", "answers", "expected"),
    [
        (Nature.USUAL, {}, Verdict.WAITING),
        (Nature.USUAL, {MOTHER: True}, Verdict.AGREED),
        (Nature.USUAL, {MOTHER: True, FATHER: False}, Verdict.DISAGREEMENT),
        (Nature.USUAL, {FATHER: False}, Verdict.REFUSED),
        (Nature.USUAL, {AUNT: True}, Verdict.WAITING),
        (Nature.NON_USUAL, {}, Verdict.WAITING),
        (Nature.NON_USUAL, {MOTHER: True}, Verdict.WAITING),
        (Nature.NON_USUAL, {MOTHER: True, FATHER: True}, Verdict.AGREED),
        (Nature.NON_USUAL, {MOTHER: True, FATHER: False}, Verdict.DISAGREEMENT),
        (Nature.NON_USUAL, {MOTHER: False, FATHER: False}, Verdict.REFUSED),
        (Nature.NON_USUAL, {FATHER: False}, Verdict.REFUSED),
        (Nature.NON_USUAL, {MOTHER: True, AUNT: True}, Verdict.WAITING),
    ],
)
def test_what_the_answers_of_two_parents_amount_to(
    nature: Nature, answers: dict[int, bool], expected: Verdict
) -> None:
    assert verdict(ask(nature, *BOTH), answers) == expected


def test_nobody_agrees_to_an_information() -> None:
    with pytest.raises(ValueError, match="information"):
        verdict(ask(Nature.INFORMATION, *BOTH), {MOTHER: True})


def test_whoever_may_not_be_informed_is_neither_asked_nor_told() -> None:
    for nature in Nature:
        asked = ask(nature, tie(MOTHER), tie(FATHER, barred=True))
        assert FATHER not in asked.deciders + asked.told and asked.doubts == (Doubt.BARRED_AUTHORITY,)
    assert verdict(ask(Nature.USUAL, tie(MOTHER), tie(FATHER, barred=True)), {MOTHER: True}) == Verdict.AGREED


def test_a_judge_is_read_before_a_non_usual_act_without_a_barred_parent() -> None:
    asked = ask(Nature.NON_USUAL, tie(MOTHER), tie(FATHER, barred=True))
    assert not asked.is_settled and verdict(asked, {MOTHER: True}) == Verdict.UNSETTLED


def test_a_person_in_charge_decides_on_what_is_usual_alone() -> None:
    ties = (tie(MOTHER), tie(FOSTER, Authority.IN_CHARGE))
    assert ask(Nature.USUAL, *ties).deciders == (MOTHER, FOSTER)
    assert ask(Nature.NON_USUAL, *ties).deciders == (MOTHER,)
    assert ask(Nature.INFORMATION, *ties).told == (MOTHER, FOSTER)


def test_a_contact_is_asked_nothing_and_a_parent_without_authority_is_a_doubt() -> None:
    asked = ask(Nature.USUAL, tie(MOTHER), tie(FATHER, Authority.CONTACT), tie(AUNT, Authority.CONTACT))
    assert asked.deciders == asked.told == (MOTHER,) and asked.doubts == (Doubt.PARENT_WITHOUT_AUTHORITY,)
    assert ask(Nature.USUAL, tie(MOTHER), tie(AUNT, Authority.CONTACT)).doubts == ()


def test_a_file_without_legal_guardian_settles_nothing_that_binds() -> None:
    alone = ask(Nature.NON_USUAL, tie(FOSTER, Authority.IN_CHARGE))
    assert Doubt.NOBODY in alone.doubts and verdict(alone, {FOSTER: True}) == Verdict.UNSETTLED
    assert verdict(ask(Nature.USUAL), {}) == Verdict.UNSETTLED
    assert not ask(Nature.INFORMATION).is_settled and ask(Nature.INFORMATION, *BOTH).is_settled


@pytest.mark.parametrize(("age", "who"), [(17, (MOTHER, FATHER)), (18, (PUPIL,)), (None, (MOTHER, FATHER))])
def test_a_pupil_decides_alone_from_eighteen(age: int | None, who: tuple[int, ...]) -> None:
    for nature in (Nature.USUAL, Nature.NON_USUAL):
        asked = ask(nature, *BOTH, age=age)
        assert asked.deciders == who and (Doubt.AGE in asked.doubts) == (age is None)
    grown = ask(Nature.INFORMATION, *BOTH, age=18)
    assert (
        grown.told == (PUPIL, MOTHER, FATHER)
        and verdict(ask(Nature.USUAL, *BOTH, age=18), {PUPIL: True}) == Verdict.AGREED
    )


def test_an_institution_and_whoever_nothing_reaches_get_paper() -> None:
    ties = (tie(MOTHER), tie(FATHER, is_reachable=False), tie(FOSTER, is_institution=True))
    for nature in Nature:
        assert ask(nature, *ties).on_paper == {FATHER, FOSTER}
    barred = ask(Nature.USUAL, tie(MOTHER), tie(FATHER, barred=True, is_reachable=False))
    assert barred.on_paper == frozenset()


def test_no_file_lets_a_contact_or_a_barred_person_decide() -> None:
    """Every pair of links: whoever decides has authority or charge, and may be informed."""
    kinds = list(product(Authority, (True, False)))
    for nature, age, (one, barred), (two, also) in product(Nature, (5, 18, None), kinds, kinds):
        ties = (tie(MOTHER, one, barred=barred), tie(FATHER, two, barred=also))
        asked = ask(nature, *ties, age=age)
        open_to = {link.person for link in ties if not link.barred and link.authority != Authority.CONTACT}
        assert set(asked.deciders + asked.told) <= open_to | {PUPIL}
        assert (PUPIL in asked.deciders + asked.told) == (age == 18)


# ── In the directory ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pupil(college: World) -> Person:
    return college.people["pupil"]


def page(pupil: Person) -> str:
    return f"/annuaire/personnes/{pupil.public_id}/accords/"


def test_the_file_says_whom_to_ask_in_one_query(
    college: World, pupil: Person, django_assert_num_queries: Any
) -> None:
    both = {college.people["guardian"].pk, college.people["other_guardian"].pk}
    with django_assert_num_queries(1):
        asked = whom_to_ask(pupil, Nature.NON_USUAL, college.today)
    assert set(asked.deciders) == both and asked.is_settled
    link = Guardianship.objects.get(pupil=pupil, guardian=college.people["other_guardian"])
    Guardianship.objects.filter(pk=link.pk).update(ends=college.today)
    assert set(whom_to_ask(pupil, Nature.NON_USUAL, college.today).deciders) == both - {link.guardian_id}


def test_who_keeps_families_reads_whom_to_ask_and_it_is_written_down(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    father = college.people["other_guardian"]
    Person.objects.filter(pk=father.pk).update(email="", phone="")
    client.sit(college.people["cpe"])
    html = client.get(page(pupil)).content.decode()
    for text in (
        "Pour un acte usuel",
        "Pour un acte non usuel",
        "Expliquer une absence",
        father.list_name,
        "Par courrier",
    ):
        assert text in html, text
    line = Line.objects.latest("pk")
    assert (line.verb, line.subject_id, line.actor_id) == (
        "directory.person_read",
        pupil.pk,
        college.people["cpe"].pk,
    )


def test_a_doubt_is_said_to_the_school_alone(college: World, client: SchoolClient, pupil: Person) -> None:
    father = college.people["other_guardian"]
    Guardianship.objects.filter(pupil=pupil, guardian=father).update(may_not_be_informed=True)
    client.sit(college.people["head"])
    assert "lisez la décision du juge" in client.get(page(pupil)).content.decode()
    client.sit(college.people["guardian"])
    assert "lisez la décision du juge" not in client.get(page(pupil)).content.decode()


def test_a_parent_reads_their_own_part_and_nobody_elses(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    client.sit(college.people["guardian"])
    html = client.get(page(pupil)).content.decode()
    other = college.people["other_guardian"]
    assert "Votre accord suffit" in html and "Votre accord est demandé" in html
    assert other.given_name not in html and other.family_name.upper() + " " + other.given_name not in html


def test_teachers_and_minors_do_not_read_it(college: World, client: SchoolClient, pupil: Person) -> None:
    for key in ("teacher", "pupil"):
        client.sit(college.people[key])
        assert client.get(page(pupil)).status_code == 403, key
        assert "/accords/" not in client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()
    client.sit(college.people["cpe"])
    assert client.get(page(college.people["guardian"])).status_code == 403
    assert page(pupil) in client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()
