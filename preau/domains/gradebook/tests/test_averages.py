"""Averages: the published example, each rule by itself, and ten thousand gradebooks against a slow computation."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.domains.gradebook.imports import books
from preau.domains.gradebook.rules import averages as rules
from preau.domains.gradebook.rules.averages import Code, Mode, Policy, Why
from preau.domains.gradebook.tests.slow_averages import slow_averages

EXAMPLE = {
    "rounding": {"step": "0.1", "mode": "half_up"},
    "general_from": "rounded",
    "not_returned": "zero",
    "subjects": [
        {
            "id": "maths",
            "coefficient": "3",
            "parts": [{"id": "ecrit", "coefficient": "2"}, {"id": "oral", "coefficient": "1"}],
        },
        {"id": "fr", "coefficient": "1", "parts": [{"id": "fr", "coefficient": "1"}]},
    ],
    "assessments": [
        {"id": "a1", "part": "ecrit", "scale": "20", "coefficient": "2", "mode": "normal"},
        {"id": "a2", "part": "ecrit", "scale": "10", "coefficient": "1", "mode": "optional"},
        {"id": "a3", "part": "oral", "scale": "20", "coefficient": "1", "mode": "normal"},
        {"id": "a4", "part": "fr", "scale": "20", "coefficient": "1", "mode": "bonus"},
        {"id": "a5", "part": "fr", "scale": "20", "coefficient": "1", "mode": "normal"},
    ],
    "marks": [
        {"pupil": "p", "assessment": "a1", "value": "11"},
        {"pupil": "p", "assessment": "a2", "value": "8"},
        {"pupil": "p", "assessment": "a3", "value": "ABS"},
        {"pupil": "p", "assessment": "a4", "value": "14"},
        {"pupil": "p", "assessment": "a5", "value": "10.5"},
    ],
}
ANSWER = {
    "pupils": {
        "p": {
            "parts": {"ecrit": "12.67", "oral": None, "fr": "14.50"},
            "subjects": {"maths": "12.7", "fr": "14.5"},
            "general": "13.2",
        }
    }
}


def computed(book: dict[str, Any]) -> dict[str, Any]:
    return books.written(books.read(json.dumps(book).encode()))


def test_the_example_that_is_published() -> None:
    assert computed(EXAMPLE) == ANSWER == slow_averages(EXAMPLE)


# One part, rule by rule

PART = rules.PartTerms("p")


def sat(
    *given: tuple[str, str] | tuple[str, str, Mode] | tuple[str, str, Mode, str], **decided: Any
) -> rules.Average:
    """The average of a part whose assessments are (mark, coefficient, mode, scale)."""
    terms, marks = [], {}
    for rank, (mark, coefficient, *more) in enumerate(given):
        mode = more[0] if more else Mode.NORMAL
        scale = more[1] if len(more) > 1 else "20"
        terms.append(rules.AssessmentTerms(rank, "p", Fraction(scale), Fraction(coefficient), mode))
        if mark:
            marks[rank] = Code(mark) if mark in list(Code) else Fraction(mark)
    return rules.part_average(PART, terms, marks, Policy(**decided))


def test_a_mark_counts_out_of_twenty_and_by_its_coefficient() -> None:
    assert sat(("5", "1", Mode.NORMAL, "10"), ("16", "2")).exact == Fraction(14)


@pytest.mark.parametrize("code", ["ABS", "DISP", "NN", ""])
def test_who_was_not_there_loses_nothing(code: str) -> None:
    average = sat(("12", "1"), (code, "5"))
    assert average.exact == 12 and not average.terms[1].counts


def test_work_not_returned_is_zero_or_nothing_as_the_school_decides() -> None:
    assert sat(("12", "1"), ("NR", "1")).exact == 6
    ignored = sat(("12", "1"), ("NR", "1"), not_returned=rules.NotReturned.IGNORED)
    assert ignored.exact == 12 and ignored.terms[1].why == Why.NOT_RETURNED_IGNORED


def test_a_bonus_adds_what_is_above_ten_and_never_passes_twenty() -> None:
    assert sat(("10", "1"), ("14", "1", Mode.BONUS)).exact == 14
    assert sat(("12", "1"), ("10", "1", Mode.BONUS)).terms[1].why == Why.BONUS_LEFT
    limited = sat(("19", "1"), ("20", "1", Mode.BONUS))
    assert limited.exact == 20 and limited.is_limited and limited.total == 29


def test_an_optional_mark_counts_only_where_it_raises_the_average() -> None:
    average = sat(
        ("11", "2"), ("8", "1", Mode.OPTIONAL, "10"), ("12", "1", Mode.OPTIONAL), ("13", "1", Mode.OPTIONAL)
    )
    assert [term.why for term in average.terms] == [
        Why.COUNTED,
        Why.OPTIONAL_KEPT,
        Why.OPTIONAL_LEFT,
        Why.OPTIONAL_KEPT,
    ]
    assert average.exact == Fraction(22 + 16 + 13, 4)
    equal = sat(("12", "1"), ("12", "1", Mode.OPTIONAL))
    assert equal.terms[1].why == Why.OPTIONAL_LEFT and equal.divisor == 1


def test_an_optional_mark_is_compared_before_the_limit_of_twenty() -> None:
    """A bonus brought the average to 28: not even 20 raises it."""
    average = sat(("18", "1"), ("20", "1", Mode.BONUS), ("20", "1", Mode.OPTIONAL))
    assert average.terms[2].why == Why.OPTIONAL_LEFT and average.exact == 20


def test_a_bonus_or_an_optional_mark_alone_makes_no_average() -> None:
    alone = sat(("14", "1", Mode.BONUS), ("15", "1", Mode.OPTIONAL), ("ABS", "1"))
    assert alone.exact is None and alone.rounded is None
    assert [term.why for term in alone.terms] == [Why.ALONE, Why.ALONE, Why.ABSENT]
    assert alone.total == alone.divisor == 0


def test_a_coefficient_of_zero_shows_and_does_not_count() -> None:
    average = sat(("12", "1"), ("2", "0"), ("18", "0", Mode.BONUS), ("18", "0", Mode.OPTIONAL))
    assert average.exact == 12 and average.terms[1].value == 2
    assert {term.why for term in average.terms[1:]} == {Why.NO_COEFFICIENT}
    assert sat(("12", "0")).exact is None


def test_no_assessment_no_average() -> None:
    assert sat().exact is None and sat().terms == ()


# Rounding, subject, general, year


@pytest.mark.parametrize(
    ("value", "step", "mode", "shown"),
    [
        ("13.15", "0.1", "half_up", "13.2"),
        ("13.25", "0.1", "half_even", "13.2"),
        ("13.35", "0.1", "half_even", "13.4"),
        ("13.19", "0.1", "down", "13.1"),
        ("13.25", "0.5", "half_up", "13.5"),
        ("13.25", "0.5", "half_even", "13.0"),
        ("13.74", "0.5", "down", "13.5"),
        ("12", "0.01", "half_up", "12.00"),
        ("12.5", "1", "half_up", "13"),
        ("12.5", "1", "half_even", "12"),
        ("0", "0.1", "half_up", "0.0"),
    ],
)
def test_rounding(value: str, step: str, mode: str, shown: str) -> None:
    assert str(rules.rounded(Fraction(value), Decimal(step), rules.Rounding(mode))) == shown


def test_a_step_written_otherwise_does_not_change_how_another_is_shown() -> None:
    for step, shown in [("0.25", "13.25"), ("0.250", "13.250"), ("0.25", "13.25")]:
        assert str(rules.rounded(Fraction("13.25"), Decimal(step))) == shown


def test_rounding_is_exact_beyond_what_a_context_of_decimals_holds() -> None:
    third = rules.rounded(Fraction(40, 3), Decimal("1e-60"))
    assert str(third) == "13." + "3" * 60


def test_a_subject_is_made_of_the_exact_averages_of_its_parts_that_have_one() -> None:
    book = {**EXAMPLE, "marks": [*EXAMPLE["marks"][:2], {"pupil": "p", "assessment": "a3", "value": "10"}]}
    # (2 × 12.666… + 10) / 3 = 11.777…: from 12.67 it would be 11.78 too, but a stranger divides fractions.
    exact = rules.averages_of(
        books.read(json.dumps(book).encode()).terms,
        {"a1": Fraction(11), "a2": Fraction(8), "a3": Fraction(10)},
    )
    assert exact.subjects["maths"].exact == Fraction(106, 9)
    assert computed(book)["pupils"]["p"]["subjects"] == {"maths": "11.8", "fr": None}


def test_the_general_average_comes_from_rounded_or_exact_ones_as_the_school_decides() -> None:
    # maths 12.666…, fr 14.5: (38 + 14.5) / 4 = 13.125, where rounded ones make 13.15.
    assert computed({**EXAMPLE, "general_from": "exact"})["pupils"]["p"]["general"] == "13.1"
    assert computed(EXAMPLE)["pupils"]["p"]["general"] == "13.2"


def test_a_pupil_without_a_number_has_no_average_and_is_there() -> None:
    book = {**EXAMPLE, "marks": [{"pupil": "q", "assessment": "a1", "value": "DISP"}]}
    assert computed(book)["pupils"] == {
        "q": {
            "parts": dict.fromkeys(["ecrit", "oral", "fr"]),
            "subjects": dict.fromkeys(["maths", "fr"]),
            "general": None,
        }
    }
    assert computed({**EXAMPLE, "marks": []}) == {"pupils": {}}


def period(policy: Policy, **subjects: tuple[str, str] | None) -> rules.Averages:
    """A period whose subjects have one mark: (mark, coefficient of the subject)."""
    made = {
        key: rules.mean_of(key, Fraction(held[1]), [("m", Fraction(held[0]), Fraction(1))], policy)
        if held
        else rules.mean_of(key, Fraction(1), [], policy)
        for key, held in subjects.items()
    }
    return rules.Averages({}, made, rules.general_average(made.values(), policy))


def test_a_year_is_the_mean_of_its_periods_subject_by_subject() -> None:
    policy = Policy()
    year = rules.year_of(
        [
            (1, period(policy, maths=("12.04", "3"), fr=("10", "1"), art=("15", "1"))),
            (2, period(policy, maths=("13", "3"), fr=None)),
        ],
        policy,
    )
    assert year.subjects["maths"].exact == Fraction(25, 2)  # 12.0 and 13.0, as they were read
    assert year.subjects["fr"].exact == 10 and year.subjects["art"].exact == 15
    assert [term.why for term in year.subjects["fr"].terms] == [Why.COUNTED, Why.NO_AVERAGE]
    assert year.general.exact == Fraction(3 * Fraction(25, 2) + 10 + 15) / 5
    exact = rules.year_of(
        [(1, period(policy, maths=("12.04", "3"))), (2, period(policy, maths=("13", "3")))],
        replace(policy, general_from=rules.GeneralFrom.EXACT),
    )
    assert exact.subjects["maths"].exact == Fraction("12.52")


def test_a_year_without_periods_has_no_average() -> None:
    empty = rules.year_of([], Policy())
    assert empty.subjects == {} and empty.general.exact is None


# Statistics


def test_the_spread_of_a_class_by_hand() -> None:
    spread = rules.statistics_of(map(Fraction, [4, 8, 10, 11, 12, 13, 15, 20]))
    assert spread is not None
    assert (spread.least, spread.first_quartile, spread.median) == (4, 8, Fraction(23, 2))
    assert (spread.third_quartile, spread.most, spread.mean) == (13, 20, Fraction(93, 8))
    assert spread.distribution == (0, 0, 1, 0, 1, 2, 2, 1, 0, 1)
    assert rules.statistics_of([]) is None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.fractions(0, 20, max_denominator=40), min_size=1, max_size=40))
def test_quartiles_are_values_that_a_share_of_the_class_does_not_pass(values: list[Fraction]) -> None:
    spread = rules.statistics_of(values)
    assert spread is not None and spread.count == len(values) == sum(spread.distribution)
    for share, quartile in ((1, spread.first_quartile), (3, spread.third_quartile)):
        reached = [v for v in set(values) if 4 * sum(each <= v for each in values) >= share * len(values)]
        assert quartile == min(reached)
    below, above = sum(v <= spread.median for v in values), sum(v >= spread.median for v in values)
    assert 2 * below >= len(values) and 2 * above >= len(values)
    assert spread.least <= spread.first_quartile <= spread.median <= spread.third_quartile <= spread.most
    assert spread.mean * len(values) == sum(values)


# Gradebooks drawn by lot, against the slow computation

coefficients = st.sampled_from(["0", "0.5", "1", "1", "1", "2", "3", "1.25", "4"])
scales = st.sampled_from(["20", "20", "20", "10", "5", "40", "100", "7", "12.5"])
codes = st.sampled_from(["ABS", "DISP", "NN", "NR"])


@st.composite
def gradebooks(draw: Any) -> dict[str, Any]:
    subjects = []
    for s in range(draw(st.integers(0, 4))):
        parts = [
            {"id": f"s{s}p{p}", "coefficient": draw(coefficients)} for p in range(draw(st.integers(0, 3)))
        ]
        subjects.append({"id": f"s{s}", "coefficient": draw(coefficients), "parts": parts})
    rooms = [part["id"] for subject in subjects for part in subject["parts"]]
    assessments = [
        {
            "id": f"a{a}",
            "part": draw(st.sampled_from(rooms)),
            "scale": draw(scales),
            "coefficient": draw(coefficients),
            "mode": draw(st.sampled_from(["normal", "normal", "optional", "bonus"])),
        }
        for a in range(draw(st.integers(0, 12)) if rooms else 0)
    ]
    marks = []
    for pupil in ("p", "q", "r")[: draw(st.integers(0, 3))]:
        for assessment in assessments:
            kind = draw(st.integers(0, 9))
            if kind == 9:
                continue
            quarters = draw(st.integers(0, int(Fraction(assessment["scale"]) * 4)))
            number = f"{quarters // 4}.{quarters % 4 * 25:02}"
            marks.append(
                {
                    "pupil": pupil,
                    "assessment": assessment["id"],
                    "value": draw(codes) if kind == 8 else number,
                }
            )
    return {
        "rounding": {
            "step": draw(st.sampled_from(["0.1", "0.01", "0.5", "0.25", "1", "0.05"])),
            "mode": draw(st.sampled_from(["half_up", "half_even", "down"])),
        },
        "general_from": draw(st.sampled_from(["rounded", "exact"])),
        "not_returned": draw(st.sampled_from(["zero", "ignored"])),
        "subjects": subjects,
        "assessments": assessments,
        "marks": marks,
    }


@settings(max_examples=200, deadline=None)
@given(gradebooks())
def test_two_hundred_gradebooks_are_what_a_slow_computation_finds(book: dict[str, Any]) -> None:
    assert computed(book) == slow_averages(book)


@pytest.mark.net
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(gradebooks())
def test_ten_thousand_gradebooks_are_what_a_slow_computation_finds(book: dict[str, Any]) -> None:
    assert computed(book) == slow_averages(book)


@settings(max_examples=100, deadline=None)
@given(gradebooks(), st.randoms(use_true_random=False))
def test_the_order_of_assessments_and_marks_says_nothing(book: dict[str, Any], luck: Any) -> None:
    mixed = {
        **book,
        "assessments": luck.sample(book["assessments"], len(book["assessments"])),
        "marks": luck.sample(book["marks"], len(book["marks"])),
    }
    assert computed(mixed) == computed(book)


@settings(max_examples=100, deadline=None)
@given(gradebooks(), st.sampled_from(["2", "0.5", "7"]))
def test_weights_say_proportions_only(book: dict[str, Any], times: str) -> None:
    """All coefficients of one kind multiplied by the same number: nothing moves."""

    def heavier(thing: dict[str, Any]) -> dict[str, Any]:
        product = Decimal(thing["coefficient"]) * Decimal(times)
        return {**thing, "coefficient": f"{product:f}"}

    weighed = {
        **book,
        "subjects": [
            {**heavier(subject), "parts": [heavier(part) for part in subject["parts"]]}
            for subject in book["subjects"]
        ],
        "assessments": [heavier(assessment) for assessment in book["assessments"]],
    }
    assert computed(weighed) == computed(book)


@settings(max_examples=100, deadline=None)
@given(gradebooks())
def test_a_bonus_or_an_optional_mark_never_lowers_an_average(book: dict[str, Any]) -> None:
    plain = {a["id"] for a in book["assessments"] if a["mode"] == "normal"}
    fewer = {**book, "marks": [m for m in book["marks"] if m["assessment"] in plain]}
    with_all, without = computed(book)["pupils"], computed(fewer)["pupils"]
    for pupil, averages in without.items():
        for part, value in averages["parts"].items():
            more = with_all[pupil]["parts"][part]
            assert value is None if more is None else Decimal(more) >= Decimal(value)


@settings(max_examples=100, deadline=None)
@given(gradebooks())
def test_the_explanation_adds_up_to_the_average(book: dict[str, Any]) -> None:
    read = books.read(json.dumps(book).encode())
    for marks in read.marks.values():
        made = rules.averages_of(read.terms, marks)
        for average in (*made.parts.values(), *made.subjects.values(), made.general):
            if average.exact is None:
                assert not average.divisor and not any(term.counts for term in average.terms)
            else:
                assert average.exact == min(average.total / average.divisor, Fraction(20))
            for term in average.terms:
                assert term.counts == bool(term.adds or term.weighs) or (term.counts and term.value == 0)


def test_the_order_of_optional_marks_of_one_value_says_nothing() -> None:
    held = [("15", "1", Mode.OPTIONAL), ("15", "3", Mode.OPTIONAL), ("12", "1", Mode.OPTIONAL), ("11", "1")]
    assert {sat(*order).exact for order in permutations(held)} == {Fraction(15 + 45 + 11, 5)}


# Files that are refused


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with one value changed; a missing key where the value is `...`."""
    book = json.loads(json.dumps(EXAMPLE))
    node: Any = book
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return book


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("rounding", ..., "rounding : cette clé manque"),
        ("rounding.step", "0", "rounding.step : un nombre plus grand que zéro"),
        ("rounding.mode", "up", "rounding.mode : une de ces valeurs est attendue : half_up, half_even, down"),
        ("general_from", None, "general_from : une de ces valeurs"),
        ("not_returned", ["zero"], "not_returned : une de ces valeurs"),
        ("subjects", {}, "subjects : une liste est attendue"),
        ("subjects.0", "maths", "subjects[0] : un objet est attendu"),
        ("subjects.1.id", "maths", "subjects[1].id : « maths » est déjà pris"),
        ("subjects.1.parts.0.id", "oral", "subjects[1].parts[0].id : « oral » est déjà pris"),
        ("subjects.0.coefficient", "-1", "subjects[0].coefficient : un nombre négatif"),
        ("subjects.0.parts.1.coefficient", "1e2", "subjects[0].parts[1].coefficient : un nombre est attendu"),
        ("assessments.0.scale", "0", "assessments[0].scale : un nombre plus grand que zéro"),
        ("assessments.1.coefficient", 1, "assessments[1].coefficient : un nombre est attendu"),
        ("assessments.2.mode", "extra", "assessments[2].mode : une de ces valeurs"),
        ("assessments.3.part", "latin", "assessments[3].part : aucune matière n’a de partie « latin »"),
        ("assessments.4.id", "a1", "assessments[4].id : « a1 » est déjà pris"),
        ("marks.0.assessment", "zz", "marks[0].assessment : aucune évaluation « zz »"),
        ("marks.0.pupil", "", "marks[0].pupil : un texte est attendu"),
        ("marks.1.assessment", "a1", "marks[1] : l’élève « p » a déjà une note à l’évaluation « a1 »"),
        (
            "marks.0.value",
            "20.01",
            "marks[0].value : la note de l’élève « p » à l’évaluation « a1 », 20.01, dépasse",
        ),
        (
            "marks.1.value",
            "-0.5",
            "marks[1].value : la note de l’élève « p » à l’évaluation « a2 », -0.5, est plus petite",
        ),
        (
            "marks.1.value",
            "8,5",
            "marks[1].value : la note de l’élève « p » à l’évaluation « a2 » n’est ni un nombre",
        ),
        (
            "marks.1.value",
            "NaN",
            "marks[1].value : la note de l’élève « p » à l’évaluation « a2 » n’est ni un nombre",
        ),
        (
            "marks.1.value",
            8,
            "marks[1].value : la note de l’élève « p » à l’évaluation « a2 » n’est ni un nombre",
        ),
    ],
)
def test_a_malformed_gradebook_says_where_and_why(path: str, value: Any, said: str) -> None:
    with pytest.raises(books.Malformed) as refused:
        computed(changed(path, value))
    sentence = str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
    assert sentence.startswith(said) and sentence.endswith(".")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "pas du JSON"),
        (b'{"a": ', "pas du JSON"),
        (b"[]", "un objet est attendu"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "pas lisible"),
        (b'{"marks": [], "marks": []}', "marks : cette clé est écrite deux fois"),
    ],
)
def test_a_file_that_is_no_gradebook_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(books.Malformed) as refused:
        books.read(content)
    assert said in str(refused.value).replace("\u202f", " ").replace("\u00a0", " ")
