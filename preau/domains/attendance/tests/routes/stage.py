"""What stands on the stage of the matrix, near and far."""

from datetime import datetime, timedelta

from conftest import NOW, TWIN
from preau.directory.models import Group, Guardianship, Person
from preau.directory.seeds.world import World
from preau.domains.attendance.models import (
    Alert,
    Announcement,
    Arrangement,
    Decision,
    Entry,
    Explanation,
    FollowUp,
    FollowUpAction,
    ListRemark,
    Reason,
    SeatingPlan,
    Status,
    Visit,
)
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.tests.routes.stage import a_lesson
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    STEM,
    TODAY,
    Stage,
    place_of,
)


def plant(stage: Stage) -> None:
    _reasons(stage)
    _absences(stage)
    _arrangements(stage)
    _seating_plans(stage)
    _followed(stage)


def _reasons(stage: Stage) -> None:
    """One that is common to all schools, one of the twin."""
    twin = stage.twin
    stage.put(OWN, Reason.objects.filter(school=None)[0])
    stage.put(OTHER_SCHOOL, Reason.objects.create(school=twin.school, label=twin.named("Motif")))


def _absences(stage: Stage) -> None:
    """From the lesson of each scope an absence that somebody explained, and one to explain; of the own pupil, one that was refused."""
    life = {"head", "cpe"}
    other = Person.objects.get(family_name__contains=stage.token_of("other guardian"))
    theirs = place_of(stage, Guardianship, DEPARTED).guardian
    for scope, guardian, words, days in [
        (OWN, stage.people["guardian"], stage.mark("words of the guardian", life | {"guardian"}, life), -2),
        (OTHER_CLASS, other, stage.mark("words of another guardian", life, life), -2),
        (DEPARTED, theirs, stage.mark("words about the leaver", life, {"cpe"}), 1),
        (OTHER_SCHOOL, stage.twin.people["guardian"], f"{STEM} {TWIN}", -2),
    ]:
        world, lesson, pupil = (
            stage.world_of(scope),
            place_of(stage, Lesson, scope),
            place_of(stage, Person, scope),
        )
        entry, explanation = _absence(lesson, pupil, guardian, words)
        if scope == OWN:
            answer = stage.mark("answer to the guardian", life | {"guardian"})
            _refused(_like(world, lesson, NOW - timedelta(days=1)), entry, answer, world.people["cpe"])
        then = (NOW if days < 0 else lesson.starts) + timedelta(days=days)
        stage.put(scope, _missed(_like(world, lesson, then), pupil), entry, explanation)


def _like(world: World, lesson: Lesson, starts: datetime) -> Lesson:
    """The same lesson on another day."""
    return a_lesson(world, lesson.groups.all()[0], lesson.teachers.all()[0], starts)


def _followed(stage: Stage) -> None:
    """In each scope a pupil with an alert and a follow-up: words of school life for the family, a note, a word of a mother."""
    life, kind = {"head", "cpe"}, FollowUpAction.Kind
    families = {OWN: FAMILY | {"teacher_parent"}, OTHER_CLASS: {"former_guardian"}, DEPARTED: set()}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.world_of(scope)
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        about = {"school": world.school, "pupil": pupil}
        alert = Alert.objects.create(
            month=TODAY.replace(day=1), level=Alert.Level.DIALOGUE, half_days=5, raised_at=NOW, **about
        )
        follow_up = FollowUp.objects.create(opened_by=cpe, opened_at=NOW - timedelta(days=3), **about)
        visit = Visit.objects.create(place=Visit.Place.INFIRMARY, starts=NOW, noted_by=cpe, **about)
        stage.put(scope, alert, follow_up, visit)
        call_words, noted, word = f"{STEM} {TWIN}", f"{STEM} {TWIN}", f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            call_words = stage.mark(f"words of a follow-up, {scope}", life | families[scope], life)
            noted = stage.mark(f"note of a follow-up, {scope}", life, life)
            word = stage.mark(
                f"word of a mother, {scope}", life | ({"guardian"} if scope == OWN else set()), life
            )
        mother = (
            stage.people["guardian"]
            if scope == OWN
            else Person.objects.create(family_name="Mère", given_name="Ida")
        )
        comment = (
            stage.mark(
                f"words of an announcement, {scope}", life | ({"guardian"} if scope == OWN else set()), life
            )
            if scope != OTHER_SCHOOL
            else f"{STEM} {TWIN}"
        )
        announcement = Announcement.objects.create(
            kind=Announcement.Kind.ABSENCE,
            starts=NOW + timedelta(days=1),
            ends=NOW + timedelta(days=2),
            comment=comment,
            reason=Reason.objects.filter(school=None)[0],
            given_by=mother,
            given_at=NOW,
            **about,
        )
        stage.put(scope, announcement)
        for what, by, words, shown in [
            (kind.CALL, cpe, call_words, True),
            (kind.NOTE, cpe, noted, False),
            (kind.WORD, mother, word, False),
        ]:
            FollowUpAction.objects.create(
                school=world.school,
                follow_up=follow_up,
                kind=what,
                day=TODAY,
                words=words,
                for_family=shown,
                made_by=by,
                made_at=NOW,
            )


def _arrangements(stage: Stage) -> None:
    """What a teacher must know of a pupil: the staff who follow them, their teachers, their family."""
    own = {"head", "cpe", "teacher"} | FAMILY | {"teacher_parent"}
    for scope, world, words in [
        (OWN, stage.college, stage.mark("what a pupil needs", own, {"cpe", "teacher", "guardian"})),
        (
            OTHER_CLASS,
            stage.college,
            stage.mark("what another needs", {"head", "cpe", "teacher_parent", "former_guardian"}, {"cpe"}),
        ),
        (DEPARTED, stage.college, stage.mark("what a leaver needed", {"head", "cpe"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        arrangement = Arrangement.objects.create(
            school=world.school,
            pupil=stage.objects[Person][scope][0],
            kind=Arrangement.Kind.ADJUSTMENT,
            words=words,
            first_day=TODAY,
            said_by=world.people["head"],
            said_at=NOW,
        )
        stage.put(scope, arrangement)
    for scope, world, said_by in (
        (OWN, stage.college, stage.people["teacher"]),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"]),
    ):
        remark = ListRemark.objects.create(
            school=world.school,
            lesson=stage.objects[Lesson][scope][0],
            pupil=stage.objects[Person][scope][0],
            kind=ListRemark.Kind.NOT_HERE,
            said_by=said_by,
            said_at=NOW,
        )
        stage.put(scope, remark)


def _seating_plans(stage: Stage) -> None:
    """A plan of a class: its teachers, school life and the head."""
    for scope, world, name in [
        (OWN, stage.college, stage.mark("a seating plan", {"head", "cpe", "teacher"}, {"teacher", "cpe"})),
        (
            OTHER_CLASS,
            stage.college,
            stage.mark("a plan of another class", {"head", "cpe", "teacher_parent"}, {"teacher_parent"}),
        ),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        stage.put(
            scope,
            SeatingPlan.objects.create(
                school=world.school,
                group=stage.objects[Group][scope][0],
                name=name,
                made_by=world.people["head"],
                made_at=NOW,
            ),
        )


def _missed(lesson: Lesson, pupil: Person) -> Entry:
    return Entry.objects.create(
        school=lesson.school, lesson=lesson, pupil=pupil, day=lesson.day, status=Status.ABSENT
    )


def _explain(entry: Entry, by: Person, words: str, state: str) -> Explanation:
    entry.explanation = Explanation.objects.create(
        school=entry.school,
        pupil=entry.pupil,
        day=entry.day,
        reason=Reason.objects.filter(school=None)[0],
        comment=words,
        given_by=by,
        given_at=NOW,
        state=state,
    )
    entry.save()
    return entry.explanation


def _absence(lesson: Lesson, pupil: Person, by: Person, words: str) -> tuple[Entry, Explanation]:
    """An absence, and what was said of it, not read yet."""
    entry = _missed(lesson, pupil)
    return entry, _explain(entry, by, words, Explanation.State.PENDING)


def _refused(lesson: Lesson, other: Entry, answer: str, by: Person) -> None:
    """An absence whose explanation the school has refused, with words for its author alone."""
    entry = _missed(lesson, other.pupil)
    explanation = _explain(entry, other.explanation.given_by, "", Explanation.State.REFUSED)
    Decision.objects.create(
        school=entry.school,
        explanation=explanation,
        state=explanation.state,
        comment=answer,
        decided_by=by,
        decided_at=NOW,
    )


def plant_formulas(evil: str) -> None:
    for reason in Reason.objects.all():
        Reason.objects.filter(pk=reason.pk).update(label=f"{evil}{reason.pk}")
