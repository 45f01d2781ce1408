"""Everything kept about people has a rule that ends it; what is past its term goes, exactly, once, and by two people."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.commons.journal import actions as journal_actions
from preau.commons.journal.models import Line, Seal
from preau.commons.journal.queries import broken_seals
from preau.commons.privacy.actions import terms as actions
from preau.commons.privacy.models import DataRequest, RetentionBatch, RetentionRun
from preau.commons.privacy.queries import terms as queries_of_terms
from preau.commons.privacy.tasks import erase_run
from preau.directory.models import Hold, Holding, Person, SchoolYear
from preau.directory.queries.terms import last_day_of, midnight_after
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance.models import Entry, Visit
from preau.domains.timetable.models import Lesson
from preau.foundation import boards, journal
from preau.foundation.boards import Retention
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
# Far enough: all that the demonstration's school holds is past its term, three years of the journal included.
LATER = date(2031, 9, 1)


# The board: nothing is kept by a promise alone


def not_enforced(entries: Any, terms: Any, endings: Any, tasks: set[str]) -> dict[str, str]:
    """The tables of the personal data board whose term no code brings about, and why it is thought so."""
    by_term = {term.model: term.keep for term in terms}
    by_term |= {model: term.keep for term in terms for model in term.with_it}
    by_ending = {model: ending for ending in endings for model in ending.models}
    found = {}
    for entry in entries:
        ending = by_ending.get(entry.model)
        if entry.model in by_term:
            if by_term[entry.model] != entry.keep:
                found[entry.model] = f"says {entry.keep.name}, its rule {by_term[entry.model].name}"
        elif ending:
            if ending.by and ending.by not in tasks:
                found[entry.model] = f"no task {ending.by} on the schedule"
            elif ending.within and not any(
                entry.model == ending.within and entry.forget for entry in entries
            ):
                found[entry.model] = f"nothing forgets {ending.within}"
        elif not (entry.keep == Retention.ACCOUNT and entry.forget):
            found[entry.model] = "neither Term, nor Ending, nor erased with who has left"
    return found


def scheduled() -> set[str]:
    return {one.key for one in boards.schedule}


def test_every_table_about_people_has_what_ends_it() -> None:
    assert not_enforced(boards.personal_data, boards.terms, boards.endings, scheduled()) == {}
    # Who has left is erased by this one.
    assert "directory.follow_departures" in scheduled()


def test_a_table_that_nothing_ends_is_found() -> None:
    entries = list(boards.personal_data)
    some = [term for term in boards.terms if term.model != "attendance.Visit"]
    assert set(not_enforced(entries, some, boards.endings, scheduled())) == {"attendance.Visit"}
    gone = not_enforced(entries, boards.terms, boards.endings, scheduled() - {"conduct.erase_at_term"})
    assert "conduct.Sanction" in gone and "attendance.Entry" not in gone
    without = [ending for ending in boards.endings if "files.StoredFile" not in ending.models]
    assert set(not_enforced(entries, boards.terms, without, scheduled())) == {"files.StoredFile"}


def test_what_is_declared_exists_once() -> None:
    every = [one.model for one in boards.personal_data]
    covered = [model for ending in boards.endings for model in ending.models]
    covered += [model for term in boards.terms for model in term.with_it]
    covered += {term.model for term in boards.terms}
    assert len(covered) == len(set(covered))
    for model in covered:
        assert apps.get_model(model)
        assert model in every, model
    assert all(ending.why for ending in boards.endings)
    assert all(term.text and term.label for term in boards.terms)


def test_what_goes_with_a_row_really_hangs_on_it() -> None:
    """From each table said to go with another, a link leads to it."""
    for term in boards.terms:
        reached = {term.model}
        for _step in term.with_it:
            for model in term.with_it:
                fields = apps.get_model(model)._meta.get_fields()
                ends = {
                    field.related_model._meta.label
                    for field in fields
                    if field.is_relation and field.concrete
                }
                if ends & reached:
                    reached.add(model)
        assert set(term.with_it) <= reached, term.key


# Exactly those, once


def every_row() -> dict[str, set[int]]:
    """The keys of each table about people."""
    return {
        one.model: set(apps.get_model(one.model)._base_manager.values_list("pk", flat=True))
        for one in boards.personal_data
        if one.model != "privacy.RetentionRun"
    }


def agreed(run: RetentionRun, world: World) -> None:
    """As if two people had agreed."""
    RetentionRun.objects.filter(pk=run.pk).update(
        state=RetentionRun.State.CONFIRMED,
        approved_by=world.people["head"],
        confirmed_by=world.people["secretary"],
    )


def execute(run: RetentionRun, world: World) -> None:
    """All of it, batch by batch."""
    agreed(run, world)
    while actions.erase_batch(run.pk):
        pass


def test_before_their_term_nothing_is_found(college: World, clock: Any) -> None:
    assert actions.prepare(college.school, queries_of_terms.today_of(college.school)) is None


def test_what_is_past_its_term_goes_and_nothing_of_another_school(college: World, twin: World) -> None:
    DataRequest.objects.all().delete()
    due = {
        term.key: set(term.due(college.school, LATER).values_list("pk", flat=True))
        for term in queries_of_terms.in_force(LATER)
    }
    assert {"attendance.entries", "timetable.lessons", "homework.records", "events.events"} <= {
        key for key, rows in due.items() if rows
    }
    before = every_row()
    run = actions.prepare(college.school, LATER)
    assert run
    execute(run, college)
    after = every_row()
    terms = {term.key: term for term in queries_of_terms.in_force(LATER)}
    for key, rows in due.items():
        assert rows.isdisjoint(after.get(terms[key].model, set())), key
    gone = {model for model, rows in before.items() if rows - after[model]}
    allowed = {term.model for term in terms.values()} | {
        model for term in terms.values() for model in term.with_it
    }
    assert gone <= allowed, gone - allowed
    for model, rows in before.items():
        table = apps.get_model(model)
        if model in allowed and any(get_field.name == "school" for get_field in table._meta.get_fields()):
            here = rows - after[model]
            assert not table._base_manager.filter(school=twin.school, pk__in=here).exists()
    assert {part.rule: part.erased for part in run.parts.all()} == {
        key: len(rows) for key, rows in due.items() if rows
    }
    run.refresh_from_db()
    assert run.state == RetentionRun.State.DONE
    assert actions.prepare(college.school, LATER) is None
    assert actions.prepare(twin.school, LATER) is not None
    assert not actions.erase_batch(run.pk)
    assert every_row() == after


@pytest.fixture
def absence(college: World) -> Entry:
    """One absence of a pupil of whom nothing is asked."""
    DataRequest.objects.all().delete()
    return Entry.objects.filter(school=college.school).order_by("pk")[0]


def years(world: World) -> list[tuple[date, date]]:
    known = SchoolYear.objects.filter(school=world.school).order_by("starts")
    return list(known.values_list("starts", "ends"))


@settings(max_examples=40, deadline=None)
@given(
    day=st.dates(date(2020, 1, 1), date(2031, 12, 31)), today=st.dates(date(2026, 9, 1), date(2032, 12, 31))
)
def test_a_day_goes_once_its_year_and_the_next_one_are_over(college: World, day: date, today: date) -> None:
    """Told without the rule: as the school knows its years, else as its last known one says."""
    starts, ends = years(college)[-1]
    last = last_day_of(college.school, today)
    goes = day <= last
    if today <= date(ends.year + 1, ends.month, ends.day):
        assert not goes or day < starts
    assert last < today - timedelta(days=365)


@settings(max_examples=25, deadline=None)
@given(
    spread=st.lists(st.integers(-400, 400), min_size=1, max_size=8),
    held=st.integers(0, 3),
    batch=st.integers(1, 4),
)
def test_on_both_sides_of_the_term(
    college: World, twin: World, spread: list[int], held: int, batch: int
) -> None:
    """Visits around the last day that may go: those before it go, once; those after it, of another school, or held stay."""
    last = last_day_of(college.school, LATER)
    pupils = list(Person.objects.filter(enrolments__group__year=college.year).distinct().order_by("pk")[:4])
    with transaction.atomic():
        DataRequest.objects.all().delete()
        Visit.objects.all().delete()
        for number, pupil in enumerate(pupils[:held]):
            Hold.objects.create(
                person=pupil,
                school=college.school if number else twin.school,
                last_day=LATER,
                reason="Recours",
                held_at=NOW,
            )
        kept = {pupil.pk for pupil in pupils[1:held]}
        expected = set()
        for number, days in enumerate(spread):
            pupil = pupils[number % len(pupils)]
            starts = midnight_after(college.school, last + timedelta(days=days)) - timedelta(seconds=1)
            facts = {
                "pupil": pupil,
                "place": "infirmary",
                "starts": starts,
                "ends": starts,
                "noted_by": college.people["cpe"],
            }
            here = Visit.objects.create(school=college.school, **facts)
            there = Visit.objects.create(school=twin.school, **facts)
            expected |= {there.pk} | ({here.pk} if days > 0 or pupil.pk in kept else set())
        with pytest.MonkeyPatch.context() as patch, time_machine.travel(moment_of(LATER), tick=False):
            patch.setattr(actions, "BATCH", batch)
            patch.setattr(queries_of_terms, "in_force", lambda day: [term_named("attendance.visits")])
            run = actions.prepare(college.school, LATER)
            if run:
                assert run.parts.get().count == len(spread) * 2 - len(expected)
                execute(run, college)
            assert set(Visit.objects.values_list("pk", flat=True)) == expected
            assert actions.prepare(college.school, LATER) is None
            assert set(Visit.objects.values_list("pk", flat=True)) == expected
        transaction.set_rollback(True)


def moment_of(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def term_named(key: str) -> boards.Term:
    return next(term for term in boards.terms if term.key == key)


def test_the_lesson_of_somebody_who_is_held_stays_with_their_absence(college: World, absence: Entry) -> None:
    Hold.objects.create(
        person=absence.pupil,
        school=college.school,
        last_day=LATER + timedelta(days=300),
        reason="Recours",
        held_at=NOW,
    )
    run = actions.prepare(college.school, LATER)
    assert run
    assert run.parts.get(rule="attendance.entries").held == Entry.objects.filter(pupil=absence.pupil).count()
    with time_machine.travel(moment_of(LATER), tick=False):
        execute(run, college)
        assert set(Entry.objects.filter(school=college.school).values_list("pupil_id", flat=True)) == {
            absence.pupil_id
        }
        lessons = set(Lesson.objects.filter(school=college.school).values_list("pk", flat=True))
        assert absence.lesson_id in lessons
        # What is held is said once, and is no new run each night.
        assert actions.prepare(college.school, LATER) is None


def test_a_question_without_an_answer_holds_what_it_is_about(college: World) -> None:
    asked = DataRequest.objects.filter(school=college.school).waiting().first()
    assert asked
    assert asked.subject_id in queries_of_terms.held_people(college.school, LATER)
    assert asked.subject_id not in queries_of_terms.held_people(None, LATER)


def dying_at(call: int | None) -> Any:
    """`erase_rows`, killed once its rows are gone, and before anything says so."""
    real, calls = actions.erase_rows, []

    def erase(term: Any, keys: Any) -> int:
        calls.append(1)
        gone = real(term, keys)
        if len(calls) == call:
            raise KeyboardInterrupt
        return gone

    return erase


def test_killed_at_any_batch_it_ends_the_same(college: World, monkeypatch: Any) -> None:
    DataRequest.objects.all().delete()
    monkeypatch.setattr(actions, "BATCH", 25)
    ends, known = [], every_row()
    for dies_at in (None, 1, 3, 7):
        point = transaction.savepoint()
        run = actions.prepare(college.school, LATER)
        assert run
        agreed(run, college)
        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            patch.setattr(actions, "erase_rows", dying_at(dies_at))
            erase_run.call(run.pk)
        assert actions.left_to_do() == ([run.pk] if dies_at else [])
        erase_run.call(run.pk)
        parts = {(part.rule, part.count, part.erased) for part in run.parts.all()}
        logged = RetentionBatch.objects.filter(part__run=run).values_list("erased", flat=True)
        assert sum(logged) == sum(erased for _rule, _count, erased in parts)
        # Rows that the run writes have other numbers each time on an engine whose sequences go on.
        left = {model: (keys & known[model], len(keys)) for model, keys in every_row().items()}
        ends.append((parts, left))
        transaction.savepoint_rollback(point)
    assert all(one == ends[0] for one in ends)


# The journal: shorter, and still whole


def test_lines_past_their_term_go_and_the_chain_is_still_verified(college: World, clock: Any) -> None:
    DataRequest.objects.all().delete()
    clock.shift(timedelta(minutes=3))
    journal_actions.seal_all()
    first = Seal.objects.filter(school=college.school).latest("number")
    clock.move_to(moment_of(date(2029, 12, 3)))
    journal.write(journal.Line("works.stopped", school_id=college.school.pk))
    clock.shift(timedelta(minutes=3))
    journal_actions.seal_all()
    run = actions.prepare(college.school, date(2029, 12, 3))
    assert run and run.parts.get(rule="journal.lines").count == first.lines.count()
    execute(run, college)
    assert not Line.objects.filter(seal=first).exists()
    assert Line.objects.filter(school=college.school, verb="works.stopped").exists()
    assert broken_seals() == []
    output = StringIO()
    call_command("verify_journal", stdout=output)
    assert "erased at their term" in output.getvalue()
    # A seal that was emptied before its time is broken, whatever it says.
    last = Seal.objects.filter(school=college.school).latest("number")
    last.lines.all().delete()
    Seal.objects.filter(pk=last.pk).update(erased_at=timezone.now())
    assert broken_seals() == [last]


# Two people


def test_nobody_erases_alone(college: World, client: SchoolClient) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    page = reverse("privacy:run", kwargs={"pk": run.pk})
    client.sit(college.people["head"])
    shown = client.get(page).content.decode()
    assert "Donner le premier accord" in shown and "Prendre le registre d’appel" in shown
    assert college.people["pupil"].family_name not in shown
    seen = {"seen": actions.mark_of(run)}
    client.post(reverse("privacy:approve_run", kwargs={"pk": run.pk}), seen)
    run.refresh_from_db()
    assert run.state == RetentionRun.State.APPROVED
    seen = {"seen": actions.mark_of(run)}
    client.post(reverse("privacy:confirm_run", kwargs={"pk": run.pk}), seen)
    run.refresh_from_db()
    assert run.state == RetentionRun.State.APPROVED
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(confirmed_by=run.approved_by_id)
    # The counts are those that somebody agreed to.
    assert actions.prepare(college.school, LATER + timedelta(days=30)) == run
    # The second person is the one who operates, where the head is alone.
    assert queries_of_terms.needs_operator(run, NOW.date())


def test_a_second_click_and_a_page_that_is_old_change_nothing(college: World, seat_of: Any) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    old = actions.mark_of(run)
    actions.approve(seat_of("head"), run, old)
    for gesture in (actions.approve, actions.confirm):
        with pytest.raises(actions.RunMovedOn):
            gesture(seat_of("head"), run, old)


def test_the_operator_is_the_second_person_only_where_one_decides(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    actions.approve(seat_of("head"), run, actions.mark_of(run))
    run.refresh_from_db()
    operator = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=operator, role=Role.OPERATOR)
    Account.objects.create_account("ines.roussel", operator)
    client.sit(operator)
    page, confirm = (reverse(f"privacy:{one}", kwargs={"pk": run.pk}) for one in ("run", "confirm_run"))
    second = Holding.objects.create(person=college.people["teacher"], school=college.school, role=Role.HEAD)
    assert "Confirmer et effacer" not in client.get(page).content.decode()
    answer = client.post(confirm, {"seen": actions.mark_of(run)}, follow=True).content.decode()
    assert "Une autre personne de l’établissement confirme." in answer
    run.refresh_from_db()
    assert run.state == RetentionRun.State.APPROVED
    second.delete()
    assert "Confirmer et effacer" in client.get(page).content.decode()
    client.post(confirm, {"seen": actions.mark_of(run)})
    run.refresh_from_db()
    assert run.confirmed_by == operator


def test_nobody_agrees_over_a_postponement_that_they_have_not_read(college: World, seat_of: Any) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    old, until = actions.mark_of(run), LATER + timedelta(days=60)
    for _twice in range(2):
        actions.postpone(seat_of("head"), run, until, "Contrôle en cours", old)
    with pytest.raises(actions.RunMovedOn):
        actions.approve(seat_of("head"), run, old)
    run.refresh_from_db()
    assert (run.state, run.postponed_until) == (RetentionRun.State.PREPARED, until)


def test_nobody_answers_and_nothing_is_erased(college: World, clock: Any) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    before = every_row()
    counts = []
    for week in range(5):
        day = LATER + timedelta(days=7 * week)
        counts.append(actions.remind(run, day))
        assert actions.remind(run, day) == 0
    run.refresh_from_db()
    assert all(counts) and run.is_late
    assert list(RetentionRun.objects.late()) == [run]
    assert {
        model: keys - every_row()[model] for model, keys in before.items() if keys - every_row()[model]
    } == {}


def test_postponed_for_a_reason_it_asks_again(college: World, seat_of: Any) -> None:
    run = actions.prepare(college.school, LATER)
    assert run
    actions.approve(seat_of("head"), run, actions.mark_of(run))
    run.refresh_from_db()
    until = LATER + timedelta(days=60)
    actions.postpone(seat_of("head"), run, until, "Contrôle en cours", actions.mark_of(run))
    run.refresh_from_db()
    assert run.state == RetentionRun.State.PREPARED and run.approved_by is None
    assert actions.remind(run, until) == 0
    assert actions.remind(run, until + timedelta(days=1)) == 1
    run.refresh_from_db()
    assert run.postponed_until is None


# Dated rules


def test_a_rule_that_changes_keeps_its_date(monkeypatch: Any) -> None:
    now = term_named("attendance.visits")
    later = replace(now, since=date(2027, 9, 1), text="Effacé à la fin de l’année.")
    monkeypatch.setattr(boards.terms, "_entries", [*boards.terms, later])
    assert now in queries_of_terms.in_force(date(2027, 8, 31)) and later not in queries_of_terms.in_force(
        date(2027, 8, 31)
    )
    assert later in queries_of_terms.in_force(date(2027, 9, 1)) and now not in queries_of_terms.in_force(
        date(2027, 9, 1)
    )
    assert queries_of_terms.term_of(now.key, now.since) == now
    assert dict(queries_of_terms.rules_said())[str(now.label)] == [now, later]
