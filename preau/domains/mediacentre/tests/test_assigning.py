"""Who has which resource: rules that follow the directory, licences, exceptions, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import powers
from preau.directory.models import Enrolment, Group, Holding, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.domains.mediacentre.actions import assigning, keeping
from preau.domains.mediacentre.models import Resource, Rule, Subscription, held
from preau.domains.mediacentre.queries import counting, previews
from preau.domains.mediacentre.queries.previews import Proposal

TODAY = NOW.date()


@pytest.fixture
def atlas(college: World) -> Resource:
    """A resource that nobody has, with ten licences for pupils and teachers together."""
    found = Resource.objects.create(
        school=college.school,
        code="ark:/9/a",
        name="Atlas",
        search_name="atlas",
        url="https://sp-auth.gar.example/a",
        listed_on=TODAY,
    )
    Subscription.objects.create(
        school=college.school, resource=found, code="A", licences=10, for_pupils=True, for_teachers=True
    )
    return found


def having(resource: Resource) -> set[int]:
    own = Q(school=resource.school_id)
    found: set[int] = set()
    for branch in held(TODAY, own, [resource.pk]):
        found |= set(branch.values_list("person_id", flat=True))
    return found


def pupils_of(college: World, level: str) -> set[int]:
    rows = Enrolment.objects.active(TODAY).filter(
        group__year=college.year, group__level=level, group__kind="class"
    )
    return set(rows.values_list("pupil_id", flat=True))


def said_by(refusal: Any) -> str:
    """The sentence of a refusal, with plain spaces."""
    sentence: str = refusal.value.preview.rows[0].refused
    return sentence.replace("\u202f", " ")


PROPOSALS = {
    "levels": lambda world: Proposal("pupil", "levels", levels=("6e",)),
    "groups": lambda world: Proposal(
        "pupil", "groups", groups=(Group.objects.get(year=world.year, name="6e A").pk,)
    ),
    "pupils": lambda world: Proposal("pupil", "all"),
    "teachers": lambda world: Proposal("teacher", "all"),
    "subjects": lambda world: Proposal(
        "teacher", "subjects", subjects=(Subject.objects.get(school=world.school, code="061300").pk,)
    ),
    "taught": lambda world: Proposal(
        "teacher", "groups", groups=(Group.objects.get(year=world.year, name="6e A").pk,)
    ),
    "others": lambda world: Proposal("other", "all"),
    "librarians": lambda world: Proposal("librarian", "all"),
    "people": lambda world: Proposal("", "people", people=(world.people["teacher_1"].pk,)),
}
EXPECTED: dict[str, Any] = {
    "levels": lambda world: pupils_of(world, "6e"),
    "groups": lambda world: pupils_of(world, "6e"),
    "pupils": lambda world: pupils_of(world, "6e") | pupils_of(world, "5e"),
    "teachers": lambda world: {
        world.people["teacher"].pk,
        *(world.people[f"teacher_{n}"].pk for n in range(1, 5)),
    },
    "subjects": lambda world: {world.people["teacher"].pk},
    "taught": lambda world: {
        world.people["teacher"].pk,
        *(world.people[f"teacher_{n}"].pk for n in range(1, 5)),
    },
    "others": lambda world: {world.people[key].pk for key in ("head", "cpe", "secretary")},
    "librarians": lambda world: {Person.objects.get(family_name="Le Goff").pk},
    "people": lambda world: {world.people["teacher_1"].pk},
}


@pytest.mark.parametrize("kind", PROPOSALS)
def test_a_rule_means_whom_it_says_before_and_after_it_is_written(
    college: World, twin: World, assigner: Viewer, atlas: Resource, kind: str
) -> None:
    Subscription.objects.all().delete()
    proposal, expected = PROPOSALS[kind](college), EXPECTED[kind](college)
    preview = previews.preview_of(TODAY, college.school.pk, proposal, [atlas])
    assert expected
    assert (preview.people, preview.rows[0].new) == (len(expected), len(expected))
    rule = assigning.assign(assigner, proposal, [atlas.pk], expected=len(expected))
    assert having(atlas) == expected
    assert sum(counting.used(TODAY, college.school.pk)[atlas.pk].values()) == len(expected)
    assert counting.meant_by_rules(TODAY, college.school.pk)[rule.pk] == len(expected)
    assert previews.preview_of(TODAY, college.school.pk, proposal, [atlas]).rows[0].new == 0


def test_who_arrives_receives_and_who_leaves_has_no_more(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk])
    before = having(atlas)
    new = Person.objects.create(family_name="Arrivé", given_name="Ana")
    Holding.objects.create(person=new, role=Role.PUPIL, school=college.school)
    group = Group.objects.get(year=college.year, name="6e A")
    Enrolment.objects.create(school=college.school, group=group, pupil=new, starts=TODAY)
    assert having(atlas) == before | {new.pk}
    gone = min(before)
    Holding.objects.filter(person=gone).update(ends=TODAY)
    assert having(atlas) == (before | {new.pk}) - {gone}
    Enrolment.objects.filter(pupil=new).update(ends=TODAY)
    assert having(atlas) == before - {gone}


def test_who_is_meant_twice_uses_one_licence(college: World, assigner: Viewer, atlas: Resource) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk])
    both = PROPOSALS["groups"](college)
    assert previews.preview_of(TODAY, college.school.pk, both, [atlas]).rows[0].new == 0
    assigning.assign(assigner, both, [atlas.pk])
    assert counting.used(TODAY, college.school.pk)[atlas.pk] == {"pupil": len(pupils_of(college, "6e"))}


def test_too_few_licences_are_refused_with_their_figures(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    with pytest.raises(assigning.AssignmentRefused) as refusal:
        assigning.assign(assigner, Proposal("pupil", "all"), [atlas.pk])
    assert said_by(refusal) == "élèves : 12 personnes pour 10 licences, il en manque 2."
    assert not having(atlas)
    assert not Rule.objects.filter(resources=atlas).exists()


def test_publics_that_share_licences_are_counted_together(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    """Six pupils and five teachers on ten licences of which two more are the teachers' own: eleven fit, thirteen do not."""
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk])
    with pytest.raises(assigning.AssignmentRefused) as refusal:
        assigning.assign(assigner, Proposal("teacher", "all"), [atlas.pk])
    assert said_by(refusal) == "élèves, enseignants : 11 personnes pour 10 licences, il en manque 1."
    Subscription.objects.create(
        school=college.school, resource=atlas, code="B", licences=2, for_teachers=True
    )
    assigning.assign(assigner, Proposal("teacher", "all"), [atlas.pk])
    with pytest.raises(assigning.AssignmentRefused):
        assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])


def test_a_public_outside_the_subscription_is_refused(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    with pytest.raises(assigning.AssignmentRefused) as refusal:
        assigning.assign(assigner, Proposal("other", "all"), [atlas.pk])
    assert said_by(refusal) == "L’abonnement n’est pas pour ce public : autres personnels."


def test_an_ended_subscription_is_refused(college: World, assigner: Viewer, atlas: Resource) -> None:
    Subscription.objects.filter(resource=atlas).update(ends=TODAY - timedelta(days=1))
    with pytest.raises(assigning.AssignmentRefused) as refusal:
        assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk])
    assert refusal.value.preview.rows[0].over


def test_counts_that_changed_since_they_were_shown_are_shown_again(assigner: Viewer, atlas: Resource) -> None:
    with pytest.raises(assigning.CountChanged) as changed:
        assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk], expected=5)
    assert changed.value.preview.people == 6


def test_one_form_sent_twice_makes_one_rule(assigner: Viewer, atlas: Resource) -> None:
    proposal = Proposal("pupil", "levels", levels=("6e",))
    once, again = (
        assigning.assign(assigner, proposal, [atlas.pk], expected=6, sent_as="a" * 32) for _ in range(2)
    )
    assert once == again
    assert Rule.objects.filter(resources=atlas).count() == 1


def test_an_exception_holds_whatever_the_rules_and_is_undone(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])
    nina = college.people["pupil"]
    before = having(atlas)
    assert assigning.set_apart(assigner, atlas, [nina.public_id]) == 1
    assert assigning.set_apart(assigner, atlas, [nina.public_id]) == 0
    assert having(atlas) == before - {nina.pk}
    assert Line.objects.filter(verb="mediacentre.set_apart", subject=nina).exists()
    assert assigning.give(assigner, atlas, [nina.public_id]) == 1
    assert having(atlas) == before
    assert not Rule.objects.filter(resources=atlas, scope="people").exists()


def test_a_rule_taken_back_is_restored_only_while_licences_last(
    college: World, assigner: Viewer, atlas: Resource
) -> None:
    rule = assigning.assign(assigner, Proposal("pupil", "levels", levels=("6e",)), [atlas.pk])
    assert assigning.end(assigner, rule)
    assert not assigning.end(assigner, rule)
    assert having(atlas) == set()
    assert assigning.restore(assigner, rule)
    assert not assigning.restore(assigner, rule)
    assigning.end(assigner, rule)
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])
    with pytest.raises(assigning.AssignmentRefused):
        assigning.restore(assigner, rule)


def test_a_resource_of_the_whole_school_is_everybodys_of_its_publics(
    college: World, seat_of: Any, atlas: Resource
) -> None:
    Subscription.objects.filter(resource=atlas).update(kind="school", for_teachers=False)
    assert having(atlas) == pupils_of(college, "6e") | pupils_of(college, "5e")
    assert atlas in Resource.objects.visible_to(seat_of("pupil"))
    assert atlas not in Resource.objects.visible_to(seat_of("teacher"))


# Who sees


def test_each_sees_what_is_theirs_and_the_twin_nothing(
    college: World, twin: World, seat_of: Any, assigner: Viewer, atlas: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])
    theirs = Resource.objects.create(
        school=twin.school,
        code="ark:/9/t",
        name=twin.named("Atlas"),
        search_name="atlas",
        url="https://sp-auth.gar.example/t",
        listed_on=TODAY,
    )
    Subscription.objects.create(
        school=twin.school, resource=theirs, code="T", kind="school", for_pupils=True, for_teachers=True
    )
    sees = {
        key: set(Resource.objects.visible_to(seat_of(key)))
        for key in ("pupil", "teacher", "head", "guardian", "cpe")
    }
    assert atlas in sees["pupil"] & sees["head"]
    assert all(atlas not in sees[key] for key in ("teacher", "guardian", "cpe"))
    assert all(theirs not in found for found in sees.values())
    assert theirs in Resource.objects.visible_to(seat_of("pupil", world=twin))
    assert all(rule.school_id == college.school.pk for rule in Rule.objects.visible_to(assigner))
    for key in ("pupil", "guardian", "teacher", "cpe"):
        assert not Rule.objects.visible_to(seat_of(key)).exists()
        assert not Subscription.objects.visible_to(seat_of(key)).exists()


def test_a_family_sees_its_own_childs_when_the_school_says_so(
    college: World, seat_of: Any, assigner: Viewer, atlas: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])
    assert atlas not in Resource.objects.visible_to(seat_of("guardian"))
    keeping.show_to_families(assigner, atlas, shown=True)
    assert atlas in Resource.objects.visible_to(seat_of("guardian"))
    other = Person.objects.get(pk=min(pupils_of(college, "6e"))).guardianships.first().guardian
    viewer = viewer_for(other, 0, NOW)
    assert viewer is not None
    assert atlas not in Resource.objects.visible_to(viewer)
    assigning.set_apart(assigner, atlas, [college.people["pupil"].public_id])
    assert atlas not in Resource.objects.visible_to(seat_of("guardian"))


def test_out_of_its_dates_or_of_the_list_nobody_reads_it(
    college: World, seat_of: Any, assigner: Viewer, atlas: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [atlas.pk])
    pupil = seat_of("pupil")
    assert atlas in Resource.objects.visible_to(pupil)
    Subscription.objects.filter(resource=atlas).update(starts=TODAY + timedelta(days=1))
    assert atlas not in Resource.objects.visible_to(pupil)
    Subscription.objects.filter(resource=atlas).update(starts=None)
    Resource.objects.filter(pk=atlas.pk).update(is_open=False, closed_on=TODAY)
    assert atlas not in Resource.objects.visible_to(pupil)


def test_the_head_gives_the_power_and_it_ends(college: World, seat_of: Any, client: SchoolClient) -> None:
    teacher = Holding.objects.get(person=college.people["teacher"], school=college.school)
    client.sit(college.people["teacher"])
    assert client.get("/mediacentre/").status_code == 403
    powers.give(seat_of("head"), teacher, "mediacentre", TODAY + timedelta(days=5))
    assert client.get("/mediacentre/").status_code == 200
    Holding.objects.filter(pk=teacher.pk).update(scope={})
    assert client.get("/mediacentre/").status_code == 403
