"""Marks: who reads which, two people on one cell, sealed periods, what is typed."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from conftest import NOW
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Guardianship
from preau.directory.seeds.world import World, make_parent_of
from preau.domains.gradebook.actions import assessments, marks, sealing, settings
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark, PeriodSeal
from preau.domains.gradebook.rules import access
from preau.domains.gradebook.rules.marking import NotAMark, TypedMark, typed_mark
from preau.domains.gradebook.tests.scene import (
    DAY,
    HOUR,
    assessment,
    charge_of,
    class_of,
    classmate_of,
    marked,
    period_of,
)

SCALE = Decimal(20)
EVERYBODY = ("head", "cpe", "teacher", "teacher_1", "pupil", "guardian")


def readers(seat_of: Any, mark: Mark) -> set[str]:
    return {key for key in EVERYBODY if mark in Mark.objects.visible_to(seat_of(key))}


@pytest.fixture
def one(college: World, seat_of: Any) -> Assessment:
    Assessment.objects.filter(school=college.school).delete()
    return assessment(college, seat_of("teacher"))


@pytest.fixture
def mark(college: World, seat_of: Any, one: Assessment) -> Mark:
    written = marked(seat_of("teacher"), one, college.people["pupil"])
    assert written is not None
    return written


def lead_class(college: World, key: str) -> None:
    """This person is the head teacher of the class, and nobody else is."""
    leading = Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER)
    leading.update(teacher=college.people[key])


# Who reads


def test_a_draft_is_read_by_who_teaches_and_by_the_head(college: World, seat_of: Any, mark: Mark) -> None:
    lead_class(college, "teacher")
    assert readers(seat_of, mark) == {"head", "teacher"}


def test_once_published_the_pupil_reads_first_and_the_guardian_after_the_delay(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    lead_class(college, "teacher")
    assessments.publish_assessment(seat_of("teacher"), one, NOW - HOUR)
    assert readers(seat_of, mark) == {"head", "cpe", "teacher", "pupil"}
    assessments.publish_assessment(seat_of("teacher"), one, NOW - 25 * HOUR)
    assert readers(seat_of, mark) == {"head", "cpe", "teacher", "pupil", "guardian"}
    assert one in Assessment.objects.visible_to(seat_of("guardian"))


def test_what_is_to_be_published_later_waits(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    lead_class(college, "teacher")
    assessments.publish_assessment(seat_of("teacher"), one, NOW + HOUR)
    assert readers(seat_of, mark) == {"head", "teacher"}
    assert one not in Assessment.objects.visible_to(seat_of("pupil"))


def test_a_head_teacher_reads_their_class_in_every_subject_and_no_other_teacher_does(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    assessments.publish_assessment(seat_of("teacher"), one, NOW - HOUR)
    lead_class(college, "teacher")
    assert "teacher_1" not in readers(seat_of, mark)
    lead_class(college, "teacher_1")
    assert "teacher_1" in readers(seat_of, mark)
    assert one in Assessment.objects.visible_to(seat_of("teacher_1"))


def test_two_teachers_of_one_subject_both_write_it(college: World, seat_of: Any, one: Assessment) -> None:
    assert not access.writes(seat_of("teacher_1"), one)
    Assignment.objects.create(
        school=college.school, group=one.group, subject=one.subject, teacher=college.people["teacher_1"]
    )
    opened = Assessment.objects.opened_by(seat_of("teacher_1"), one.pk)  # type: ignore[attr-defined]
    assert opened is not None
    assert access.writes(seat_of("teacher_1"), opened)


def test_a_teacher_reads_no_more_once_their_charge_has_ended(
    college: World, seat_of: Any, mark: Mark
) -> None:
    lead_class(college, "teacher_1")
    Assignment.objects.filter(pk=charge_of(college).pk).update(ends=NOW.date())
    assert readers(seat_of, mark) == {"head"}


def test_a_former_guardian_and_a_classmate_read_nothing(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    assessments.publish_assessment(seat_of("teacher"), one, NOW - 48 * HOUR)
    other = marked(seat_of("teacher"), one, classmate_of(college), "7")
    assert other is not None
    assert other not in Mark.objects.visible_to(seat_of("pupil"))
    assert other not in Mark.objects.visible_to(seat_of("guardian"))
    make_parent_of(college, "guardian", other.pupil)
    Guardianship.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    assert list(Mark.objects.visible_to(seat_of("guardian"))) == [other]


def test_nobody_of_the_twin_school_reads_anything(
    college: World, twin: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    assessments.publish_assessment(seat_of("teacher"), one, NOW - 48 * HOUR)
    for key in ("head", "cpe", "teacher", "pupil", "guardian"):
        viewer = seat_of(key, world=twin)
        assert mark not in Mark.objects.visible_to(viewer), key
        assert one not in Assessment.objects.visible_to(viewer), key


def test_what_is_deleted_is_read_by_who_may_restore_it(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    lead_class(college, "teacher")
    assessments.publish_assessment(seat_of("teacher"), one, NOW - 48 * HOUR)
    assessments.delete_assessment(seat_of("teacher"), one)
    assert readers(seat_of, mark) == {"head", "teacher"}
    with pytest.raises(sealing.AlreadyDone):
        assessments.delete_assessment(seat_of("teacher"), one)
    assessments.restore_assessment(seat_of("teacher"), one)
    assert "guardian" in readers(seat_of, mark)


def test_who_was_not_there_that_day_sees_the_assessment_once_they_have_a_mark(
    college: World, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    Enrolment.objects.filter(pupil=pupil, group=one.group).update(starts=NOW.date())
    assessments.publish_assessment(seat_of("teacher"), one, NOW - HOUR)
    assert one not in Assessment.objects.visible_to(seat_of("pupil"))
    marked(seat_of("teacher"), one, pupil)
    assert one in Assessment.objects.visible_to(seat_of("pupil"))


def test_a_delay_that_changes_moves_what_families_do_not_read_yet(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    assessments.publish_assessment(seat_of("teacher"), one, NOW - HOUR)
    settings.save_policy(seat_of("head"), GradingPolicy(school=college.school, guardian_delay=0))
    assert "guardian" in readers(seat_of, mark)
    settings.save_policy(seat_of("head"), GradingPolicy(school=college.school, guardian_delay=48))
    assert "guardian" in readers(seat_of, mark)


# Writing


def test_two_people_on_one_cell_are_both_shown(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    changed = marked(teacher, one, pupil, "14", seen=mark.version)
    assert changed is not None
    assert changed.version > mark.version
    with pytest.raises(marks.MarkConflict) as conflict:
        marked(teacher, one, pupil, "9", seen=mark.version)
    assert (conflict.value.theirs.said, conflict.value.cell.typed.said) == ("14", "9")
    assert Mark.objects.get(pk=mark.pk).value == 14


def test_a_mark_emptied_and_typed_again_is_not_taken_for_itself(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    assert marks.set_mark(teacher, one, pupil, TypedMark(), mark.version) is None
    marked(teacher, one, pupil, "18")
    with pytest.raises(marks.MarkConflict):
        marked(teacher, one, pupil, "9", seen=mark.version)


def test_the_same_mark_sent_twice_is_written_once(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    again = marked(seat_of("teacher"), one, college.people["pupil"])
    assert again == mark
    assert Line.objects.filter(verb="gradebook.mark_prepared").count() == 1
    assert Assessment.objects.get(pk=one.pk).marks_written == 1


def test_a_column_is_written_whole_or_not_at_all(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    mate, pupil = classmate_of(college), college.people["pupil"]
    cells = [
        marks.Cell(mate.pk, TypedMark(Decimal(5)), 0),
        marks.Cell(pupil.pk, TypedMark(Decimal(6)), mark.version + 5),
    ]
    with pytest.raises(marks.ColumnConflict):
        marks.set_column(seat_of("teacher"), one, cells)
    assert [row.value for row in Mark.objects.filter(assessment=one)] == [12]
    cells[1] = marks.Cell(pupil.pk, TypedMark(Decimal(6)), mark.version)
    marks.set_column(seat_of("teacher"), one, cells)
    assert {row.value for row in Mark.objects.filter(assessment=one)} == {5, 6}


def test_a_pupil_of_another_class_has_no_mark_here(college: World, seat_of: Any, one: Assessment) -> None:
    stranger = Enrolment.objects.filter(school=college.school).exclude(group=one.group)
    stranger = stranger.exclude(pupil__in=one.group.enrolments.values("pupil"))[0].pupil
    with pytest.raises(marks.Elsewhere):
        marked(seat_of("teacher"), one, stranger)


def test_who_left_in_the_period_keeps_their_mark_and_who_left_before_has_none(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    pupil = college.people["pupil"]
    Enrolment.objects.filter(pupil=pupil, group=one.group).update(ends=period_of(college).starts)
    corrected = marked(seat_of("teacher"), one, pupil, "13", seen=mark.version)
    assert corrected is not None
    marks.set_mark(seat_of("teacher"), one, pupil, TypedMark(), corrected.version)
    with pytest.raises(marks.Elsewhere):
        marked(seat_of("teacher"), one, pupil, "13")


def test_a_scale_below_a_mark_is_refused(college: World, seat_of: Any, one: Assessment, mark: Mark) -> None:
    description = assessments.Described("Calcul 1", one.day, scale=Decimal(10))
    with pytest.raises(assessments.MarksAboveScale):
        assessments.change_assessment(seat_of("teacher"), one, description, one.version)


def test_two_teachers_who_change_one_assessment_do_not_overwrite_each_other(
    seat_of: Any, one: Assessment
) -> None:
    teacher = seat_of("teacher")
    assert assessments.change_assessment(
        teacher, one, assessments.Described("Calcul A", one.day), one.version
    )
    assert not assessments.change_assessment(
        teacher, one, assessments.Described("Calcul A", one.day), one.version
    )
    with pytest.raises(assessments.AssessmentChanged):
        assessments.change_assessment(teacher, one, assessments.Described("Calcul B", one.day), one.version)


def test_an_assessment_sent_twice_is_one(college: World, seat_of: Any, one: Assessment) -> None:
    assert assessment(college, seat_of("teacher")) == one
    assert Assessment.objects.filter(title="Calcul 1").count() == 1


def test_the_database_refuses_a_value_beside_a_code(one: Assessment, college: World) -> None:
    row = Mark(assessment=one, pupil=college.people["pupil"], changed_by=college.people["teacher"])
    for value, code in ((Decimal(3), "ABS"), (None, ""), (Decimal(-1), "")):
        row.value, row.code = value, code
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


# Sealing


def test_a_sealed_period_does_not_change_but_for_whom_it_is_opened_again(
    college: World, seat_of: Any, one: Assessment, mark: Mark
) -> None:
    head, teacher, pupil = seat_of("head"), seat_of("teacher"), college.people["pupil"]
    seal = sealing.seal_period(head, one.period)
    gestures = [
        lambda: marked(teacher, one, pupil, "15", seen=mark.version),
        lambda: assessments.change_assessment(teacher, one, assessments.Described("X", one.day), one.version),
        lambda: assessments.delete_assessment(teacher, one),
        lambda: assessments.publish_assessment(teacher, one, NOW),
        lambda: assessment(college, teacher, "Calcul 2"),
        lambda: assessments.move_assessment(teacher, one, period_of(college, college.year.ends)),
    ]
    for gesture in gestures:
        with pytest.raises(sealing.PeriodSealed):
            gesture()
    sealing.reopen_period(head, seal, college.people["teacher"], "Copie retrouvée", NOW.date())
    changed = marked(teacher, one, pupil, "15", seen=mark.version)
    assert changed is not None
    sealing.reopen_period(head, seal, college.people["teacher"], "Copie retrouvée", NOW.date() - DAY)
    with pytest.raises(sealing.PeriodSealed):
        marked(teacher, one, pupil, "16", seen=changed.version)


def test_a_period_is_sealed_once_and_the_seal_may_be_lifted(seat_of: Any, one: Assessment) -> None:
    head = seat_of("head")
    seal = sealing.seal_period(head, one.period)
    with pytest.raises(sealing.AlreadyDone):
        sealing.seal_period(head, one.period)
    sealing.lift_seal(head, seal)
    assert not PeriodSeal.objects.exists()
    assert assessments.delete_assessment(seat_of("teacher"), one) is None


# What is typed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12", "12"),
        ("12,5", "12,5"),
        ("12.50", "12,5"),
        (" 7 ", "7"),
        ("0", "0"),
        (",5", "0,5"),
        ("20", "20"),
        ("abs", "ABS"),
        ("d", "DISP"),
        ("N", "NN"),
        ("nr", "NR"),
        ("", ""),
        ("13/20", "13"),
        ("12,", "12"),
    ],
)
def test_what_a_cell_takes(text: str, said: str) -> None:
    assert typed_mark(text, SCALE).said == said


@pytest.mark.parametrize(
    "text", ["20,01", "-1", "douze", "1e1", "12,555", "1,2,3", "٣", "NaN", "12/10", "99999"]
)
def test_what_a_cell_refuses(text: str) -> None:
    with pytest.raises(NotAMark) as refused:
        typed_mark(text, SCALE)
    assert refused.value.sentence
