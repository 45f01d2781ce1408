"""What is seen, corrected, explained, decided; what families are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.notifications.tests.post import come_due, deliver
from preau.directory.models import Enrolment, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import rules, tasks
from preau.domains.attendance.actions import explanations, notices, rolls
from preau.domains.attendance.forms import RollForm
from preau.domains.attendance.models import (
    Decision,
    Entry,
    EntryChange,
    Explanation,
    Notice,
    Reason,
    RollCall,
    Status,
)
from preau.domains.attendance.queries import absences, registers, school_life
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.awaited import awaited_of

TODAY = NOW.date()


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The lesson that Claire Moreau gives now to the class of the cast's pupil, without a call."""
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def marks(lesson: Lesson, **missing: tuple[str, int | None]) -> list[rolls.Mark]:
    """Everyone as the register shows them, but for `p<id>=(status, minutes)`."""
    made = []
    for row in registers.register_of(lesson):
        status, minutes = missing.get(f"p{row.pupil_id}", (row.status, row.minutes_late))
        made.append(rolls.Mark(row.pupil_id, status, minutes, row.seen))
    return made


def absent(lesson: Lesson, pupil: Person) -> list[rolls.Mark]:
    return marks(lesson, **{f"p{pupil.pk}": (Status.ABSENT, None)})


@pytest.fixture
def absence(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    rolls.validate_roll(seat_of("teacher"), lesson, absent(lesson, college.people["pupil"]))
    return Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])


def maladie() -> Reason:
    return Reason.objects.get(label="Maladie")


# The roll.


def test_a_call_exists_only_once_validated(lesson: Lesson, seat_of: Any) -> None:
    assert all(row.status == Status.PRESENT for row in registers.register_of(lesson))
    assert not RollCall.objects.filter(lesson=lesson).exists()
    rolls.validate_roll(seat_of("teacher"), lesson, marks(lesson))
    assert RollCall.objects.get(lesson=lesson).called_at == NOW
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_an_absence_is_kept_with_its_author(absence: Entry, college: World) -> None:
    assert (absence.status, absence.day, absence.school_id) == (Status.ABSENT, TODAY, college.school.pk)
    change = absence.changes.get()
    assert (change.status, change.changed_by) == (Status.ABSENT, college.people["teacher"])


def test_the_same_click_twice_writes_once(lesson: Lesson, college: World, seat_of: Any) -> None:
    same = absent(lesson, college.people["pupil"])
    rolls.validate_roll(seat_of("teacher"), lesson, same)
    before = (EntryChange.objects.count(), Line.objects.count())
    rolls.validate_roll(seat_of("teacher"), lesson, same)
    assert (EntryChange.objects.count(), Line.objects.count()) == before


def test_a_lateness_takes_its_minutes_from_the_clock(lesson: Lesson, college: World, seat_of: Any) -> None:
    late = marks(lesson, **{f"p{college.people['pupil'].pk}": (Status.LATE, None)})
    rolls.validate_roll(seat_of("teacher"), lesson, late)
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    assert (entry.minutes_late, entry.state_label) == (15, "Retard de 15\u00a0min")


def test_a_stale_page_does_not_undo_what_somebody_else_wrote(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    opened_early = marks(lesson)
    rolls.validate_roll(seat_of("cpe"), lesson, absent(lesson, pupil))
    rolls.validate_roll(seat_of("teacher"), lesson, opened_early)
    assert Entry.objects.get(lesson=lesson, pupil=pupil).status == Status.ABSENT


def test_two_people_who_disagree_are_both_shown_and_nothing_is_written(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    mine = marks(lesson, **{f"p{pupil.pk}": (Status.LATE, 10)})
    other = mine[0].pupil_id if mine[0].pupil_id != pupil.pk else mine[1].pupil_id
    mine = [rolls.Mark(m.pupil_id, Status.ABSENT, None, m.seen) if m.pupil_id == other else m for m in mine]
    rolls.validate_roll(seat_of("cpe"), lesson, absent(lesson, pupil))
    with pytest.raises(rolls.RollConflict) as conflict:
        rolls.validate_roll(seat_of("teacher"), lesson, mine)
    assert [(c.pupil_id, c.theirs, c.mine) for c in conflict.value.conflicts] == [
        (pupil.pk, "Absent", "Retard de 10\u00a0min")
    ]
    assert not Entry.objects.filter(lesson=lesson, pupil_id=other).exists()


def test_two_tabs_of_one_person_are_not_called_somebody_else(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    pupil, teacher = college.people["pupil"], seat_of("teacher")
    mine = marks(lesson, **{f"p{pupil.pk}": (Status.LATE, 10)})
    rolls.validate_roll(teacher, lesson, absent(lesson, pupil))
    for key, own, words in (("teacher", True, "dans un autre onglet"), ("cpe", False, "Quelqu’un vient")):
        with pytest.raises(rolls.RollConflict) as conflict:
            rolls.validate_roll(seat_of(key), lesson, mine)
        assert [c.own for c in conflict.value.conflicts] == [own]
        form = RollForm(registers.register_of(lesson))
        form.add_conflicts(conflict.value.conflicts)
        assert words in form.errors[pupil.pk]


def test_two_people_who_agree_are_not_bothered(lesson: Lesson, college: World, seat_of: Any) -> None:
    same = absent(lesson, college.people["pupil"])
    rolls.validate_roll(seat_of("cpe"), lesson, same)
    rolls.validate_roll(seat_of("teacher"), lesson, same)
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 1


def test_a_pupil_of_another_class_cannot_be_slipped_in(
    lesson: Lesson, college: World, twin: World, seat_of: Any
) -> None:
    stranger = rolls.Mark(twin.people["pupil"].pk, Status.ABSENT, None, "present")
    rolls.validate_roll(seat_of("teacher"), lesson, [stranger])
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_the_register_says_who_was_absent_before(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    before = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).filter(starts__lt=lesson.starts).last()
    assert before is not None
    rolls.validate_roll(seat_of("cpe"), before, absent(before, pupil))
    assert [row.pupil_id for row in registers.register_of(lesson) if row.was_absent_before] == [pupil.pk]


def test_coming_back_ends_absent_before(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    first, second = (
        Lesson.objects.of_pupils([pupil.pk]).on(TODAY).filter(starts__lt=lesson.starts).order_by("starts")
    )
    rolls.validate_roll(seat_of("cpe"), first, absent(first, pupil))
    rolls.validate_roll(seat_of("cpe"), second, marks(second))
    assert not [row for row in registers.register_of(lesson) if row.was_absent_before]
    assert [row.pupil_id for row in registers.register_of(second) if row.was_absent_before] == [pupil.pk]


def test_a_correction_keeps_every_step(absence: Entry, college: World, seat_of: Any) -> None:
    rolls.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    rolls.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    rolls.correct_entry(seat_of("head"), absence, Status.PRESENT)
    steps = [(change.state_label, change.changed_by) for change in absence.changes.all()]
    people = college.people
    assert steps == [
        ("Absent", people["teacher"]),
        ("Retard de 5\u00a0min", people["cpe"]),
        ("Présent", people["head"]),
    ]
    trace = Line.objects.filter(verb="attendance.entry_corrected")
    assert [line.details for line in trace] == [
        {"before": "Absent", "after": "Retard de 5\u00a0min"},
        {"before": "Retard de 5\u00a0min", "after": "Présent"},
    ]
    assert all(line.subject_id == people["pupil"].pk for line in trace)


# Who may.


def test_a_teacher_calls_the_roll_of_their_own_lessons_for_a_week(lesson: Lesson, seat_of: Any) -> None:
    assert rules.can_call_register(seat_of("teacher"), lesson)
    assert not rules.can_call_register(seat_of("teacher_1"), lesson)
    assert rules.can_call_register(seat_of("cpe"), lesson)
    assert not rules.can_call_register(seat_of("secretary"), lesson)
    assert rules.can_call_register(seat_of("teacher", at=NOW + timedelta(days=7)), lesson)
    assert not rules.can_call_register(seat_of("teacher", at=NOW + timedelta(days=8)), lesson)


def test_the_roll_opens_ten_minutes_before_the_bell(lesson: Lesson) -> None:
    assert not rules.roll_is_open(lesson, lesson.starts - timedelta(minutes=11))
    assert rules.roll_is_open(lesson, lesson.starts - timedelta(minutes=10))


def test_who_sees_an_absence(absence: Entry, twin: World, seat_of: Any) -> None:
    for key in ("teacher", "cpe", "head", "guardian", "other_guardian", "pupil"):
        assert absence in Entry.objects.visible_to(seat_of(key)), key
    for key in ("teacher_1", "secretary"):
        assert absence not in Entry.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe", "teacher", "guardian"):
        assert absence not in Entry.objects.visible_to(seat_of(key, world=twin)), key


def test_a_pupil_explains_alone_from_eighteen(absence: Entry, college: World, seat_of: Any) -> None:
    assert not rules.can_explain(seat_of("pupil"), absence)
    college.people["pupil"].birth_date = TODAY.replace(year=TODAY.year - 18)
    assert rules.can_explain(seat_of("pupil"), absence)


def test_a_lateness_is_not_an_absence_to_explain(absence: Entry, seat_of: Any) -> None:
    late = rolls.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    assert not rules.can_explain(seat_of("guardian"), late)


@pytest.mark.parametrize(
    ("rule", "roles", "guardian"),
    [
        (rules.runs_school_life, {Role.HEAD, Role.SCHOOL_LIFE}, False),
        (rules.takes_in_absences, {Role.HEAD, Role.SCHOOL_LIFE}, False),
        (rules.reads_past_absences, {Role.HEAD, Role.SCHOOL_LIFE, Role.PUPIL}, True),
        (rules.calls_own_rolls, {Role.TEACHER}, False),
        (rules.follows_absences, {Role.PUPIL}, True),
        # The age of this pupil is unknown: too young.
        (rules.answers_for_absences, set(), True),
        (rules.only_reads_absences, {Role.PUPIL}, False),
    ],
    ids=lambda rule: getattr(rule, "__name__", ""),
)
def test_what_each_role_may_do_with_absences(
    holder: Any, seat_of: Any, rule: Any, roles: set[Role], guardian: bool
) -> None:
    assert {role for role in Role if rule(holder(role))} == roles
    assert rule(seat_of("guardian")) is guardian


def test_a_pupil_answers_on_the_very_day_of_eighteen(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    birthday = TODAY.replace(year=TODAY.year - 18)
    for born, may in [(birthday, True), (birthday + timedelta(days=1), False)]:
        pupil.birth_date = born
        assert rules.answers_for_absences(seat_of("pupil")) is may
        assert rules.only_reads_absences(seat_of("pupil")) is not may


def test_only_an_absence_without_a_standing_explanation_is_to_explain(seat_of: Any) -> None:
    guardian = seat_of("guardian")
    for state in Explanation.State:
        entry = Entry(status=Status.ABSENT, explanation=Explanation(state=state))
        again = state in {Explanation.State.REFUSED, Explanation.State.WITHDRAWN}
        assert rules.can_explain(guardian, entry) is again, state
    for status in Status:
        assert rules.can_explain(guardian, Entry(status=status)) is (status == Status.ABSENT), status
    assert not rules.can_explain(seat_of("cpe"), Entry(status=Status.ABSENT))


def test_school_life_decides_on_all_but_what_was_withdrawn(holder: Any) -> None:
    pending, withdrawn = (
        Explanation(state=state) for state in (Explanation.State.PENDING, Explanation.State.WITHDRAWN)
    )
    deciding = {role for role in Role if rules.can_decide(holder(role), pending)}
    assert deciding == {Role.HEAD, Role.SCHOOL_LIFE}
    assert not any(rules.can_decide(holder(role), withdrawn) for role in Role)


def test_whoever_teaches_no_more_calls_no_roll(lesson: Lesson, college: World, seat_of: Any) -> None:
    Holding.objects.filter(person=college.people["teacher"]).update(role=Role.SECRETARY)
    assert lesson.is_taught_by(college.people["teacher"])
    assert not rules.can_call_register(seat_of("teacher"), lesson)


# Explanations.


def test_an_explanation_goes_from_the_family_to_the_decision(absence: Entry, seat_of: Any) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    assert explanation in Explanation.objects.visible_to(seat_of("cpe")).pending()
    assert explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    absence.refresh_from_db()
    assert absence.explanation is not None
    assert absence.explanation.state == Explanation.State.ACCEPTED
    assert not Entry.objects.to_explain().filter(pk=absence.pk).exists()
    verbs = list(Line.objects.filter(target="attendance.explanation").values_list("verb", flat=True)[:2])
    assert verbs == ["attendance.explanation_accepted"] or "attendance.explained" in verbs
    assert "fièvre" not in str(list(Line.objects.values_list("details", flat=True)))


def test_an_absence_is_explained_once(absence: Entry, seat_of: Any) -> None:
    explanations.explain(seat_of("guardian"), [absence], maladie())
    with pytest.raises(explanations.NothingToExplain):
        explanations.explain(seat_of("other_guardian"), [absence], maladie())
    assert Explanation.objects.filter(pupil=absence.pupil, day=TODAY).count() == 1


def test_a_refused_explanation_may_be_followed_by_another(absence: Entry, seat_of: Any) -> None:
    first = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("cpe"), first, Explanation.State.REFUSED, "Justificatif ?")
    absence.refresh_from_db()
    assert rules.can_explain(seat_of("guardian"), absence)
    second = explanations.explain(seat_of("guardian"), [absence], maladie())
    absence.refresh_from_db()
    assert absence.explanation == second
    assert Decision.objects.get(explanation=first).comment == "Justificatif ?"


def test_a_decision_may_be_changed_and_each_step_stays(absence: Entry, seat_of: Any) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    cpe = seat_of("cpe")
    assert explanations.decide(cpe, explanation, Explanation.State.REFUSED, "Non")
    assert not explanations.decide(cpe, explanation, Explanation.State.REFUSED, "Non")
    assert explanations.decide(seat_of("head"), explanation, Explanation.State.ACCEPTED)
    assert [d.state for d in explanation.decisions.all()] == ["refused", "accepted"]


def test_an_explanation_may_be_withdrawn_until_it_is_decided(absence: Entry, seat_of: Any) -> None:
    guardian = seat_of("guardian")
    explanation = explanations.explain(guardian, [absence], maladie())
    assert rules.can_withdraw(guardian, explanation)
    assert not rules.can_withdraw(seat_of("other_guardian"), explanation)
    assert explanations.withdraw(guardian, explanation)
    assert Entry.objects.to_explain().filter(pk=absence.pk).exists()
    assert not explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    again = explanations.explain(guardian, [absence], maladie())
    explanations.decide(seat_of("cpe"), again, Explanation.State.ACCEPTED)
    assert not explanations.withdraw(guardian, again)


def test_separated_parents_do_not_read_each_other(absence: Entry, seat_of: Any) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie(), "chez moi ce matin")
    assert explanation in Explanation.objects.visible_to(seat_of("guardian"))
    assert explanation not in Explanation.objects.visible_to(seat_of("other_guardian"))
    assert explanation not in Explanation.objects.visible_to(seat_of("pupil"))
    assert explanation not in Explanation.objects.visible_to(seat_of("teacher"))


def test_one_explanation_may_cover_the_lessons_of_the_day(
    absence: Entry, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    (waiting,) = [w for w in awaited_of(seat_of("guardian")) if w.day == TODAY]
    assert waiting.when.endswith("de 8\u00a0h\u00a005 à 11\u00a0h\u00a010")
    assert waiting.about == pupil.pk
    entries = list(absences.same_day_to_explain(absence))
    explanations.explain(seat_of("guardian"), entries, maladie())
    assert not [w for w in awaited_of(seat_of("guardian")) if w.day == TODAY]


def test_the_history_tells_everything_in_order(absence: Entry, seat_of: Any, clock: Any) -> None:
    clock.shift(60)
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    clock.shift(60)
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    titles = [step.title for step in school_life.history_of(seat_of("cpe"), absence)]
    assert titles == ["Absent", "Expliquée\u202f: Maladie", "Explication refusée"]


def test_words_are_erased_and_the_entry_stays(absence: Entry, college: World, seat_of: Any) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    assert explanations.forget_words(college.people["pupil"].pk) >= 2
    explanation.refresh_from_db()
    assert explanation.comment == ""
    assert explanation.decisions.get().comment == ""
    assert Entry.objects.filter(pk=absence.pk).exists()


# Letters.


def run(entry: Entry) -> None:
    tasks.tell_guardians.call([entry.pk])
    deliver()


def test_both_parents_are_told_once_and_the_subject_names_nobody(absence: Entry, college: World) -> None:
    run(absence)
    run(absence)
    addresses = sorted(message.to[0] for message in mail.outbox)
    assert addresses == sorted([college.people["guardian"].email, college.people["other_guardian"].email])
    message = mail.outbox[0]
    assert message.subject == "Une absence à expliquer"
    assert college.people["pupil"].given_name in message.body
    assert f"/absences/{absence.pk}/expliquer/" in message.body


def test_who_reads_what_was_told_called_corrected_and_decided(
    absence: Entry, college: World, seat_of: Any
) -> None:
    run(absence)
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)

    def seen_by(key: str) -> tuple[int, int, int, int]:
        viewer = seat_of(key)
        return (
            Notice.objects.visible_to(viewer).filter(entry=absence).count(),
            RollCall.objects.visible_to(viewer).filter(lesson=absence.lesson).count(),
            EntryChange.objects.visible_to(viewer).filter(entry=absence).count(),
            Decision.objects.visible_to(viewer).filter(explanation=explanation).count(),
        )

    steps = EntryChange.objects.filter(entry=absence).count()
    assert {
        key: seen_by(key) for key in ("head", "cpe", "teacher", "guardian", "other_guardian", "pupil")
    } == {
        "head": (2, 1, steps, 1),
        "cpe": (2, 1, steps, 1),
        "teacher": (0, 1, 0, 0),
        # Of the two letters, each parent has their own; the answer is for whoever asked.
        "guardian": (1, 0, 0, 1),
        "other_guardian": (1, 0, 0, 0),
        "pupil": (0, 0, 0, 0),
    }
    assert steps


def test_a_family_sees_the_reasons_that_are_for_families(college: World, twin: World, seat_of: Any) -> None:
    inside = Reason.objects.create(school=college.school, label="Exclusion", for_families=False)
    own = Reason.objects.create(school=college.school, label="Car en panne")
    beside = Reason.objects.create(school=twin.school, label="Ailleurs")
    for key, seen in (("cpe", {inside, own}), ("guardian", {own}), ("pupil", {own})):
        assert set(Reason.objects.visible_to(seat_of(key)).exclude(school=None)) == seen, key
        assert maladie() in Reason.objects.visible_to(seat_of(key))
        assert beside not in Reason.objects.visible_to(seat_of(key))


def test_a_parent_who_may_not_be_informed_is_not(absence: Entry, college: World) -> None:
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=True)
    run(absence)
    assert [message.to[0] for message in mail.outbox] == [college.people["guardian"].email]


def test_a_second_missed_lesson_the_same_day_sends_no_second_letter(
    absence: Entry, college: World, seat_of: Any
) -> None:
    run(absence)
    pupil = college.people["pupil"]
    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    run(Entry.objects.get(lesson=earlier, pupil=pupil))
    assert len(mail.outbox) == 2


def test_an_absence_corrected_before_the_letter_leaves_tells_nobody(absence: Entry, seat_of: Any) -> None:
    prepared = notices.prepare_notices([absence.pk], TODAY)
    assert notices.tell_guardian(prepared[0]) is True
    rolls.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    assert notices.tell_guardian(prepared[1]) is False
    deliver()
    assert mail.outbox == []


def test_an_absence_noted_again_is_told_if_its_letter_had_not_left(absence: Entry, seat_of: Any) -> None:
    """Else its family hears nothing of an absence that stands: the first letter was taken back, and counted as sent."""
    tasks.tell_guardians.call([absence.pk])
    rolls.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    deliver()
    assert mail.outbox == []
    rolls.correct_entry(seat_of("cpe"), absence, Status.ABSENT)
    run(absence)
    assert len(mail.outbox) == 2
    run(absence)
    assert len(mail.outbox) == 2


def test_an_absence_noted_again_after_its_letter_left_is_not_told_twice(absence: Entry, seat_of: Any) -> None:
    run(absence)
    rolls.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    rolls.correct_entry(seat_of("cpe"), absence, Status.ABSENT)
    run(absence)
    assert len(mail.outbox) == 2


def sent_to(person: Person) -> list[tuple[str, str]]:
    return [(letter.subject, str(letter.body)) for letter in mail.outbox if letter.to == [person.email]]


def correct(entry: Entry, seat_of: Any, status: str, minutes: int | None = None) -> None:
    """As a page does, with the tasks that follow."""
    rolls.correct_entry(seat_of("cpe"), entry, status, minutes)
    call = tasks.tell_guardians if status == Status.ABSENT else tasks.tell_corrections
    call.call([entry.pk])
    deliver()


def test_the_letter_of_an_absence_waits_and_whoever_comes_in_meanwhile_is_not_told(
    absence: Entry, college: World, seat_of: Any, settings: Any, clock: Any
) -> None:
    settings.ABSENCE_LETTERS_WAIT = 10
    guardian = college.people["guardian"]
    run(absence)
    assert sent_to(guardian) == [], "it waits, and is read in Préau"
    assert Item.objects.unread().filter(person=guardian, kind="attendance.absence").exists()
    correct(absence, seat_of, Status.LATE, 8)
    clock.move_to(NOW + timedelta(minutes=11))
    come_due()
    assert mail.outbox == []
    # Noted again, it waits again, and leaves.
    correct(absence, seat_of, Status.ABSENT)
    clock.move_to(NOW + timedelta(minutes=20))
    come_due()
    assert mail.outbox == []
    clock.move_to(NOW + timedelta(minutes=22))
    come_due()
    assert [subject for subject, _body in sent_to(guardian)] == ["Une absence à expliquer"]


def test_once_its_letter_has_left_each_correction_is_told_by_the_same_ways(
    absence: Entry, college: World, seat_of: Any
) -> None:
    guardian = college.people["guardian"]
    run(absence)
    correct(absence, seat_of, Status.LATE, 8)
    _letter, (subject, body) = sent_to(guardian)
    assert subject == "Une absence corrigée"
    arrived = dates.hour(absence.lesson.starts + timedelta(minutes=8), "Europe/Paris")
    assert f"est arrivé(e) à {arrived}\u202f: retard de 8" in body
    tasks.tell_corrections.call([absence.pk])
    deliver()
    assert len(sent_to(guardian)) == 2, "run again, it tells nobody twice"
    correct(absence, seat_of, Status.ABSENT)
    assert "de nouveau noté(e) absent(e)" in sent_to(guardian)[2][1]
    correct(absence, seat_of, Status.PRESENT)
    assert "était en cours" in sent_to(guardian)[3][1] and len(sent_to(guardian)) == 4


def test_a_correction_is_not_told_to_who_may_not_be_informed_any_more(
    absence: Entry, college: World, seat_of: Any
) -> None:
    run(absence)
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(may_not_be_informed=True)
    correct(absence, seat_of, Status.LATE, 8)
    assert len(sent_to(college.people["guardian"])) == 1
    assert len(sent_to(college.people["other_guardian"])) == 2


@pytest.mark.parametrize("left", [True, False], ids=["letter left", "letter taken back"])
def test_a_second_absence_is_told_once_the_first_was_none(
    absence: Entry, college: World, seat_of: Any, left: bool
) -> None:
    """The first stood for the day: when it is corrected, nobody has been told of the other."""
    tasks.tell_guardians.call([absence.pk])
    pupil, heard = college.people["pupil"], []

    def hear(sender: object, entry_ids: list[int], **_: Any) -> None:
        heard.append(entry_ids)

    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    other = Entry.objects.get(lesson=earlier, pupil=pupil)
    tasks.tell_guardians.call([other.pk])
    if left:
        deliver()
    before = len(mail.outbox)
    assert before == (2 if left else 0)
    notices.absences_left.connect(hear)
    try:
        rolls.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    finally:
        notices.absences_left.disconnect(hear)
    assert heard == [[other.pk]]
    tasks.tell_of_others.call(heard[0])
    deliver()
    assert len(mail.outbox) == before + 2


def test_what_was_explained_before_its_letter_left_does_not_stand_for_another(
    absence: Entry, college: World, seat_of: Any
) -> None:
    """A mother explains one lesson at once; the father has heard of none, and the other lesson is still to explain."""
    tasks.tell_guardians.call([absence.pk])
    pupil = college.people["pupil"]
    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    other = Entry.objects.get(lesson=earlier, pupil=pupil)
    tasks.tell_guardians.call([other.pk])
    explanations.explain(seat_of("guardian"), [absence], maladie())
    tasks.tell_of_others.call([other.pk])
    deliver()
    addresses = [message.to[0] for message in mail.outbox if message.subject == "Une absence à expliquer"]
    assert sorted(addresses) == sorted(college.people[key].email for key in ("guardian", "other_guardian"))


def test_a_real_absence_after_a_corrected_one_is_told(absence: Entry, college: World, seat_of: Any) -> None:
    prepared = notices.prepare_notices([absence.pk], TODAY)
    rolls.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    assert [notices.tell_guardian(pk) for pk in prepared] == [False, False]
    pupil = college.people["pupil"]
    later = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts").last()
    assert later is not None
    rolls.validate_roll(seat_of("cpe"), later, absent(later, pupil))
    run(Entry.objects.get(lesson=later, pupil=pupil))
    assert len(mail.outbox) == 2


def test_a_pupil_of_age_may_be_their_own_responsible(absence: Entry, college: World) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(email="nina@famille.example")
    Guardianship.objects.create(pupil=pupil, guardian=pupil, authority="legal", kinship="self")
    run(absence)
    assert len(mail.outbox) == 3


def test_who_may_not_be_informed_any_more_is_told_nothing(
    absence: Entry, college: World, seat_of: Any
) -> None:
    """Authority may end between the preparation of a letter and its departure."""
    refused = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("cpe"), refused, Explanation.State.REFUSED, "Non")
    prepared = notices.prepare_notices([absence.pk], TODAY)
    Guardianship.objects.filter(pupil=college.people["pupil"]).update(may_not_be_informed=True)
    assert [notices.tell_guardian(pk) for pk in prepared] == [False, False]
    deliver()
    assert refused.decisions.count() == 1
    assert mail.outbox == []


def test_a_replaced_explanation_cannot_be_decided(absence: Entry, seat_of: Any) -> None:
    first = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("cpe"), first, Explanation.State.REFUSED, "Non")
    explanations.explain(seat_of("guardian"), [absence], maladie())
    assert not explanations.decide(seat_of("cpe"), first, Explanation.State.ACCEPTED)


def test_a_pupil_who_left_the_class_stays_on_the_rolls_of_before(absence: Entry, lesson: Lesson) -> None:
    Enrolment.objects.filter(pupil=absence.pupil_id).update(ends=TODAY)
    assert [row.pupil_id for row in registers.register_of(lesson) if row.status == Status.ABSENT] == [
        absence.pupil_id
    ]


def test_a_refusal_is_told_with_its_reason(absence: Entry, college: World, seat_of: Any) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    deliver()
    assert mail.outbox == []
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    deliver()
    (message,) = mail.outbox
    assert message.to == [college.people["guardian"].email]
    assert "Certificat ?" in message.body
    kinds = Item.objects.unread().filter(person=college.people["guardian"], about=absence.pupil_id)
    # The answer that no longer counts is no longer to be read.
    about_absences = kinds.filter(kind__startswith="attendance.")
    assert [item.kind for item in about_absences] == ["attendance.refused"]


def test_a_worker_killed_between_two_families_tells_the_others(
    absence: Entry, college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    notice_ids: list[int] = []
    real = notices.tell_guardian

    def once(notice_id: int) -> bool:
        if notice_ids:
            raise Killed
        notice_ids.append(notice_id)
        return real(notice_id)

    with monkeypatch.context() as patch:
        patch.setattr(notices, "tell_guardian", once)
        with pytest.raises(Killed):
            tasks.tell_guardians.call([absence.pk])
    assert Item.objects.filter(kind="attendance.absence", key=absence.pk).count() == 1
    run(absence)
    assert len(mail.outbox) == 2


def test_a_family_without_an_address_finds_the_absence_in_preau(absence: Entry, college: World) -> None:
    mother = college.people["guardian"]
    Person.objects.filter(pk=mother.pk).update(email="")
    run(absence)
    assert [message.to for message in mail.outbox] == [[college.people["other_guardian"].email]]
    assert Item.objects.unread().filter(person=mother, key=absence.pk).exists()


def test_an_explained_absence_is_no_longer_to_be_read(absence: Entry, college: World, seat_of: Any) -> None:
    run(absence)
    items = Item.objects.unread().filter(kind="attendance.absence", key=absence.pk)
    assert items.count() == 2
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    assert not items.all().exists()
    waiting = Item.objects.unread().filter(kind="attendance.to_read", key=explanation.pk)
    assert [item.person for item in waiting] == [college.people["cpe"]]
    explanations.withdraw(seat_of("guardian"), explanation)
    assert not waiting.all().exists()


def test_a_forgotten_call_is_reminded_once_until_it_is_made(
    lesson: Lesson, college: World, seat_of: Any, clock: Any
) -> None:
    about = Item.objects.filter(kind="attendance.forgotten_call", key=lesson.pk)
    tasks.remind_of_calls.call()
    assert not about.exists(), "the lesson is still going on"
    clock.move_to(lesson.ends + timedelta(minutes=15))
    for _again in range(2):
        tasks.remind_of_calls.call()
    assert [item.person for item in about] == [college.people["teacher"]]
    rolls.validate_roll(seat_of("cpe"), lesson, marks(lesson))
    assert not about.all().unread().exists()


def test_a_school_that_calls_no_roll_is_reminded_of_nothing(lesson: Lesson, clock: Any) -> None:
    RollCall.objects.all().delete()
    clock.move_to(lesson.ends + timedelta(minutes=15))
    assert tasks.remind_of_calls.call() == 0


@pytest.mark.parametrize("settled_by", ["lateness", "explanation"])
def test_an_absence_that_is_none_or_is_explained_keeps_no_gesture(
    lesson: Lesson, college: World, seat_of: Any, client: SchoolClient, settled_by: str
) -> None:
    """In the same act: the family finds nothing more to do among its notifications."""
    mother, pupil = college.people["guardian"], college.people["pupil"]
    Item.objects.all().delete()
    rolls.validate_roll(seat_of("teacher"), lesson, absent(lesson, pupil))
    entry = Entry.objects.get(lesson=lesson, pupil=pupil)
    notices.tell_absence(mother.pk, entry.pk)
    assert "Expliquer l’absence" in client.sit(mother).get("/notifications/").content.decode()
    if settled_by == "lateness":
        rolls.correct_entry(seat_of("teacher"), entry, Status.LATE, 5)
    else:
        explanations.explain(seat_of("guardian"), [entry], maladie())
    assert "Expliquer l’absence" not in client.get("/notifications/").content.decode()
