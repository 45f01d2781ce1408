"""Groups of work: made and read by one person alone, ticked where pupils are ticked, and gone with their year."""

from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import work_groups as actions
from preau.directory.models import Enrolment, Group, Person, WorkGroup
from preau.directory.queries.work_groups import bundles_among, bundles_of
from preau.directory.rules.groups import keeps_work_groups
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class

pytestmark = pytest.mark.django_db


def learning(group: Group) -> list[Person]:
    return list(Person.objects.filter(enrolments__group=group, enrolments__ends=None))


def address(group: Group) -> str:
    return f"/annuaire/classes/{group.pk}/mes-groupes/"


def test_a_teacher_keeps_changes_and_removes_a_group(college: World, client: SchoolClient) -> None:
    group = own_class(college)
    one, two, three = learning(group)[:3]
    client.sit(college.people["teacher"])
    sent = {"name": "Îlot 1", "pupils": [one.pk, two.pk]}
    for _ in range(2):
        said = client.post(address(group), sent, follow=True).content.decode()
        assert "Îlot 1" in said and one.full_name in said
    kept = WorkGroup.objects.get()
    assert set(kept.pupils.all()) == {one, two}
    assert Line.objects.filter(verb="directory.work_group_kept").count() == 1
    form = client.get(f"{address(group)}?selection={kept.pk}").content.decode()
    assert (
        'value="Îlot 1"' in form
        and "Changer « Îlot 1 »".replace(" »", "\u202f»").replace("« ", "«\u202f") in form
    )
    client.post(address(group), {"selection": kept.pk, "name": "Îlot 2", "pupils": [three.pk]})
    kept.refresh_from_db()
    assert kept.name == "Îlot 2" and list(kept.pupils.all()) == [three]
    client.post(address(group), {"selection": kept.pk, "geste": "supprimer"})
    assert not WorkGroup.objects.exists()
    assert (
        "n’est plus là"
        in client.post(
            address(group), {"selection": kept.pk, "geste": "supprimer"}, follow=True
        ).content.decode()
    )


def test_a_name_is_taken_once_and_nobody_from_elsewhere_is_ticked(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    group = own_class(college)
    one, two = learning(group)[:2]
    actions.keep(seat_of("teacher"), group, "A", [one])
    client.sit(college.people["teacher"])
    assert client.post(address(group), {"name": "A", "pupils": [two.pk]}).status_code == 422
    stranger = twin.people["pupil"]
    assert client.post(address(group), {"name": "B", "pupils": [stranger.pk]}).status_code == 422
    assert WorkGroup.objects.count() == 1


def test_a_class_is_shared_out_in_the_order_of_its_list(college: World, client: SchoolClient) -> None:
    group = own_class(college)
    client.sit(college.people["teacher"])
    for _ in range(2):
        client.post(address(group), {"geste": "partager", "nombre": "2"})
    again = client.post(address(group), {"geste": "partager", "nombre": "3"})
    assert again.status_code == 422 and "Vous avez déjà un « Groupe A »" in again.content.decode().replace(
        "\u202f", " "
    )
    halves = list(WorkGroup.objects.order_by("name"))
    assert [one.name for one in halves] == ["Groupe A", "Groupe B"]
    shared = [set(one.pupils.all()) for one in halves]
    assert shared[0] | shared[1] == set(learning(group)) and not shared[0] & shared[1]
    assert 0 <= len(shared[0]) - len(shared[1]) <= 1


def test_who_left_the_class_is_not_shown_in_a_group(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    group = own_class(college)
    gone, stays = learning(group)[:2]
    actions.keep(seat_of("teacher"), group, "Îlot 1", [gone, stays])
    Enrolment.objects.filter(pupil=gone, group=group).update(ends=NOW.date())
    client.sit(college.people["teacher"])
    page = client.get(address(group)).content.decode()
    assert stays.full_name in page and gone.full_name not in page


def test_nobody_but_its_maker_sees_it(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    group = own_class(college)
    actions.keep(seat_of("teacher"), group, "Besoin d’aide", learning(group)[:2])
    kept = WorkGroup.objects.get()
    for key in ("teacher_1", "head", "cpe", "secretary", "pupil", "guardian"):
        assert not WorkGroup.objects.visible_to(seat_of(key)).exists()
    assert not WorkGroup.objects.visible_to(seat_of("teacher", world=twin)).exists()
    client.sit(college.people["teacher_1"])
    assert (
        "Besoin d’aide"
        not in client.get(f"{address(group)}?selection={kept.pk}", follow=True).content.decode()
    )
    client.post(address(group), {"selection": kept.pk, "geste": "supprimer"})
    assert WorkGroup.objects.filter(pk=kept.pk).exists()
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(address(group)).status_code == 403


def test_who_keeps_some(seat_of: Any) -> None:
    assert all(keeps_work_groups(seat_of(key)) for key in ("teacher", "cpe", "secretary", "head"))
    assert not any(keeps_work_groups(seat_of(key)) for key in ("pupil", "guardian"))


def test_it_is_offered_under_its_class_and_forgotten_with_its_maker(college: World, seat_of: Any) -> None:
    group = own_class(college)
    one, two = learning(group)[:2]
    actions.keep(seat_of("teacher"), group, "Îlot", [one, two])
    (bundle,) = bundles_of(seat_of("teacher"))
    assert bundle.label == f"{group.name} · Îlot" and bundle.pupils == {one.pk, two.pk}
    assert bundles_of(seat_of("teacher_1")) == []
    assert actions.forget_work_groups(one.pk) == 1
    assert bundles_of(seat_of("teacher"))[0].pupils == {two.pk}
    assert actions.forget_work_groups(college.people["teacher"].pk) == 1
    assert bundles_of(seat_of("teacher")) == [] and not WorkGroup.objects.exists()


def test_a_form_is_offered_those_still_in_the_class_whom_it_knows(college: World, seat_of: Any) -> None:
    group, teacher = own_class(college), seat_of("teacher")
    one, two, three = learning(group)[:3]
    actions.keep(teacher, group, "Îlot", [one, two, three])
    elsewhere = Group.objects.classes().filter(year=college.year).exclude(pk=group.pk)[0]
    Enrolment.objects.filter(pupil=one, group=group).update(group=elsewhere)
    assert [bundle.pupils for bundle in bundles_of(teacher)] == [{two.pk, three.pk}]
    (bundle,) = bundles_among(teacher, Person.objects.filter(pk__in=[one.pk, two.pk]))
    assert bundle.pupils == {two.pk} and bundle.label == f"{group.name} · Îlot"
    assert bundles_among(teacher, Person.objects.filter(pk=one.pk)) == []
    assert bundles_among(seat_of("head"), Person.objects.all()) == []
    Enrolment.objects.filter(pupil__in=[two, three], group=group).update(ends=NOW.date())
    assert bundles_of(teacher) == []
