"""A roll that a class sees on the wall: what is arranged for whom is shown when it is asked for, and leaves no trace until then."""

import re
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import arrangements, seating, visits
from preau.domains.attendance.actions.seating import Shape
from preau.domains.attendance.models import Arrangement, Seat, SeatingPlan, Visit
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson
from preau.foundation import text

TODAY = NOW.date()
ON_DEMAND = re.compile(r'<details class="disclosure on-demand">.*?</details>', re.DOTALL)
SAID = [
    "Tiers-temps",
    "Trousse d’urgence en salle 12",
    "Panier-repas",
    "Dispense, ne vient pas",
    "Infirmerie depuis",
]


@pytest.fixture
def lesson(college: World, client: SchoolClient) -> Lesson:
    """The teacher of the cast has the class of the pupil of the cast, of whom nothing is arranged."""
    Arrangement.objects.all().delete()
    Visit.objects.all().delete()
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    client.sit(college.people["teacher"])
    return found


def arrange_everything(lesson: Lesson, pupil: Person, seat_of: Any) -> None:
    cpe = seat_of("cpe")
    for words in SAID[:3]:
        arrangements.arrange(cpe, pupil, arrangements.ArrangementFacts("adjustment", TODAY, None, words))
    arrangements.arrange(
        cpe, pupil, arrangements.ArrangementFacts("exemption", TODAY, TODAY, "", subjects=(lesson.subject,))
    )
    visits.begin_visit(cpe, pupil, "infirmary")


def roll(client: SchoolClient, lesson: Lesson) -> str:
    return client.get(reverse("attendance:roll", kwargs={"pk": lesson.pk})).content.decode()


def wall(page: str) -> str:
    """What is drawn while nobody has asked: without what the browser keeps closed, nor the menu, the same for every roll."""
    assert len(ON_DEMAND.findall(page)) == 1
    return ON_DEMAND.sub("", page[page.index("<main") :])


def line_of(page: str, pupil: Person) -> str:
    """The line of a pupil, without what is their own: name, initials, number, class."""
    (found,) = [one for one in page.split("<li ")[1:] if f'id="eleve-{pupil.pk}"' in one]
    for own in (pupil.list_name, text.initials(pupil.given_name, pupil.family_name), str(pupil.pk)):
        found = found.replace(own, "…")
    found = re.sub(r' data-tint="\d"', "", found)  # the tint of the initials, drawn from the name
    return re.sub(r"at-[rc]\d+|at-aisle| (?=[\">])", "", found.partition("</li>")[0])


def plan_of(pupil: Person, seat_of: Any) -> SeatingPlan:
    """The plan of their class, on which everybody sits."""
    SeatingPlan.objects.all().delete()
    own = Enrolment.objects.active(TODAY).get(pupil=pupil, group__kind="class")
    plan, _made = seating.create_plan(seat_of("cpe"), own.group, Shape(rows=8, columns=4))
    seating.fill(seat_of("cpe"), plan, "alphabetique", plan.revision)
    return plan


@pytest.mark.parametrize("shown_as", ["list", "plan"])
def test_a_class_reads_on_the_wall_nothing_that_is_arranged_for_anyone(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, shown_as: str
) -> None:
    pupil = college.people["pupil"]
    other = Person.objects.get(
        pk=next(one.pupil_id for one in register_of(lesson) if one.pupil_id != pupil.pk)
    )
    if shown_as == "plan":
        plan = plan_of(pupil, seat_of)
        client.post(reverse("attendance:roll_layout", kwargs={"pk": lesson.pk}), {"forme": "plan"})
        assert plan.seats.exists()
    before = roll(client, lesson)
    assert line_of(before, pupil) == line_of(before, other)
    arrange_everything(lesson, pupil, seat_of)
    Visit.objects.all().delete()
    page = roll(client, lesson)
    seen = wall(page)
    for words in SAID:
        assert words not in seen, words
    # Not a mark, not an icon, not a space: as the page was when nothing was arranged for anyone.
    assert line_of(page, pupil) == line_of(before, pupil) == line_of(page, other)
    (asked,) = ON_DEMAND.findall(page)
    for words in SAID[:4]:
        assert words in asked, words
    assert pupil.list_name in asked and other.list_name not in asked


def test_one_gesture_shows_it_and_its_words_do_not_say_whether_there_is_something(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    """`<details>`: a touch, or a key, without a script; closed each time the page opens."""
    empty = ON_DEMAND.findall(roll(client, lesson))[0]
    arrange_everything(lesson, college.people["pupil"], seat_of)
    full = ON_DEMAND.findall(roll(client, lesson))[0]
    assert empty.partition("</summary>")[0] == full.partition("</summary>")[0]
    assert "Montrer les aménagements" in full and "Masquer les aménagements" in full
    assert " open" not in full.partition(">")[0]
    assert "Aucun aménagement" in empty and "Aucun aménagement" not in full
    # A roll that comes back with a mistake is closed too.
    wrong = client.post(
        reverse("attendance:roll", kwargs={"pk": lesson.pk}), {f"status-{college.people['pupil'].pk}": "?"}
    )
    assert wrong.status_code == 422
    assert "Trousse" not in wall(wrong.content.decode())


@pytest.mark.parametrize("place", Visit.Place.values)
def test_a_pupil_who_is_out_is_known_to_be_and_the_place_is_asked_for(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, place: str
) -> None:
    """The infirmary, or being sent out, is nobody's to read on a wall: every place says the same there."""
    visits.begin_visit(seat_of("cpe"), college.people["pupil"], place)
    page = roll(client, lesson)
    assert str(Visit.Place(place).label) not in wall(page)
    assert "Hors de la classe depuis" in wall(page)
    assert str(Visit.Place(place).label) in ON_DEMAND.findall(page)[0]


def test_a_seating_plan_shows_no_need_on_the_wall(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    plan = plan_of(pupil, seat_of)
    Assignment.objects.get_or_create(
        school=college.school, group=plan.group, teacher=college.people["teacher"], subject=lesson.subject
    )
    address = reverse("attendance:plan", kwargs={"pk": plan.pk})
    before = wall(client.get(address).content.decode())
    arrange_everything(lesson, pupil, seat_of)
    Seat.objects.filter(plan=plan, pupil=pupil).update(in_front=True)
    page = client.get(address).content.decode()
    assert plain(wall(page)) == plain(before)
    (asked,) = ON_DEMAND.findall(page)
    for words in ("À placer devant", "Tiers-temps", "Trousse d’urgence en salle 12"):
        assert words in asked, words


def plain(page: str) -> str:
    """What stands in the page, without what each answer makes anew."""
    return re.sub(
        r'(name="(csrf\w+|\w*stamp\w*|contexte)" value|nonce)="[^"]*"',
        "",
        page[page.index("<main") : page.index("</main>")],
    )
