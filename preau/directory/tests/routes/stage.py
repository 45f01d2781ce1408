"""What stands on the stage of the matrix, near and far."""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile

from conftest import NOW, TWIN
from preau.directory.actions import merging, years
from preau.directory.models import (
    Closure,
    ConsentRequest,
    ContactRequest,
    Correction,
    Delivery,
    DeliveryShare,
    Group,
    Guest,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    PhotoConsent,
    Placement,
    PlannedClass,
    PupilPhoto,
    Room,
    School,
    Subject,
    WorkGroup,
)
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.identity.models import Account
from tests.net.matrix_cast import DEPARTED, FAMILY, OTHER_CLASS, OTHER_SCHOOL, OWN, STEM, TODAY, Stage
from tests.net.matrix_stage import lent

# Two rows of one human being, to be merged.
DOUBLES = ("premiere-fiche-x", "seconde-fiche-x")


def plant(stage: Stage) -> None:
    _settings(stage)
    _leavers(stage)
    _deliveries(stage)
    _doubles(stage)
    _photos(stage)
    _consents(stage)
    _guests(stage)
    _corrections(stage)
    _next_years(stage)
    _work_groups(stage)


def _corrections(stage: Stage) -> None:
    """A telephone that each school says and the file does not."""
    office = {"head", "secretary"}
    for scope, world, text in [
        (
            OWN,
            stage.college,
            stage.mark("what the school says beside the file", office | {"guardian", "pupil"}, office),
        ),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        row = Correction.objects.create(
            school=world.school,
            person=stage.objects[Person][scope][0],
            field="birth_name",
            value=text,
            told="",
            by=world.people["secretary"],
            at=NOW,
        )
        stage.put(scope, row)
        asks = world.people["guardian"]
        request = ContactRequest.objects.create(
            school=world.school, person=asks, field="lines", value=f"3 {text}", asked_at=NOW
        )
        stage.put(scope, request)


def _guests(stage: Stage) -> None:
    """The agent of the commune, and another in the twin."""
    theirs = Person.objects.create(family_name=f"{STEM} {TWIN}", given_name="Ada")
    Holding.objects.create(person=theirs, role=Role.AGENT, school=stage.twin.school, **lent(stage.twin))
    for scope, person, reason in [
        (OWN, stage.people["town"], stage.mark("why they are let in", {"head", "town"}, {"head"})),
        (OTHER_SCHOOL, theirs, f"{STEM} {TWIN}"),
    ]:
        holding = Holding.objects.get(person=person)
        stage.put(scope, Guest.objects.create(holding=holding, reason=reason, invited_at=NOW))


def _leavers(stage: Stage) -> None:
    """Pupils who have left: the school's, whom it keeps longer, and the twin's."""
    office = {"head", "secretary"}
    theirs = Person.objects.create(family_name=f"{STEM} {TWIN}", given_name="Ada")
    Holding.objects.create(person=theirs, role=Role.PUPIL, school=stage.twin.school, ends=TODAY)
    for scope, person, world, reason in [
        (OWN, stage.people["leaver"], stage.college, stage.mark("why they are kept", office, office)),
        (OTHER_SCHOOL, theirs, stage.twin, f"{STEM} {TWIN}"),
    ]:
        Hold.objects.create(
            person=person,
            school=world.school,
            last_day=TODAY + timedelta(days=200),
            reason=reason,
            held_at=NOW,
        )
        stage.put(scope, Leaver.objects.get(pk=person.pk))


def _settings(stage: Stage) -> None:
    """A term, a closure to come, and the settings given to the cook and to a teacher of the twin; a logo."""
    for scope, world, key in ((OWN, stage.college, "cook"), (OTHER_SCHOOL, stage.twin, "teacher")):
        person = stage.people[key] if scope == OWN else world.people[key]
        holding = Holding.objects.get(person=person, school=world.school)
        holding.scope = {"settings": {"until": "2027-06-30", "by": world.people["head"].pk}}
        holding.save()
        later = {"starts": TODAY + timedelta(days=200), "ends": TODAY + timedelta(days=201)}
        closure = Closure.objects.create(school=world.school, name=world.named("Pont"), **later)
        stage.put(scope, holding, closure, Period.objects.filter(year=world.year)[0])
        world.school.logo.save("x.png", ContentFile(f"logo {world.mark}".encode()))


def _photos(stage: Stage) -> None:
    """In each class a pupil whose photo may be shown: they agree, and so does a guardian."""
    former = stage.people["former_guardian"]
    for scope, world, giver, mark in [
        (OWN, stage.college, stage.people["guardian"], stage.token_of("own pupil")),
        (OTHER_CLASS, stage.college, former, stage.token_of("other pupil")),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["guardian"], TWIN),
    ]:
        pupil: Any = stage.objects[Person][scope][0]
        for person in (pupil, giver):
            PhotoConsent.objects.create(
                school=world.school, year=world.year, pupil=pupil, giver=person, answer="yes", answered_at=NOW
            )
        photo = PupilPhoto(school=world.school, pupil=pupil, taken_by=world.people["cpe"], taken_at=NOW)
        photo.picture.save("x.png", ContentFile(mark.encode()))


def _consents(stage: Stage) -> None:
    """What each school asks to publish, in its own words: its families read them, and those who work with pupils."""
    readers = {"head", "cpe", "secretary", "teacher", "teacher_parent", "former_guardian"} | FAMILY
    for scope, world, words in (
        (
            OWN,
            stage.college,
            stage.mark("what may be published", readers, {"cpe", "teacher", "guardian", "pupil"}),
        ),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ):
        request = ConsentRequest.objects.create(
            school=world.school,
            year=world.year,
            purpose="image",
            words=words,
            asked_by=world.people["cpe"],
            asked_at=NOW,
        )
        stage.put(scope, request)


def _next_years(stage: Stage) -> None:
    """Next year prepared in both schools: the class of the cast's pupil, who leaves for a place that only the office reads."""
    office = {"head", "secretary"}
    for scope, world, words in [
        (OWN, stage.college, stage.mark("where a pupil goes next year", office, office)),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        head = world.people["head"]
        viewer = viewer_for(head, Account.objects.get(person=head).pk, NOW)
        plan = years.begin(
            viewer,
            name="2027-2028",
            starts=world.year.starts + timedelta(days=365),
            ends=world.year.ends + timedelta(days=365),
        )
        own = Group.objects.get(year=world.year, enrolments__pupil=world.people["pupil"])
        planned = PlannedClass.objects.get(plan=plan, name=own.name)
        Placement.objects.create(
            plan=plan,
            person=world.people["pupil"],
            outcome=Placement.Outcome.LEAVES,
            elsewhere=words,
            decided_at=NOW,
        )
        stage.put(scope, planned, world.year)


def _work_groups(stage: Stage) -> None:
    """One of each teacher: whoever made it reads its name, and nobody else."""
    for scope, world, key, pupil in [
        (OWN, stage.college, "teacher", "own"),
        (OTHER_CLASS, stage.college, "teacher_parent", "other"),
        (OTHER_SCHOOL, stage.twin, "teacher", "twin"),
    ]:
        name = f"{STEM} {TWIN}" if world is stage.twin else stage.mark(f"{pupil} group of work", {key}, set())
        owner = world.people["teacher"] if world is stage.twin else stage.people[key]
        learner: Any = stage.objects[Person][scope][0]
        group = Group.objects.filter(year=world.year, enrolments__pupil=learner)[0]
        made = WorkGroup.objects.create(
            school=world.school, group=group, owner=owner, name=name[:40], kept_at=NOW
        )
        made.pupils.add(learner)
        stage.put(scope, made)


def _deliveries(stage: Stage) -> None:
    """One that the school holds back, one of the whole territory, one that is over, one of the twin."""
    office, twin = {"head", "secretary"}, stage.twin
    own = stage.mark("file of the school", office, office)
    old = stage.mark("file of long ago", office, office)
    for scope, by, school, state, name in [
        (OWN, stage.people["secretary"], stage.college.school, Delivery.State.BLOCKED, own),
        (OTHER_CLASS, None, None, Delivery.State.DONE, f"{STEM} {TWIN}"),
        (DEPARTED, stage.people["former_teacher"], stage.college.school, Delivery.State.DROPPED, old),
        (OTHER_SCHOOL, twin.people["secretary"], twin.school, Delivery.State.BLOCKED, f"{STEM} {TWIN}"),
    ]:
        note = {"file": name, "line": 7, "key": "12", "reason": "Sans nom."}
        report = {
            "counts": {"departures": 1},
            "quarantined": [note],
            "sentences": {"quarantined": [["Sans nom.", 1]]},
        }
        lines = {"departures": [{"name": name, "detail": "Élève"}]}
        delivery = Delivery.objects.create(
            school=school,
            brought_by=by,
            state=state,
            report=report,
            files=[name],
            preview={"counts": report["counts"], "lines": lines},
        )
        stage.put(scope, delivery)
    shared = stage.objects[Delivery][OTHER_CLASS][0]
    for world in (stage.college, twin):
        DeliveryShare.objects.create(delivery=shared, school=world.school, counts={"arrivals": 1})


def _doubles(stage: Stage) -> None:
    """Two rows of one human being, and two that were merged; the same in the twin."""
    for public_id in DOUBLES:
        _at_the_canteen(stage.college, public_id=public_id)
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, stage.twin)):
        kept, other = _at_the_canteen(world), _at_the_canteen(world)
        viewer = viewer_for(world.people["head"], 0, NOW)
        stage.put(scope, merging.merge(viewer, kept, other, merging.mark_of(kept, other)))


def _at_the_canteen(world: World, **fields: str) -> Person:
    person = Person.objects.create(family_name=world.named("Double"), given_name="Ada", **fields)
    Holding.objects.create(person=person, role=Role.OTHER, school=world.school)
    return person


def plant_formulas(evil: str) -> None:
    Person.objects.update(family_name=evil, given_name=evil, search_name="x")
    for number, model in enumerate((Group, Subject, Room)):
        for one in model.objects.all():
            model.objects.filter(pk=one.pk).update(name=f"{evil}{number}{one.pk}")
    for school in School.objects.all():
        School.objects.filter(pk=school.pk).update(name=evil)
    Delivery.objects.update(
        files=[evil],
        report={
            "quarantined": [{"file": evil, "line": 7, "key": evil, "reason": evil}],
            "sentences": {"quarantined": [[evil, 1]]},
            "counts": {"departures": 1},
        },
    )
