"""September transition of a collège by its secretary: prepared, compared, switched, read again, and taken back."""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.models import Enrolment, Group, Person, Placement, School
from preau.directory.seeds.world import World

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SEPTEMBER = datetime(2027, 8, 30, 9, 0, tzinfo=NOW.tzinfo)


def enrolled(school: School) -> list[Any]:
    return list(Enrolment.objects.filter(school=school).order_by("pk").values())


@pytest.mark.parametrize("wide", [True, False], ids=["on a desk", "on a phone"])
def test_september_transition_of_a_college_by_its_secretary(
    visit: Any, schools: dict[str, World], clock: Any, wide: bool
) -> None:
    clock.move_to(SEPTEMBER)
    college = schools["college"]
    before = enrolled(college.school)
    secretary = visit("secretary", wide=wide)
    page = secretary.page
    secretary.open("/annuaire/livraisons/")
    page.get_by_role("link", name="Préparer la rentrée").click()
    expect(page.get_by_role("heading", level=1, name="Préparer la rentrée")).to_be_visible()
    expect(page.get_by_label("Nom de l’année")).to_have_value("2027-2028")
    secretary.check("rentree-ouvrir")
    page.get_by_role("button", name="Ouvrir la préparation").click()
    expect(page.get_by_role("heading", level=1, name="Rentrée 2027-2028")).to_be_visible()
    page.get_by_role("button", name="Proposer une classe à tous").click()
    expect(page.get_by_text("élèves sont placés")).to_be_visible()
    secretary.check("rentree")
    _place_by_hand(secretary, college)
    _teachers(secretary, college)
    page.get_by_role("link", name="Comparer").click()
    expect(page.get_by_role("heading", level=1, name="Comparer les deux années")).to_be_visible()
    secretary.check("rentree-comparer")
    assert enrolled(college.school) == before
    page.get_by_role("link", name="Où vous en êtes").click()
    page.get_by_role("link", name="Basculer").click()
    expect(page.get_by_label("Jour de la bascule")).to_have_value("2027-08-30")
    secretary.check("rentree-basculer")
    page.get_by_role("button", name="Basculer ce jour-là").click()
    expect(page.get_by_role("heading", name="L’année 2027-2028 est commencée")).to_be_visible()
    secretary.check("rentree-faite")
    assert School.objects.get(pk=college.school.pk).current_year.name == "2027-2028"
    _read_again(secretary, college)
    secretary.open("/annuaire/rentree/")
    page.get_by_text("Revenir à l’année précédente").click()
    page.get_by_role("button", name="Revenir à l’année 2026-2027").click()
    expect(page.get_by_text("est de nouveau en cours")).to_be_visible()
    assert enrolled(college.school) == before
    secretary.done()


def _place_by_hand(secretary: Any, college: World) -> None:
    """One pupil repeats; one who leaves goes to a lycée; classes without a plain sequel are said by hand."""
    page = secretary.page
    for group in Group.objects.classes().filter(year=college.year).order_by("pk"):
        secretary.open(f"/annuaire/rentree/eleves/{group.pk}/")
        whole = page.get_by_label("Tous les élèves à décider")
        if whole.count():
            whole.select_option("leaves")
            page.get_by_role("button", name="Placer les élèves à décider").click()
            expect(page.get_by_text("élèves sont placés")).to_be_visible()
    group = Group.objects.classes().filter(year=college.year, level="6e").order_by("pk")[0]
    pupil = Person.objects.filter(enrolments__group=group).order_by("search_name", "pk")[0]
    secretary.open(f"/annuaire/rentree/eleves/{group.pk}/")
    choice = page.locator(f"#id_eleve-{pupil.pk}")
    choice.select_option(label=f"{group.name} (redouble)")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("1 élève a changé")).to_be_visible()
    secretary.check("rentree-placer")
    assert Placement.objects.get(person=pupil).outcome == "repeats"
    leaving = Placement.objects.filter(outcome="leaves").order_by("pk")[0].person
    group = Group.objects.get(year=college.year, enrolments__pupil=leaving)
    secretary.open(f"/annuaire/rentree/eleves/{group.pk}/")
    page.locator(f"#id_ou-{leaving.pk}").fill("Lycée du Port")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("1 élève a changé")).to_be_visible()
    secretary.open("/annuaire/rentree/eleves/?qui=partent")
    expect(page.get_by_text("Lycée du Port")).to_be_visible()
    secretary.check("rentree-partent")


def _teachers(secretary: Any, college: World) -> None:
    page, teacher = secretary.page, college.people["teacher_2"]
    page.get_by_role("main").get_by_role("link", name="Classes", exact=True).click()
    page.get_by_role("button", name="Reconduire les équipes").click()
    expect(page.get_by_text("équipes sont reconduites")).to_be_visible()
    secretary.check("rentree-classes")
    page.get_by_role("link", name="Personnels", exact=True).click()
    page.get_by_label(f"Choisir : {teacher.list_name}").check()
    page.get_by_role("button", name="Noter leur départ").click()
    expect(page.get_by_text("C’est noté")).to_be_visible()
    secretary.check("rentree-personnels")


def _read_again(secretary: Any, college: World) -> None:
    """The year that is over is read as it was."""
    page = secretary.page
    page.get_by_role("link", name="Lire les années passées").click()
    secretary.check("annees")
    page.get_by_role("link", name="2026-2027").click()
    secretary.check("annee")
    group = Group.objects.classes().filter(year=college.year).order_by("name")[0]
    page.locator(f'a[href$="/annees/classes/{group.pk}/"]').click()
    pupil = Person.objects.filter(enrolments__group=group).order_by("search_name", "pk")[0]
    expect(page.get_by_text(pupil.list_name)).to_be_visible()
    secretary.check("classe-passee")
