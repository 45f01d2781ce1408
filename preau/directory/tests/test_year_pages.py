"""The pages on which next year is prepared: what they say, what they refuse, what they keep of what was typed."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import years
from preau.directory.actions.years import Choice
from preau.directory.forms.years import choices_for, size_of
from preau.directory.models import Enrolment, Group, Person, Placement, PlannedClass, YearPlan
from preau.directory.seeds.world import World
from preau.directory.tests.test_years import DAY, NEXT, SEPTEMBER, classes, full, plan, pupils_of, viewer_of
from preau.foundation.text import ordinals

__all__ = ["plan"]
pytestmark = pytest.mark.django_db
HERE = "/annuaire/rentree/"


@pytest.fixture
def office(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["secretary"])


def text(response: Any) -> str:
    return str(response.content.decode())


def follow(client: SchoolClient, address: str, **typed: Any) -> str:
    response = client.post(address, typed, follow=True)
    assert response.status_code == 200
    return text(response)


def six_of(college: World) -> Group:
    found: Group = Group.objects.classes().filter(year=college.year, level="6e").order_by("name")[0]
    return found


def address_of(group: Group) -> str:
    return reverse("directory:year_placing", kwargs={"pk": group.pk})


def test_it_begins_from_the_directory_with_days_a_year_later(office: SchoolClient, college: World) -> None:
    assert HERE in text(office.get("/annuaire/livraisons/"))
    first = text(office.get(HERE))
    assert "Ouvrir la préparation" in first and 'value="2027-2028"' in first
    html = follow(office, HERE, name="2027-2028", starts="2027-09-01", ends="2028-07-04")
    assert "Rentrée 2027-2028" in html and "Proposer une classe à tous" in html
    assert "C’était déjà fait" in follow(
        office, HERE, name="2027-2028", starts="2027-09-01", ends="2028-07-04"
    )
    assert YearPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "2027"}, "deux années qui se suivent"),
        ({"name": "2027-2029"}, "deux années qui se suivent"),
        ({"name": "2026-2027"}, "pas après celle en cours"),
        ({"starts": "2026-08-01"}, "commence après celle en cours"),
        ({"starts": "2028-02-01"}, "pas de l’année que dit le nom"),
        ({"ends": "2027-08-01"}, "vient après le premier"),
        ({"ends": "2029-08-01"}, "un an après au plus"),
    ],
)
def test_days_that_cannot_be_are_said_beside_their_field(
    office: SchoolClient, college: World, typed: dict[str, str], said: str
) -> None:
    payload = {"name": "2027-2028", "starts": "2027-09-01", "ends": "2028-07-04"}
    response = office.post(HERE, payload | typed)
    assert response.status_code == 422 and said in text(response)
    assert not YearPlan.objects.exists()
    assert all(f'value="{value}"' in text(response) for value in typed.values())


def test_without_anything_prepared_every_page_leads_to_the_first(
    office: SchoolClient, college: World
) -> None:
    for name in (
        "dates/",
        "classes/",
        "classes/nouvelle/",
        "eleves/",
        "personnels/",
        "comparer/",
        "bascule/",
    ):
        response = office.get(HERE + name)
        assert response.status_code == 302 and response["Location"] == HERE, name
    assert office.get(address_of(six_of(college))).status_code == 403
    for name in ("abandonner/", "revenir/"):
        assert "déjà fait" in follow(office, HERE + name), name


def test_a_class_is_placed_whole_then_one_by_one(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    group = six_of(college)
    pupils, here = pupils_of(group), address_of(group)
    five = plan.classes.filter(level="5e").order_by("name")[0]
    again = classes(plan)[group.name]
    html = text(office.get(here))
    assert "6 élèves sont à décider" in html and f'value="moves-{five.pk}" selected' in html
    assert f"repeats-{again.pk}" in html and f"moves-{again.pk}" not in html
    assert "6 élèves sont placés" in follow(office, here, classe_entiere=f"moves-{five.pk}")
    marks = ";".join(f"{pupil.pk}=moves-{five.pk}" for pupil in pupils)
    typed = {f"eleve-{pupil.pk}": f"moves-{five.pk}" for pupil in pupils}
    typed |= {f"eleve-{pupils[0].pk}": f"repeats-{again.pk}", f"eleve-{pupils[1].pk}": "leaves"}
    html = follow(office, here, avant=marks, **typed)
    assert "2 élèves ont changé" in html and f"Où va {pupils[1].full_name}" in html
    assert "sont à décider" not in html
    # Where a pupil goes is noted once they leave.
    marks = f"{pupils[1].pk}=leaves"
    follow(
        office,
        here,
        avant=marks,
        **{f"eleve-{pupils[1].pk}": "leaves", f"ou-{pupils[1].pk}": "Lycée du Port"},
    )
    assert Placement.objects.get(person=pupils[1]).elsewhere == "Lycée du Port"
    assert "Lycée du Port" in text(office.get(HERE + "eleves/?qui=partent"))
    assert "Rien n’a changé" in follow(office, here, avant="")
    response = office.post(here, {"avant": "", f"eleve-{pupils[2].pk}": "moves-999999"})
    assert response.status_code == 422 and "n’est plus proposée" in text(response)
    assert office.post(here, {"classe_entiere": ""}).status_code == 422


def test_a_choice_made_meanwhile_is_shown_and_yours_kept(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    group = six_of(college)
    pupil, here = pupils_of(group)[0], address_of(group)
    five, again = plan.classes.filter(level="5e")[0], classes(plan)[group.name]
    years.place(viewer_of(college, "head"), {pupil.pk: Choice("leaves", "Ailleurs")}, {})
    typed = {f"eleve-{pupil.pk}": f"moves-{five.pk}", "avant": f"{pupil.pk}="}
    response = office.post(here, typed)
    html = text(response)
    assert response.status_code == 409 and "Quelqu’un vient de décider" in html
    assert "Quitte l’établissement »" in html.replace("\u202f", " ").replace("\xa0", " ")
    assert f'value="moves-{five.pk}" selected' in html
    assert Placement.objects.get().elsewhere == "Ailleurs"
    mark = Choice("leaves", "Ailleurs").mark
    assert f"{pupil.pk}={mark}" in html
    assert "1 élève a changé" in follow(office, here, **(typed | {"avant": f"{pupil.pk}={mark}"}))
    assert Placement.objects.get().target == five
    assert again.placements.count() == 0


def test_a_class_of_a_lycee_with_many_classes_stays_light(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    for number in range(60):
        PlannedClass.objects.create(plan=plan, name=f"Terminale {number:02}", level="TERMINALE")
    group = six_of(college)
    for number in range(36):
        pupil = Person.objects.create(family_name=f"Foule {number:02}", given_name="Ada")
        pupil.holdings.create(role="pupil", school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    response = office.get(address_of(group))
    assert "Page 1 sur" in text(response) and len(response.content) <= 60_000
    assert size_of(choices_for(group, list(plan.classes.all()))) > 60
    last = office.get(address_of(group) + "?page=4")
    assert last.status_code == 200
    answer = office.post(address_of(group) + "?page=2", {"avant": ""})
    assert answer["Location"].endswith("?page=2")


def test_pupils_of_no_class_have_their_page(office: SchoolClient, college: World, plan: YearPlan) -> None:
    here = HERE + "eleves/sans-classe/"
    assert "Tous les élèves ont une classe cette année" in text(office.get(here))
    pupil = Person.objects.create(family_name="Sansclasse", given_name="Ada")
    pupil.holdings.create(role="pupil", school=college.school)
    assert here in text(office.get(HERE)) and here in text(office.get(HERE + "eleves/"))
    assert "SANSCLASSE Ada" in text(office.get(here)) and "Redouble" not in text(office.get(here))
    planned = plan.classes.all()[0]
    assert "1 élève est placé" in follow(office, here, classe_entiere=f"moves-{planned.pk}")
    assert "Sans classe" in text(office.get(f"{HERE}classes/{planned.pk}/"))
    assert choices_for(None, []) == [("leaves", "Quitte l’établissement")]


def test_levels_that_are_not_known_leave_every_choice(college: World, plan: YearPlan) -> None:
    group = six_of(college)
    group.level = ""
    options = dict(choices_for(group, list(plan.classes.all())))
    assert len(options["Passe en"]) == len(options["Redouble en"]) == plan.classes.count()


def test_classes_are_named_and_keep_their_teachers(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    group = six_of(college)
    assert "équipes sont reconduites" in follow(office, HERE + "classes/equipes/")
    assert "Rien n’a changé" in follow(office, HERE + "classes/equipes/")
    planned = classes(plan)[group.name]
    assert planned.team == group
    here = f"{HERE}classes/{planned.pk}/"
    other = next(one for name, one in classes(plan).items() if name != group.name)
    response = office.post(here, {"name": other.name, "level": "6e", "team": ""})
    assert response.status_code == 422 and "porte déjà ce nom" in text(response)
    assert "La classe est enregistrée" in follow(office, here, name="6 bleue", level="6e", team="")
    assert "6 bleue" in text(office.get(HERE + "classes/"))
    assert "La classe est retirée" in follow(office, here + "retirer/")
    assert "déjà fait" in follow(office, here + "retirer/")
    assert "La classe est enregistrée" in follow(
        office, HERE + "classes/nouvelle/", name="4 C", level="4e", team=""
    )


def test_staff_who_leave_are_ticked_and_nobody_ticks_themselves(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    here, teacher = HERE + "personnels/", college.people["teacher"]
    own = college.people["secretary"]
    html = text(office.get(here))
    assert f'value="{teacher.pk}"' in html and f'value="{own.pk}"' not in html
    assert "C’est noté" in follow(office, here, personnes=[teacher.pk], geste="part")
    assert Placement.objects.get().person == teacher
    assert office.post(here, {"personnes": [own.pk], "geste": "part"}).status_code == 422
    assert office.post(here, {"personnes": [], "geste": "part"}).status_code == 422
    assert office.post(here, {"personnes": [teacher.pk], "geste": "?"}).status_code == 422
    follow(office, here, personnes=[teacher.pk], geste="reste")
    assert not Placement.objects.exists()
    assert teacher.list_name in text(office.get(here + "?montrer=sans-classe"))


def test_the_day_is_chosen_taken_back_or_refused(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    here = HERE + "bascule/"
    response = office.post(here, {"day": "2027-07-01", "leave_undecided": ""})
    assert response.status_code == 422 and "Choisissez un jour à partir du 1er août 2027" in text(response)
    html = follow(office, here, day="2027-08-25")
    assert "La bascule est prévue" in html and "n’aura pas lieu s’il reste des élèves à décider" in html
    assert "Rien n’a changé" in follow(office, here, day="2027-08-25")
    assert "n’est plus prévue" in follow(office, here + "ne-plus-prevoir/")
    assert "déjà fait" in follow(office, here + "ne-plus-prevoir/")
    follow(office, here, day="2027-08-25", leave_undecided="on")
    assert YearPlan.objects.get().leave_undecided
    # A first day that moves takes back a day that does not fit any more.
    follow(office, HERE + "dates/", name="2028-2029", starts="2028-09-01", ends="2029-07-04")
    assert YearPlan.objects.get().switch_on is None


def test_the_switch_and_the_way_back_from_the_pages(
    client: SchoolClient, college: World, twin: World, plan: YearPlan, clock: Any
) -> None:
    clock.move_to(SEPTEMBER)
    client.sit(college.people["secretary"])
    response = client.post(HERE + "bascule/", {"day": f"{DAY}"})
    assert response.status_code == 422 and "placez-les, ou cochez cette case" in text(response)
    full(college, plan)
    assert "Basculer" in text(client.get(HERE))
    html = follow(client, HERE + "bascule/", day=f"{DAY}")
    assert "L’année 2027-2028 est commencée" in html and "Revenir à l’année 2026-2027" in html
    # The second of two clicks; and the classes of last year are read, not changed.
    assert "L’année 2027-2028 est commencée" in follow(client, HERE + "bascule/", day=f"{DAY}")
    group = six_of(college)
    assert client.get(address_of(group)).status_code == 403
    assert client.get(f"{HERE}classes/{classes(plan)[group.name].pk}/").status_code == 403
    archive = text(client.get("/annuaire/annees/"))
    assert "2026-2027" in archive and "2027-2028" in archive and "En cours" in archive
    assert ordinals(group.name) in text(client.get(f"/annuaire/annees/{college.year.pk}/"))
    former = text(client.get(f"/annuaire/annees/classes/{group.pk}/"))
    assert pupils_of(group)[0].list_name in former and "29 août 2027" in former
    assert "est de nouveau en cours" in follow(client, HERE + "revenir/")
    assert "Rentrée 2027-2028" in text(client.get(HERE))
    follow(client, HERE + "bascule/", day=f"{DAY}")
    clock.move_to(SEPTEMBER + timedelta(days=16))
    client.sit(college.people["secretary"])
    assert "Ouvrir la préparation" in text(client.get(HERE))
    assert "la bascule est définitive" in follow(client, HERE + "revenir/")


def test_what_is_prepared_is_thrown_away_whole(office: SchoolClient, college: World, plan: YearPlan) -> None:
    full(college, plan)
    assert "La préparation est abandonnée" in follow(office, HERE + "abandonner/")
    assert (
        not YearPlan.objects.exists() and not Placement.objects.exists() and not PlannedClass.objects.exists()
    )


def test_a_list_is_taken_away_and_the_journal_says_so(
    office: SchoolClient, college: World, plan: YearPlan
) -> None:
    pupil = pupils_of(six_of(college))[0]
    years.place(viewer_of(college), {pupil.pk: Choice("leaves", "=Lycée")}, {})
    response = office.post(HERE + "eleves/exporter/", {"qui": "partent"})
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == 2 and pupil.family_name in rows[1] and "Quitte l’établissement" in rows[1]
    assert "'=Lycée" in rows[1]
    line = Line.objects.get(verb="directory.year_exported")
    assert line.details == {"table": "partent", "rows": 1}
    undecided = office.post(HERE + "eleves/exporter/", {"qui": "n’importe"})
    assert "À décider" in b"".join(undecided.streaming_content).decode()


def test_the_comparison_says_what_to_look_at(
    office: SchoolClient, college: World, twin: World, plan: YearPlan
) -> None:
    html = text(office.get(HERE + "comparer/"))
    assert "Sans élève" in html and "Enseignants sans classe" in html and TWIN not in html
    target = plan.classes.filter(level="5e")[0]
    for group in Group.objects.classes().filter(year=college.year):
        years.place_rest(viewer_of(college), group, Choice(f"moves-{target.pk}"))
    assert "Plus grande que toute classe de cette année" in text(office.get(HERE + "comparer/"))
    assert NOW.year == 2026 and NEXT["name"] in html
