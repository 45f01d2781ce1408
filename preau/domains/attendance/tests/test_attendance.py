"""What is seen, corrected, explained, decided; what families are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from conftest import NOW
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Guardianship, Person
from preau.directory.seeds import World
from preau.domains.attendance import actions, queries, rules, tasks
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
from preau.domains.timetable.models import Lesson

TODAY = NOW.date()


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The lesson that Claire Moreau gives now to the class of the cast's pupil, without a call."""
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def marks(lesson: Lesson, **missing: tuple[str, int | None]) -> list[actions.Mark]:
    """Everyone as the register shows them, but for `p<id>=(status, minutes)`."""
    made = []
    for row in queries.register_of(lesson):
        status, minutes = missing.get(f"p{row.pupil_id}", (row.status, row.minutes_late))
        made.append(actions.Mark(row.pupil_id, status, minutes, row.seen))
    return made


def absent(lesson: Lesson, pupil: Person) -> list[actions.Mark]:
    return marks(lesson, **{f"p{pupil.pk}": (Status.ABSENT, None)})


@pytest.fixture
def absence(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    actions.validate_roll(seat_of("teacher"), lesson, absent(lesson, college.people["pupil"]))
    return Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])


def maladie() -> Reason:
    return Reason.objects.get(label="Maladie")


# The roll.


def test_a_call_exists_only_once_validated(lesson: Lesson, seat_of: Any) -> None:
    assert all(row.status == Status.PRESENT for row in queries.register_of(lesson))
    assert not RollCall.objects.filter(lesson=lesson).exists()
    actions.validate_roll(seat_of("teacher"), lesson, marks(lesson))
    assert RollCall.objects.get(lesson=lesson).called_at == NOW
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_an_absence_is_kept_with_its_author(absence: Entry, college: World) -> None:
    assert (absence.status, absence.day, absence.school_id) == (Status.ABSENT, TODAY, college.school.pk)
    change = absence.changes.get()
    assert (change.status, change.changed_by) == (Status.ABSENT, college.people["teacher"])


def test_the_same_click_twice_writes_once(lesson: Lesson, college: World, seat_of: Any) -> None:
    same = absent(lesson, college.people["pupil"])
    actions.validate_roll(seat_of("teacher"), lesson, same)
    before = (EntryChange.objects.count(), Line.objects.count())
    actions.validate_roll(seat_of("teacher"), lesson, same)
    assert (EntryChange.objects.count(), Line.objects.count()) == before


def test_a_lateness_takes_its_minutes_from_the_clock(lesson: Lesson, college: World, seat_of: Any) -> None:
    late = marks(lesson, **{f"p{college.people['pupil'].pk}": (Status.LATE, None)})
    actions.validate_roll(seat_of("teacher"), lesson, late)
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    assert (entry.minutes_late, entry.state_label) == (15, "Retard de 15\u00a0min")


def test_a_stale_page_does_not_undo_what_somebody_else_wrote(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    opened_early = marks(lesson)
    actions.validate_roll(seat_of("cpe"), lesson, absent(lesson, pupil))
    actions.validate_roll(seat_of("teacher"), lesson, opened_early)
    assert Entry.objects.get(lesson=lesson, pupil=pupil).status == Status.ABSENT


def test_two_people_who_disagree_are_both_shown_and_nothing_is_written(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    mine = marks(lesson, **{f"p{pupil.pk}": (Status.LATE, 10)})
    other = mine[0].pupil_id if mine[0].pupil_id != pupil.pk else mine[1].pupil_id
    mine = [actions.Mark(m.pupil_id, Status.ABSENT, None, m.seen) if m.pupil_id == other else m for m in mine]
    actions.validate_roll(seat_of("cpe"), lesson, absent(lesson, pupil))
    with pytest.raises(actions.RollConflict) as conflict:
        actions.validate_roll(seat_of("teacher"), lesson, mine)
    assert [(c.pupil_id, c.theirs, c.mine) for c in conflict.value.conflicts] == [
        (pupil.pk, "Absent", "Retard de 10\u00a0min")
    ]
    assert not Entry.objects.filter(lesson=lesson, pupil_id=other).exists()


def test_two_people_who_agree_are_not_bothered(lesson: Lesson, college: World, seat_of: Any) -> None:
    same = absent(lesson, college.people["pupil"])
    actions.validate_roll(seat_of("cpe"), lesson, same)
    actions.validate_roll(seat_of("teacher"), lesson, same)
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 1


def test_a_pupil_of_another_class_cannot_be_slipped_in(
    lesson: Lesson, college: World, twin: World, seat_of: Any
) -> None:
    stranger = actions.Mark(twin.people["pupil"].pk, Status.ABSENT, None, "present")
    actions.validate_roll(seat_of("teacher"), lesson, [stranger])
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_the_register_says_who_was_absent_before(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    before = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).filter(starts__lt=lesson.starts).last()
    assert before is not None
    actions.validate_roll(seat_of("cpe"), before, absent(before, pupil))
    assert [row.pupil_id for row in queries.register_of(lesson) if row.was_absent_before] == [pupil.pk]


def test_coming_back_ends_absent_before(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    first, second = (
        Lesson.objects.of_pupils([pupil.pk]).on(TODAY).filter(starts__lt=lesson.starts).order_by("starts")
    )
    actions.validate_roll(seat_of("cpe"), first, absent(first, pupil))
    actions.validate_roll(seat_of("cpe"), second, marks(second))
    assert not [row for row in queries.register_of(lesson) if row.was_absent_before]
    assert [row.pupil_id for row in queries.register_of(second) if row.was_absent_before] == [pupil.pk]


def test_a_correction_keeps_every_step(absence: Entry, college: World, seat_of: Any) -> None:
    actions.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    actions.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    actions.correct_entry(seat_of("head"), absence, Status.PRESENT)
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
    late = actions.correct_entry(seat_of("cpe"), absence, Status.LATE, 5)
    assert not rules.can_explain(seat_of("guardian"), late)


# Explanations.


def test_an_explanation_goes_from_the_family_to_the_decision(absence: Entry, seat_of: Any) -> None:
    explanation = actions.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    assert explanation in Explanation.objects.visible_to(seat_of("cpe")).pending()
    assert actions.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    absence.refresh_from_db()
    assert absence.explanation is not None
    assert absence.explanation.state == Explanation.State.ACCEPTED
    assert not Entry.objects.to_explain().filter(pk=absence.pk).exists()
    verbs = list(Line.objects.filter(target="attendance.explanation").values_list("verb", flat=True)[:2])
    assert verbs == ["attendance.explanation_accepted"] or "attendance.explained" in verbs
    assert "fièvre" not in str(list(Line.objects.values_list("details", flat=True)))


def test_an_absence_is_explained_once(absence: Entry, seat_of: Any) -> None:
    actions.explain(seat_of("guardian"), [absence], maladie())
    with pytest.raises(actions.NothingToExplain):
        actions.explain(seat_of("other_guardian"), [absence], maladie())
    assert Explanation.objects.filter(pupil=absence.pupil, day=TODAY).count() == 1


def test_a_refused_explanation_may_be_followed_by_another(absence: Entry, seat_of: Any) -> None:
    first = actions.explain(seat_of("guardian"), [absence], maladie())
    actions.decide(seat_of("cpe"), first, Explanation.State.REFUSED, "Justificatif ?")
    absence.refresh_from_db()
    assert rules.can_explain(seat_of("guardian"), absence)
    second = actions.explain(seat_of("guardian"), [absence], maladie())
    absence.refresh_from_db()
    assert absence.explanation == second
    assert Decision.objects.get(explanation=first).comment == "Justificatif ?"


def test_a_decision_may_be_changed_and_each_step_stays(absence: Entry, seat_of: Any) -> None:
    explanation = actions.explain(seat_of("guardian"), [absence], maladie())
    cpe = seat_of("cpe")
    assert actions.decide(cpe, explanation, Explanation.State.REFUSED, "Non")
    assert not actions.decide(cpe, explanation, Explanation.State.REFUSED, "Non")
    assert actions.decide(seat_of("head"), explanation, Explanation.State.ACCEPTED)
    assert [d.state for d in explanation.decisions.all()] == ["refused", "accepted"]


def test_an_explanation_may_be_withdrawn_until_it_is_decided(absence: Entry, seat_of: Any) -> None:
    guardian = seat_of("guardian")
    explanation = actions.explain(guardian, [absence], maladie())
    assert rules.can_withdraw(guardian, explanation)
    assert not rules.can_withdraw(seat_of("other_guardian"), explanation)
    assert actions.withdraw(guardian, explanation)
    assert Entry.objects.to_explain().filter(pk=absence.pk).exists()
    assert not actions.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    again = actions.explain(guardian, [absence], maladie())
    actions.decide(seat_of("cpe"), again, Explanation.State.ACCEPTED)
    assert not actions.withdraw(guardian, again)


def test_separated_parents_do_not_read_each_other(absence: Entry, seat_of: Any) -> None:
    explanation = actions.explain(seat_of("guardian"), [absence], maladie(), "chez moi ce matin")
    assert explanation in Explanation.objects.visible_to(seat_of("guardian"))
    assert explanation not in Explanation.objects.visible_to(seat_of("other_guardian"))
    assert explanation not in Explanation.objects.visible_to(seat_of("pupil"))
    assert explanation not in Explanation.objects.visible_to(seat_of("teacher"))


def test_one_explanation_may_cover_the_lessons_of_the_day(
    absence: Entry, college: World, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    actions.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    (waiting,) = [w for w in queries.absences_to_explain(seat_of("guardian")) if w.day == TODAY]
    assert (waiting.count, waiting.hours) == (2, "de 8\u00a0h\u00a005 à 11\u00a0h\u00a010")
    entries = list(queries.same_day_to_explain(absence))
    actions.explain(seat_of("guardian"), entries, maladie())
    assert not [w for w in queries.absences_to_explain(seat_of("guardian")) if w.day == TODAY]


def test_the_history_tells_everything_in_order(absence: Entry, seat_of: Any, clock: Any) -> None:
    clock.shift(60)
    explanation = actions.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    clock.shift(60)
    actions.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    titles = [step.title for step in queries.history_of(absence)]
    assert titles == ["Absent", "Expliquée : Maladie", "Explication refusée"]


def test_words_are_erased_and_the_entry_stays(absence: Entry, college: World, seat_of: Any) -> None:
    explanation = actions.explain(seat_of("guardian"), [absence], maladie(), "fièvre")
    actions.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    assert actions.forget_words(college.people["pupil"].pk) >= 2
    explanation.refresh_from_db()
    assert explanation.comment == ""
    assert explanation.decisions.get().comment == ""
    assert Entry.objects.filter(pk=absence.pk).exists()


# Letters.


def run(entry: Entry) -> None:
    tasks.tell_guardians.call([entry.pk])
    for notice in Notice.objects.filter(entry=entry):
        tasks.send_notice.call(notice.pk)


def test_both_parents_are_told_once_and_the_subject_names_nobody(absence: Entry, college: World) -> None:
    run(absence)
    run(absence)
    told = sorted(message.to[0] for message in mail.outbox)
    assert told == sorted([college.people["guardian"].email, college.people["other_guardian"].email])
    message = mail.outbox[0]
    assert message.subject == "Une absence à expliquer"
    assert college.people["pupil"].given_name in message.body
    assert f"/absences/{absence.pk}/expliquer/" in message.body


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
    actions.validate_roll(seat_of("cpe"), earlier, absent(earlier, pupil))
    run(Entry.objects.get(lesson=earlier, pupil=pupil))
    assert len(mail.outbox) == 2


def test_an_absence_corrected_before_the_letter_leaves_tells_nobody(absence: Entry, seat_of: Any) -> None:
    prepared = actions.prepare_notices([absence.pk], TODAY)
    actions.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    assert [tasks.send_notice.call(pk) for pk in prepared] == [False, False]
    assert mail.outbox == []


def test_a_real_absence_after_a_corrected_one_is_told(absence: Entry, college: World, seat_of: Any) -> None:
    prepared = actions.prepare_notices([absence.pk], TODAY)
    actions.correct_entry(seat_of("cpe"), absence, Status.PRESENT)
    assert [tasks.send_notice.call(pk) for pk in prepared] == [False, False]
    pupil = college.people["pupil"]
    later = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts").last()
    assert later is not None
    actions.validate_roll(seat_of("cpe"), later, absent(later, pupil))
    run(Entry.objects.get(lesson=later, pupil=pupil))
    assert len(mail.outbox) == 2


def test_a_letter_that_fails_may_be_sent_again(absence: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    (notice, _) = actions.prepare_notices([absence.pk], TODAY)

    def down(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(tasks.mail, "send", down)
        with pytest.raises(ConnectionRefusedError):
            tasks.send_notice.call(notice)
    assert tasks.send_notice.call(notice) is True
    assert len(mail.outbox) == 1


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
    refused = actions.explain(seat_of("guardian"), [absence], maladie())
    actions.decide(seat_of("cpe"), refused, Explanation.State.REFUSED, "Non")
    prepared = actions.prepare_notices([absence.pk], TODAY)
    Guardianship.objects.filter(pupil=college.people["pupil"]).update(may_not_be_informed=True)
    assert [tasks.send_notice.call(pk) for pk in prepared] == [False, False]
    assert tasks.tell_decision.call(refused.pk) is False
    assert mail.outbox == []


def test_a_letter_that_only_waits_tells_nobody_yet(
    absence: Entry, college: World, seat_of: Any, clock: Any
) -> None:
    """The first letter of the day is held and fails; its absence is corrected; the second absence is told."""
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    earlier = Lesson.objects.of_pupils([pupil.pk]).on(TODAY).order_by("starts")[0]
    actions.validate_roll(cpe, earlier, absent(earlier, pupil))
    other = Entry.objects.get(lesson=earlier, pupil=pupil)
    mother = college.people["guardian"]
    both = actions.prepare_notices([absence.pk, other.pk], TODAY)
    first, second = Notice.objects.filter(pk__in=both, guardian=mother).order_by("pk")
    assert actions.hold_notice(first.pk) is not None
    with pytest.raises(actions.BeingSent):
        tasks.send_notice.call(second.pk)
    first_entry = Entry.objects.get(pk=first.entry_id)
    actions.correct_entry(cpe, first_entry, Status.PRESENT)
    clock.shift(timedelta(minutes=3))
    assert tasks.send_notice.call(second.pk) is True


def test_a_replaced_explanation_cannot_be_decided(absence: Entry, seat_of: Any) -> None:
    first = actions.explain(seat_of("guardian"), [absence], maladie())
    actions.decide(seat_of("cpe"), first, Explanation.State.REFUSED, "Non")
    actions.explain(seat_of("guardian"), [absence], maladie())
    assert not actions.decide(seat_of("cpe"), first, Explanation.State.ACCEPTED)


def test_a_pupil_who_left_the_class_stays_on_the_rolls_of_before(absence: Entry, lesson: Lesson) -> None:
    Enrolment.objects.filter(pupil=absence.pupil_id).update(ends=TODAY)
    assert [row.pupil_id for row in queries.register_of(lesson) if row.status == Status.ABSENT] == [
        absence.pupil_id
    ]


def test_a_letter_in_another_workers_hands_waits(absence: Entry, clock: Any) -> None:
    (notice, _) = actions.prepare_notices([absence.pk], TODAY)
    assert actions.hold_notice(notice) is not None
    with pytest.raises(actions.BeingSent):
        tasks.send_notice.call(notice)
    clock.shift(timedelta(minutes=3))
    assert tasks.send_notice.call(notice) is True


def test_a_refusal_is_told_with_its_reason(absence: Entry, college: World, seat_of: Any) -> None:
    explanation = actions.explain(seat_of("guardian"), [absence], maladie())
    actions.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    assert tasks.tell_decision.call(explanation.pk) is False
    actions.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat ?")
    assert tasks.tell_decision.call(explanation.pk) is True
    (message,) = mail.outbox
    assert message.to == [college.people["guardian"].email]
    assert "Certificat ?" in message.body
