"""What is read of marks: by whom, when, compared with whom, and how an average is explained."""

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Guardianship, Period, Person, School
from preau.directory.seeds.world import World, add_sibling_elsewhere, make_parent_of
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions import assessments
from preau.domains.gradebook.models import Assessment, GradeBook, SubjectWeight, SubSubject
from preau.domains.gradebook.queries import class_reading, computations, latest, pupil_reading, remembered
from preau.domains.gradebook.queries.figures import MarkRow, number, spread_in_words
from preau.domains.gradebook.rules import reading as rules
from preau.domains.gradebook.rules.averages import Code
from preau.domains.gradebook.tests.read_scene import (
    LONG_AGO,
    assessed,
    charges_of,
    give,
    lived_term,
    pupils_of,
)
from preau.domains.gradebook.tests.scene import assessment, class_of, classmate_of, marked
from preau.foundation.text import filled
from preau.identity.actions.accounts import open_accounts
from tests.pages import MOST_BYTES, counted, faults
from tests.test_api import ask, token_of

LATER = NOW + timedelta(hours=2)
MOST_STATEMENTS = 14


def page_of(pupil: Person, name: str = "pupil", **more: Any) -> str:
    return reverse(f"gradebook:{name}", kwargs={"public_id": pupil.public_id, **more})


def sat(assessment: Assessment) -> str:
    return reverse("gradebook:assessment", kwargs={"pk": assessment.pk})


@pytest.fixture
def pupil(college: World) -> Person:
    """Of a class that was not assessed yet."""
    Assessment.objects.all().delete()
    return college.people["pupil"]


def read(viewer: Viewer, pupil: Person, asked: str | None = None) -> pupil_reading.PupilMarks:
    found = pupil_reading.marks_of(viewer, pupil, asked)
    assert found is not None
    return found


def said_of(viewer: Viewer, pupil: Person) -> list[str]:
    """The marks that a viewer reads of a pupil."""
    return [row.said for row in read(viewer, pupil).last]


# Who reads what, and when


def test_a_draft_and_what_is_not_published_yet_are_read_by_nobody(
    college: World, seat_of: Any, pupil: Person
) -> None:
    give(assessed(college, published_at=None), (pupil, 7))
    give(assessed(college, published_at=LATER, guardians_at=LATER), (pupil, 8))
    for key in ("pupil", "guardian", "head", "cpe"):
        viewer = seat_of(key)
        assert read(viewer, pupil).lines == [] and said_of(viewer, pupil) == [], key
    assert latest.last_marks(seat_of("pupil")) == []


def test_a_pupil_reads_before_the_family(
    college: World, seat_of: Any, client: SchoolClient, pupil: Person
) -> None:
    one = assessed(college, guardians_at=LATER)
    give(one, (pupil, "13.5"))
    assert said_of(seat_of("pupil"), pupil) == ["13,5"]
    assert said_of(seat_of("guardian"), pupil) == []
    assert latest.last_marks(seat_of("guardian")) == []
    address = sat(one)
    assert client.sit(pupil).get(address).status_code == 200
    assert client.sit(college.people["guardian"]).get(address).status_code == 404


def test_pupil_and_family_are_told_of_marks_that_only_the_pupil_reads_yet(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    give(assessed(college, "Lue"), (pupil, 12))
    give(assessed(college, "Secrète encore", guardians_at=LATER), (pupil, "18.75"))
    give(assessed(college, "D’un autre", guardians_at=LATER), (classmate_of(college), 9))
    for key, sentence in (
        ("guardian", "1 note arrive pour les parents"),
        ("pupil", "Vos parents liront 1 note"),
    ):
        page = " ".join(client.sit(college.people[key]).get(page_of(pupil)).content.decode().split())
        assert sentence in page and "aujourd’hui, 12" in page, key
    page = client.sit(college.people["guardian"]).get(page_of(pupil)).content.decode()
    assert "Secrète encore" not in page and "18,75" not in page
    assert "pour les parents" not in client.sit(college.people["head"]).get(page_of(pupil)).content.decode()
    Assessment.objects.filter(guardians_at=LATER).update(guardians_at=LONG_AGO)
    assert (
        "pour les parents" not in client.sit(college.people["guardian"]).get(page_of(pupil)).content.decode()
    )


def test_it_opens_on_the_last_period_that_holds_a_mark_of_the_pupil_that_one_reads(
    college: World, seat_of: Any, pupil: Person
) -> None:
    first, second = Period.objects.filter(year=college.year).order_by("starts")[:2]
    later = NOW + timedelta(days=(second.starts - NOW.date()).days + 3)
    give(assessed(college), (pupil, 12))
    # Of a classmate alone, and of the pupil but not read yet by the family.
    give(assessed(college, "Autre", day=second.starts), (classmate_of(college), 9))

    def opened(key: str, asked: str | None = None) -> Period | None:
        return read(seat_of(key, at=later), pupil, asked).period

    assert [opened(key) for key in ("pupil", "guardian", "head")] == [first] * 3
    assert opened("pupil", str(second.pk)) == second and opened("pupil", "annee") is None
    one = assessed(college, "Nouveau", day=second.starts, guardians_at=later + timedelta(hours=1))
    give(one, (pupil, 15))
    assert [opened(key) for key in ("pupil", "guardian", "head")] == [second, first, second]


def test_a_deleted_assessment_is_gone(college: World, seat_of: Any, pupil: Person) -> None:
    one = assessed(college)
    give(one, (pupil, 13))
    Assessment.objects.filter(pk=one.pk).update(deleted_at=NOW)
    assert said_of(seat_of("pupil"), pupil) == []


def test_the_statistics_of_families_know_nothing_that_they_do_not_read_yet(
    college: World, seat_of: Any, pupil: Person
) -> None:
    people = pupils_of(college)[:6]
    give(assessed(college), *((person, 10) for person in people))
    give(assessed(college, "Bilan", guardians_at=LATER), *((person, 18) for person in people))
    means = [
        read(seat_of(key), pupil).subjects[0].spread.mean  # type: ignore[union-attr]
        for key in ("pupil", "guardian")
    ]
    assert means == [14.0, 10.0]


PAGES = ["pupil", "average"]


@pytest.mark.parametrize("name", PAGES)
def test_who_opens_the_marks_of_a_pupil(
    college: World, client: SchoolClient, pupil: Person, name: str
) -> None:
    give(assessed(college), (pupil, 12))
    Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER).update(
        teacher=college.people["teacher_1"]
    )
    address = page_of(pupil, name)
    opened = {
        key: client.sit(college.people[key]).get(address).status_code
        for key in ("pupil", "guardian", "head", "cpe", "teacher_1", "teacher", "secretary")
    }
    allowed = {"pupil", "guardian", "head", "cpe", "teacher_1"}
    assert opened == {key: 200 if key in allowed else 403 for key in opened}


def test_a_guardian_who_is_one_no_more_reads_nothing(
    college: World, client: SchoolClient, pupil: Person, seat_of: Any
) -> None:
    give(assessed(college), (pupil, 12))
    Guardianship.objects.filter(pupil=pupil, guardian=college.people["guardian"]).update(
        ends=NOW.date() - timedelta(days=1)
    )
    make_parent_of(college, "guardian", pupils_of(college)[1])
    assert client.sit(college.people["guardian"]).get(page_of(pupil)).status_code == 404
    assert not rules.reads_marks_of(seat_of("guardian"), pupil)


def test_another_family_and_the_twin_school_read_nothing(
    college: World, twin: World, client: SchoolClient, pupil: Person
) -> None:
    give(assessed(college), (pupil, 12))
    mate = pupils_of(college)[1]
    open_accounts([mate])
    mate = Person.objects.get(pk=mate.pk)
    for person in (mate, twin.people["head"], twin.people["pupil"], twin.people["guardian"]):
        assert client.sit(person).get(page_of(pupil)).status_code == 404


def test_a_pupil_reads_no_mark_of_a_classmate(college: World, client: SchoolClient, pupil: Person) -> None:
    mate = pupils_of(college)[1]
    one = assessed(college)
    give(one, (pupil, 12), (mate, "3.25"))
    pages = [page_of(pupil), sat(one), page_of(pupil, "average")]
    client.sit(pupil)
    for address in pages:
        page = client.get(address).content.decode()
        assert "3,25" not in page and mate.family_name not in page


def test_an_adult_who_reads_leaves_a_line_and_a_family_none(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    give(assessed(college), (pupil, 12))
    lines = Line.objects.filter(verb="gradebook.marks_read", subject_id=pupil.pk)
    client.sit(pupil).get(page_of(pupil))
    assert lines.count() == 0
    client.sit(college.people["cpe"]).get(page_of(pupil))
    assert lines.get().is_read


def test_who_opens_the_averages_of_a_class(college: World, client: SchoolClient, pupil: Person) -> None:
    give(assessed(college), *((pupil, 11) for pupil in pupils_of(college)[:5]))
    Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER).update(
        teacher=college.people["teacher_1"]
    )
    address = reverse("gradebook:class_averages", kwargs={"pk": class_of(college).pk})
    opened = {
        key: client.sit(college.people[key]).get(address).status_code
        for key in ("head", "cpe", "teacher_1", "teacher", "pupil", "guardian", "secretary")
    }
    assert {key for key, status in opened.items() if status == 200} == {"head", "cpe", "teacher_1"}
    assert opened["pupil"] == opened["guardian"] == 404


# A class to compare with


def test_no_comparison_under_five_pupils(college: World, seat_of: Any, pupil: Person) -> None:
    people = pupils_of(college)
    one = assessed(college)
    give(one, *zip(people[:4], [10, 12, 14, 16], strict=True))
    few = read(seat_of("pupil"), pupil)
    assert few.subjects[0].spread is None and few.in_context(few.lines[0]).spread is None
    assert pupil_reading.distribution_of(few, few.row_of(few.lines[0])) == ([], "")
    give(one, (people[4], 18))
    enough = read(seat_of("pupil"), pupil)
    spread = enough.in_context(enough.lines[0]).spread
    assert spread is not None and (spread.low, spread.high, spread.mean) == (12, 16, 14)
    bars, own = pupil_reading.distribution_of(enough, enough.row_of(enough.lines[0]))
    assert sum(count for _label, count in bars) == 5 and own == "10–12"


def test_a_code_is_no_value_of_the_class(college: World, seat_of: Any, pupil: Person) -> None:
    people = pupils_of(college)
    give(assessed(college), *((person, 12) for person in people[:4]), (people[4], "ABS"))
    found = read(seat_of("pupil"), pupil)
    assert found.in_context(found.lines[0]).spread is None


def test_there_is_no_rank_and_no_extreme(college: World, client: SchoolClient, pupil: Person) -> None:
    lived_term(college)
    page = client.sit(pupil).get(page_of(pupil)).content.decode()
    words = re.sub(r"<[^>]*>", " ", page).lower()
    assert re.search(r"\brang\b|premier de|\bdernier de|minimum|maximum", words) is None


# How an average is made


def test_a_pupil_reads_where_an_average_comes_from(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    charge = charges_of(college)[0]
    for title, value, fields in [
        ("Ratio", 16, {"coefficient": 2}),
        ("Droites", 5, {"scale": 10}),
        ("Exposé", 4, {"mode": "optional"}),
        ("Jeu", 14, {"mode": "bonus"}),
        ("Dictée", "ABS", {}),
    ]:
        give(assessed(college, title, charge=charge, **fields), (pupil, value))
    page = client.sit(pupil).get(page_of(pupil, "average") + f"?matiere={charge.subject_id}").content.decode()
    text = " ".join(page.replace("\u202f", " ").split())
    for words in (
        "16 × 2 = <strong>32</strong>",
        "10 × 1 = <strong>10</strong>",
        "14 × 1 = <strong>4</strong>",
        "il n’améliore pas la moyenne",
        "les points au-dessus de 10 s’ajoutent",
        "absent : ne compte pas",
        "46 ÷ 3 = 15,33",
        "<strong>15,3</strong>",
    ):
        assert words in text, words


def test_parts_and_weights_of_the_school_count(college: World, seat_of: Any, pupil: Person) -> None:
    first, second = charges_of(college)[:2]
    oral = SubSubject.objects.create(
        school=college.school, subject=first.subject, name="Oral", coefficient=Decimal(3)
    )
    give(assessed(college, charge=first), (pupil, 10))
    give(assessed(college, charge=first, sub_subject=oral), (pupil, 14))
    give(assessed(college, charge=second), (pupil, 16))
    SubjectWeight.objects.create(school=college.school, subject=first.subject, coefficient=Decimal(5))
    SubjectWeight.objects.create(
        school=college.school, subject=first.subject, group=class_of(college), coefficient=Decimal(3)
    )
    found = read(seat_of("pupil"), pupil)
    assert found.averages.subjects[first.subject_id].exact == 13
    assert found.averages.general.exact == Fraction(13 * 3 + 16, 4)
    row = found.subject(first.subject_id)
    assert row is not None
    assert [(block.value, block.share) for block in computations.blocks_of(found, row)] == [
        ("10", 5),
        ("14", 15),
    ]


def test_blocks_are_few_and_weigh_all_together(college: World, seat_of: Any, pupil: Person) -> None:
    charge = charges_of(college)[0]
    for rank in range(8):
        give(assessed(college, f"Contrôle {rank}", charge=charge), (pupil, 10 + rank))
    found = read(seat_of("pupil"), pupil)
    row = found.subjects[0]
    blocks = computations.blocks_of(found, row)
    assert len(blocks) == computations.MOST_BLOCKS and blocks[-1].label == "Autres"
    assert row.average.exact == Fraction(27, 2)


def test_each_block_says_how_much_it_weighs_and_no_width_is_to_be_believed(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    charge = charges_of(college)[0]
    give(assessed(college, "Ratio", charge=charge, coefficient=3), (pupil, 16))
    give(assessed(college, "Droites", charge=charge), (pupil, 12))
    for page in (page_of(pupil), page_of(pupil, "average") + f"?matiere={charge.subject_id}"):
        text = " ".join(client.sit(pupil).get(page).content.decode().replace("\u202f", " ").split())
        assert '<span class="weights-said">pèse 75 %</span>' in text
        assert "Plus un bloc est large" not in text


def test_a_step_that_the_next_mark_makes_possible(college: World, seat_of: Any, pupil: Person) -> None:
    charge = charges_of(college)[0]
    give(assessed(college, charge=charge), (pupil, 12))
    assessed(college, "Bilan", charge=charge, day=NOW.date() + timedelta(days=3))
    found = read(seat_of("pupil"), pupil)
    assert [row.line.title for row in found.coming] == [college.named("Bilan")]
    assert "14 sur 20" in computations.next_step(
        found, found.subjects[0]
    ) and "de 13." in computations.next_step(found, found.subjects[0])


def test_a_period_and_the_year(college: World, seat_of: Any, pupil: Person) -> None:
    lived_term(college)
    viewer = seat_of("pupil")
    term, year = read(viewer, pupil), read(viewer, pupil, "annee")
    assert term.period is not None and year.period is None
    for pk, average in term.averages.subjects.items():
        assert average.rounded is not None
        assert year.averages.subjects[pk].exact == Fraction(average.rounded)
    assert read(viewer, pupil, "999999").period == term.period


def test_the_evolution_ends_with_the_average_of_today(college: World, seat_of: Any, pupil: Person) -> None:
    lived_term(college)
    found = read(seat_of("pupil"), pupil)
    points = found.evolution.points
    assert len(points) > 2
    assert points[-1].said == number(found.averages.general.rounded)
    assert all(point.low is not None and point.low <= point.high for point in points)  # type: ignore[operator]


def test_the_page_of_a_class_says_what_pupils_read(college: World, seat_of: Any, pupil: Person) -> None:
    lived_term(college)
    book = GradeBook.objects.get(pk=class_of(college).pk)
    found = class_reading.averages_of_class(seat_of("head"), book, None)
    names = [line.name for line in found.lines]
    assert names == sorted(names) and len(names) == len(pupils_of(college))
    own = next(line for line in found.lines if line.public_id == pupil.public_id)
    mine = read(seat_of("pupil"), pupil)
    assert own.general == number(mine.averages.general.rounded)
    assert list(own.cells) == [row.said for row in mine.subjects]


# Elsewhere, and what it costs


def test_the_home_shows_the_last_marks(college: World, client: SchoolClient, pupil: Person) -> None:
    give(assessed(college, "Le dernier contrôle"), (pupil, "17.5"))
    for key in ("pupil", "guardian"):
        page = client.sit(college.people[key]).get("/").content.decode()
        assert college.named("Le dernier contrôle") in page and "17,5" in page, key
        # Several cards have a link « Tout voir »: each says of what.
        assert ">\u202f: Dernières notes</span></a>" in page, key


def test_the_home_shows_where_a_mark_is_in_its_class_from_five_marks_on(
    college: World, seat_of: Any, pupil: Person, django_assert_num_queries: Any
) -> None:
    few, many = assessed(college, "Quatre copies"), assessed(college, "Cinq copies")
    mates = pupils_of(college)[1:5]
    give(few, (pupil, 12), *((mate, 8) for mate in mates[:3]))
    give(many, (pupil, 12), *((mate, 8) for mate in mates))
    viewer = seat_of("guardian")
    with django_assert_num_queries(1):
        rows = {row.assessment_id: row for row in latest.last_marks(viewer)}
    assert rows[few.pk].spread is None and {row.said for row in rows.values()} == {"12"}
    spread = rows[many.pk].spread
    assert spread and (spread.low, spread.mean) == (8, 8.8)


def test_the_home_says_whose_mark_it_is_where_only_one_child_is_marked(
    college: World, twin: World, client: SchoolClient, pupil: Person
) -> None:
    give(assessed(college, "Le dernier contrôle"), (pupil, "17.5"))
    client.sit(college.people["guardian"])
    of_child = f'<span class="muted">{pupil.given_name} · '
    assert of_child not in client.get("/").content.decode()
    add_sibling_elsewhere(college, twin)
    client.may_see_twin = True
    School.objects.filter(pk=twin.school.pk).update(services={"gradebook": {"off": True}})
    assert of_child in client.get("/").content.decode()


def test_a_program_reads_the_marks_of_ones_child(college: World, seat_of: Any, pupil: Person) -> None:
    mate, late = pupils_of(college)[1], assessed(college, "Plus tard", guardians_at=LATER)
    give(assessed(college, "Ratio", coefficient=Decimal(2)), (pupil, "13.5"), (mate, 9))
    give(late, (pupil, 18))
    days = {"du": "2026-11-01", "au": "2026-11-30"}
    payload = ask("notes", token_of(seat_of("guardian")), **days).json()
    assert payload["total"] == 1
    row = payload["elements"][0]
    assert (row["eleve"], row["note"], row["bareme"], row["coefficient"]) == (
        pupil.given_name,
        "13.50",
        "20.00",
        "2.00",
    )


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("pupil", "own"),
        ("guardian", "own"),
        ("guardian", "pupil"),
        ("cpe", "pupil"),
        ("teacher_1", "pupil"),
        ("pupil", "general"),
        ("pupil", "subject"),
        ("guardian", "subject"),
        ("pupil", "assessment"),
        ("head", "class"),
        ("teacher_1", "class"),
    ],
)
@pytest.mark.parametrize("asked", ["", "periode=annee"])
def test_each_page_is_sound_light_and_asks_little(
    college: World, client: SchoolClient, pupil: Person, key: str, name: str, asked: str
) -> None:
    lived_term(college, subjects=12, each=6)
    Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER).update(
        teacher=college.people["teacher_1"]
    )
    line = Assessment.objects.all()[0]
    addresses = {
        "own": reverse("gradebook:own"),
        "pupil": page_of(pupil),
        "general": page_of(pupil, "average"),
        "subject": page_of(pupil, "average") + f"?matiere={line.subject_id}&",
        "assessment": sat(line),
        "class": reverse("gradebook:class_averages", kwargs={"pk": class_of(college).pk}),
    }
    client.sit(college.people[key])
    page, statements = counted(client, addresses[name] + ("" if "?" in addresses[name] else "?") + asked)
    assert page.status_code == 200
    assert statements <= MOST_STATEMENTS
    assert len(page.content) <= MOST_BYTES
    assert list(faults(page.content.decode())) == []


# What is remembered of a class


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> remembered.Memory:
    """A memory that believes itself out of any transaction."""
    monkeypatch.setattr(remembered, "connection", SimpleNamespace(in_atomic_block=False))
    return remembered.Memory(most=2)


def test_figures_are_computed_once_and_the_oldest_are_forgotten(outside: remembered.Memory) -> None:
    made: list[str] = []
    for name in ("a", "b", "a", "c", "a", "b"):
        assert outside.get(name, lambda name=name: made.append(name) or name.upper()) == name.upper()  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]


def test_nothing_is_remembered_within_a_transaction(college: World) -> None:
    memory, made = remembered.Memory(), []
    for _ in range(2):
        memory.get("a", lambda: made.append(1))
    assert len(made) == 2


def test_whatever_changes_a_class_changes_the_name_of_its_figures(
    college: World, seat_of: Any, pupil: Person
) -> None:
    names = []

    def look() -> None:
        names.append(read(seat_of("pupil"), pupil).held.name)

    teacher = seat_of("teacher")
    one = assessment(college, teacher, published_at=NOW - timedelta(days=2))
    look()
    look()
    assert names[0] == names[1]
    marked(teacher, one, pupil, "12")
    look()
    one.refresh_from_db()
    assessments.change_assessment(
        teacher, one, assessments.Described("Calcul 1", one.day, coefficient=Decimal(3)), one.version
    )
    look()
    SubjectWeight.objects.create(school=college.school, subject=one.subject, coefficient=Decimal(2))
    look()
    Enrolment.objects.filter(pupil=classmate_of(college)).update(ends=NOW.date())
    look()
    assert len(set(names)) == 5


def test_a_page_says_the_same_from_memory(
    college: World, client: SchoolClient, pupil: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_term(college)
    client.sit(pupil)
    plain = body_of(client.get(page_of(pupil)))
    monkeypatch.setattr(remembered, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(pupil_reading, "memory", remembered.Memory())
    first, again = (client.get(page_of(pupil)) for _ in range(2))
    assert body_of(first) == body_of(again) == plain


def body_of(page: Any) -> str:
    return page.content.decode().split('<main id="contenu"')[1].split("</main>")[0]


def test_a_mark_page_says_once_where_the_mark_is(college: World, client: SchoolClient, pupil: Person) -> None:
    one = assessed(college, scale=20)
    mates = pupils_of(college)[1:6]
    give(one, (pupil, 15), *((mate, 6) for mate in mates))
    page = client.sit(pupil).get(sat(one)).content.decode()
    # Half of the class has the same: no « de 6 à 6 », and a screen reader hears the sentence once.
    assert (
        page.count("La moitié de la classe au moins a 6 ; la moyenne est 7,5.".replace(" ;", "\u202f;")) == 1
    )
    assert "6 à 6" not in page and "d’une autre couleur" not in page
    table = page.split("<tbody")[1]
    assert re.search(r"14–16 <span class=\"muted\">\(cette note\)</span>", table)
    assert table.count("cette note") == 1


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("8.5", "proche de la moyenne"),
        ("6.5", "proche de la moyenne"),
        ("9", "au-dessus de la moyenne"),
        ("6", "en dessous de la moyenne"),
    ],
)
def test_a_mark_is_said_above_or_below_the_mean_of_the_class(mark: str, words: str) -> None:
    line = SimpleNamespace(scale=Decimal(20))
    row = MarkRow(line, Fraction(mark), spread_in_words([Fraction(mean) for mean in (5, 7, 7.5, 8, 10)]))  # type: ignore[arg-type]
    assert words in row.stands


def test_a_mark_is_compared_with_nobody_under_five_marks(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    one = assessed(college)
    give(one, *((mate, 6) for mate in pupils_of(college)[:4]))
    page = client.sit(pupil).get(sat(one)).content.decode()
    assert "Trop peu d’élèves" in page and "la moyenne de la classe" not in page
    code = MarkRow(SimpleNamespace(scale=Decimal(20)), Code.ABSENT, spread_in_words([Fraction(6)] * 5))  # type: ignore[arg-type]
    assert code.stands == ""


def test_how_an_average_moves_is_stated_and_not_judged(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    first = assessed(college, day=NOW.date() - timedelta(days=50))
    give(first, (pupil, 12))
    page = client.sit(pupil).get(page_of(pupil)).content.decode()
    assert "d’une seule note" in page
    give(assessed(college, "Bilan", day=NOW.date() - timedelta(days=3)), (pupil, 8))
    page = client.sit(pupil).get(page_of(pupil)).content.decode()
    assert "d’une seule note" not in page
    assert "Votre moyenne depuis octobre" in page and "12 puis 10, en baisse" in page
    assert "baissez" not in page
    page = client.sit(college.people["guardian"]).get(page_of(pupil)).content.decode()
    assert filled("La moyenne de %(name)s", name=pupil.given_name) in page
