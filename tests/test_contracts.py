"""A school that leaves at the end of its contract: all of it goes, nothing of another, on the word of two operators."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps
from django.urls import reverse
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line, Seal
from preau.commons.notifications.models import Item
from preau.commons.privacy import exports, tasks
from preau.commons.privacy.actions import contracts as actions
from preau.commons.privacy.actions import replay
from preau.commons.privacy.models import DataRequest, RetentionRun, SchoolErasure
from preau.commons.privacy.queries import contracts
from preau.commons.privacy.tests.props import many_erasures
from preau.directory.models import Guardianship, Hold, Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.domains.attendance.models import Entry
from preau.foundation import proof, vault
from preau.identity.models import Account
from tests.statements import MOST_QUERIES, Statements

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
PAGE = "/fins-de-contrat/"

# Every other table goes with its school. What stays by law, or is needed to show that it went:
STAYS = {
    "directory.School",
    "journal.Line",
    "journal.Seal",
    "privacy.RetentionBatch",
    "privacy.RetentionPart",
    "privacy.RetentionRun",
    "privacy.SchoolErasure",
    "privacy.SchoolErasurePart",
}
# Of the platform: no school, nobody of a school.
OF_THE_PLATFORM = {
    "auth.Group",
    "auth.Group_permissions",
    "auth.Permission",
    "catalogue.Collection",
    "catalogue.Edition",
    "catalogue.Harvest",
    "catalogue.Institution",
    "catalogue.Media",
    "catalogue.Miss",
    "catalogue.Node",
    "catalogue.Outside",
    "catalogue.Resource",
    "catalogue.Resource_nodes",
    "catalogue.Resource_related",
    "catalogue.Sighting",
    "catalogue.Source",
    "catalogue.UseInClass",
    "contenttypes.ContentType",
    "directory.OfficialCode",
    "directory.Territory",
    "django_tasks_database.DBTaskResult",
    "exams.Correction",
    "exams.CorrectionPart",
    "exams.Exam",
    "exams.Exercise",
    "exams.Paper",
    "exams.Paper_resources",
    "federation.SamlKey",
    "foundation.RateWindow",
    "foundation.ScheduleRun",
    "foundation.TaskLease",
    "foundation.WorkerBeat",
    # Words and addresses of letters that left; emptied by their own purge, and by `forget`.
    "outbox.Letter",
    "media.Rendition",
    "scenarios.Qualification",
    "scenarios.QualificationStep",
    "sessions.Session",
    "signon.SigningKey",
}


# Written while anything runs, or to show this erasure.
OF_THE_MACHINE = {
    "django_tasks_database.DBTaskResult",
    "foundation.TaskLease",
    "privacy.SchoolErasure",
    "privacy.SchoolErasurePart",
    "sessions.Session",
}

# Which tables go: all of them, by their links


def of_people(found: list[type[models.Model]]) -> set[str]:
    """The tables that lead to a person: their `forget` empties them (tests/test_nothing_left.py)."""
    strict = [link for link in contracts.links_of(found) if link.is_strict]
    reached, ahead = set[type[models.Model]](), {Person}
    while ahead:
        reached |= ahead
        ahead = {link.model for link in strict if link.target in ahead} - reached
    return {model._meta.label for model in reached} | {"media.Medium"}


def uncovered(found: list[type[models.Model]]) -> set[str]:
    """The tables of which nobody said what becomes of them when a school leaves."""
    goes = {model._meta.label for model in contracts.ways_of(found)}
    every = {model._meta.label for model in found}
    return every - goes - of_people(found) - STAYS - OF_THE_PLATFORM


def test_every_table_goes_with_its_school_or_with_its_people_or_says_why_not() -> None:
    found = contracts.stored_models()
    assert uncovered(found) == set()
    goes = {model._meta.label for model in contracts.ways_of(found)}
    assert not goes & (STAYS | OF_THE_PLATFORM)
    assert {model._meta.label for model in found} >= (STAYS | OF_THE_PLATFORM)


@isolate_apps("preau.directory")
def test_a_new_table_is_found_whatever_its_link() -> None:
    class Locker(models.Model):
        school = models.ForeignKey(School, models.CASCADE)

        class Meta:
            app_label = "directory"

    class Padlock(models.Model):
        locker = models.ForeignKey(Locker, models.PROTECT)

        class Meta:
            app_label = "directory"

    class Rust(models.Model):
        padlock = models.ForeignKey(Padlock, models.SET_NULL, null=True)

        class Meta:
            app_label = "directory"

    class Register(models.Model):
        school = models.ForeignKey(School, models.PROTECT)

        class Meta:
            app_label = "directory"

    mine: list[type[models.Model]] = [Locker, Padlock, Rust, Register]
    found = [*contracts.stored_models(), *mine]
    assert {model: ways for model, ways in contracts.ways_of(found).items() if model in mine} == {
        Locker: ("school",),
        Padlock: ("locker__school",),
    }
    assert uncovered(found) == {"directory.Rust", "directory.Register"}
    assert contracts.in_order([Locker, Padlock], contracts.links_of(found)) == [Padlock, Locker]


def test_tables_that_need_each_other_for_good_are_refused() -> None:
    links = [
        contracts.Link(one, "x", other, models.PROTECT, is_null=False)
        for one, other in ((Person, School), (School, Person))
    ]
    with pytest.raises(ValueError, match="need each other"):
        contracts.in_order([Person, School], links)


# One school goes whole, the other stays whole


def digests(keep: Callable[[type[models.Model]], Any]) -> dict[str, dict[Any, str]]:
    """Of each row of each table: a digest of all that it holds."""
    by_table = {}
    for model in contracts.stored_models():
        rows = keep(model)
        if rows is None:
            continue
        names = [field.attname for field in model._meta.concrete_fields]
        by_table[model._meta.label] = {
            values[0]: hashlib.sha256(repr(values).encode()).hexdigest()
            for values in rows.order_by("pk").values_list("pk", *names)
        }
    return by_table


def changed(before: dict[str, dict[Any, str]], after: dict[str, dict[Any, str]]) -> set[str]:
    """The tables of which a row is gone or says something else, or that have one more: but for the journal, which grows."""
    return {
        label
        for label, rows in before.items()
        if not rows.items() <= after[label].items()
        or (len(after[label]) > len(rows) and label != "journal.Line")
    }


def beside(school: School) -> Callable[[type[models.Model]], Any]:
    """Every row of every table but what is of this school, of its people, of its journal, or of the machine."""
    ways = contracts.ways_of(contracts.stored_models())
    people = set(contracts.people_who_go(school.pk).values_list("pk", flat=True))

    def keep(model: type[models.Model]) -> Any:
        rows: Any = model._base_manager.all()
        if model._meta.label in OF_THE_MACHINE:
            return None
        gone = models.Q(pk__in=people if model is Person else {school.pk} if model is School else ())
        named = ("school",) if model in {Line, Seal} else ways.get(model, ())
        for way in named:
            gone |= models.Q(**{way: school.pk})
        for lookup in () if model in {Line, Seal} else lookups_to_people(model):
            gone |= models.Q(**{f"{lookup}__in": people})
        return rows.exclude(pk__in=model._base_manager.filter(gone).values("pk"))

    return keep


def lookups_to_people(model: type[models.Model], above: tuple[Any, ...] = ()) -> list[str]:
    found = []
    for link in contracts.links_of([model]):
        if link.target is Person:
            found.append(link.name)
        elif link.target not in (School, model, *above) and len(above) < 2 and link.is_strict:
            found += [f"{link.name}__{one}" for one in lookups_to_people(link.target, (*above, model))]
    return found


def held_by(school: School) -> dict[str, int]:
    return {table.label: count for table in contracts.tables() if (count := table.count(school.pk))}


def operator(name: str) -> Person:
    person = Person.objects.create(family_name=name, given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create_account(f"ines.{name.lower()}", person)
    return Person.objects.get(pk=person.pk)


def seated(person: Person) -> Viewer:
    found = viewer_for(person, person.account.pk, timezone.now())
    assert found is not None
    return found


@pytest.fixture
def two() -> tuple[Person, Person]:
    return operator("Roussel"), operator("Garnier")


@pytest.fixture
def nothing_waits(college: World) -> None:
    """No file is kept longer there, no request waits."""
    Hold.objects.filter(school=college.school).delete()
    DataRequest.objects.filter(school=college.school).update(state="answered", answered_at=NOW)


def agreed(college: World, two: tuple[Person, Person]) -> SchoolErasure:
    erasure = actions.prepare(seated(two[0]), college.school)
    return actions.confirm(seated(two[1]), erasure, actions.mark_of(erasure))


def erased(erasure: SchoolErasure, clock: Any) -> SchoolErasure:
    clock.shift(timedelta(days=31))
    assert actions.begin(erasure.pk, timezone.localdate())
    while actions.erase_batch(erasure.pk):
        pass
    erasure.refresh_from_db()
    return erasure


def test_all_of_a_school_goes_and_nothing_of_another(
    college: World, twin: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    erasure = agreed(college, two)
    keep = beside(college.school)
    before, twin_held = digests(keep), held_by(twin.school)
    goes = set(contracts.people_who_go(college.school.pk).values_list("pk", flat=True))
    stays = set(contracts.people_who_stay(college.school.pk).values_list("pk", flat=True))
    assert len(twin_held) > 60 and len(goes) > 20
    lines = Line.objects.filter(school=college.school).count()
    erasure = erased(erasure, clock)
    assert erasure.state == SchoolErasure.State.DONE
    assert held_by(college.school) == {}
    assert {(part.table, part.left) for part in erasure.parts.all() if part.left} == set()
    after = digests(keep)
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
    assert sum(map(len, before.values())) > 3_000
    assert held_by(twin.school) == twin_held
    assert set(Person.objects.filter(pk__in=goes, erased_at=None)) == set()
    assert not Account.objects.filter(person__in=goes, is_active=True).exists()
    assert not Person.objects.filter(pk__in=stays).exclude(erased_at=None).exists()
    assert Line.objects.filter(school=college.school).count() >= lines + len(goes) + 1
    school = School.objects.get(pk=college.school.pk)
    assert school.name and not (school.phone or school.email or school.logo or school.current_year_id)


def test_whoever_is_of_another_school_too_stays_there(
    college: World, twin: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    """A teacher of both, a mother with a child in each, and an agent of a territory: none of them is this school's to erase."""
    teacher, mother, agent = (
        Person.objects.create(family_name="Zéphyrin", given_name=given) for given in ("Eva", "Ida", "Léo")
    )
    for school in (college.school, twin.school):
        Holding.objects.create(person=teacher, role=Role.TEACHER, school=school)
    for world in (college, twin):
        Guardianship.objects.create(pupil=world.people["pupil"], guardian=mother)
    Holding.objects.create(person=agent, role=Role.AGENT, school=college.school)
    Holding.objects.create(person=agent, role=Role.AGENT)
    stays = set(contracts.people_who_stay(college.school.pk))
    assert {teacher, mother, agent} <= stays
    assert college.people["pupil"] in set(contracts.people_who_go(college.school.pk))
    erased(agreed(college, two), clock)
    for person in (teacher, mother, agent):
        person.refresh_from_db()
        assert person.family_name == "Zéphyrin" and person.erased_at is None
    assert list(teacher.holdings.values_list("school", flat=True)) == [twin.school.pk]
    assert mother.wards.filter(pupil=twin.people["pupil"]).exists()


def test_killed_anywhere_it_goes_on_with_what_is_left(
    college: World,
    two: tuple[Person, Person],
    clock: Any,
    nothing_waits: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erasure = agreed(college, two)
    keep = beside(college.school)
    before = digests(keep)
    clock.shift(timedelta(days=31))
    assert actions.begin(erasure.pk, timezone.localdate())
    monkeypatch.setattr(actions, "BATCH", 40)

    class Killed(Exception):
        pass

    def killed(*_: Any) -> Iterator[Any]:
        raise Killed

    batches = 0
    while True:
        if batches % 9 == 4:
            # In the middle of a transaction: after bytes went, before its part is written.
            with monkeypatch.context() as patch, suppress(Killed), transaction.atomic():
                patch.setattr(actions.SchoolErasurePart, "save", killed)
                patch.setattr(actions.SchoolErasure, "save", killed)
                actions.erase_batch(erasure.pk)
        batches += 1
        if not actions.erase_batch(erasure.pk):
            break
    assert batches > 150
    erasure.refresh_from_db()
    assert erasure.state == SchoolErasure.State.DONE and held_by(college.school) == {}
    # Counted once each, whatever was undone.
    assert {part.table: part.erased for part in erasure.parts.all() if part.erased != part.count} == {}
    assert digests(keep) == before


def test_a_row_that_another_school_needs_stays_and_is_counted(
    college: World, twin: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    entry = Entry.objects.filter(school=twin.school).order_by("pk")[0]
    needed = Entry.objects.filter(school=college.school).order_by("pk")[0].lesson
    theirs = entry.lesson
    Entry.objects.filter(pk=entry.pk).update(lesson=needed)
    erasure = erased(agreed(college, two), clock)
    left = {part.table: part.left for part in erasure.parts.all() if part.left}
    assert left["timetable.Lesson"] == 1 and left["directory.SchoolYear"] == 1
    assert Entry.objects.get(pk=entry.pk).lesson_id == needed.pk != theirs.pk
    assert erasure.state == SchoolErasure.State.DONE


def test_files_go_bytes_and_all(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    School.objects.get(pk=college.school.pk).logo.save("logo.svg", ContentFile(b"<svg/>"))
    logo = School.objects.get(pk=college.school.pk).logo.name
    name = vault.new_name()
    vault.write(ContentFile(b"Fiche"), name)
    StoredFile.objects.create(
        public_id=name,
        school=college.school,
        name="f.txt",
        kind="text/plain",
        size=5,
        digest="x",
        kept_at=NOW,
    )
    erased(agreed(college, two), clock)
    assert not vault.path_of(name).exists() and not default_storage.exists(logo)


# Two operators, and a delay


def test_thirty_ends_of_contracts_cost_the_statements_of_one(college: World, client: SchoolClient) -> None:
    client.sit(operator("Mercier"))
    many_erasures(college, 1)
    with Statements(connection) as few:
        assert client.get(PAGE).status_code == 200
    many_erasures(college, 30)
    with Statements(connection) as many:
        page = client.get(PAGE).content.decode()
    assert many.count == few.count <= MOST_QUERIES
    assert page.count(college.school.name) >= 30


def test_one_operator_does_not_end_a_contract_alone(
    college: World, two: tuple[Person, Person], nothing_waits: None
) -> None:
    erasure = actions.prepare(seated(two[0]), college.school)
    assert erasure.people > 20 and erasure.parts.count() > 60
    with pytest.raises(actions.SamePerson):
        actions.confirm(seated(two[0]), erasure, actions.mark_of(erasure))
    with pytest.raises(actions.ErasureMovedOn):
        actions.confirm(seated(two[1]), erasure, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        SchoolErasure.objects.filter(pk=erasure.pk).update(confirmed_by=two[0])


def test_counted_again_by_somebody_else_the_first_may_confirm(
    college: World, two: tuple[Person, Person], nothing_waits: None
) -> None:
    first = actions.prepare(seated(two[0]), college.school)
    seen = actions.mark_of(first)
    again = actions.prepare(seated(two[1]), college.school)
    assert again.pk == first.pk and again.prepared_by == two[1]
    if again.prepared_at != first.prepared_at:
        with pytest.raises(actions.ErasureMovedOn):
            actions.confirm(seated(two[0]), first, seen)
    assert actions.confirm(seated(two[0]), again, actions.mark_of(again)).state == "confirmed"


def test_nothing_goes_before_its_day_nor_once_it_is_called_off(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None, settings: Any
) -> None:
    settings.CONTRACT_END_DAYS = 30
    erasure = agreed(college, two)
    before = held_by(college.school)
    notices = Item.objects.filter(kind=actions.SOON, school=college.school)
    assert set(notices.values_list("person", flat=True)) >= {college.people["head"].pk}
    clock.shift(timedelta(days=29))
    assert actions.left_to_do(timezone.localdate()) == []
    assert tasks.erase_school.call(erasure.pk) is False and not actions.erase_batch(erasure.pk)
    clock.shift(timedelta(days=1))
    assert actions.left_to_do(timezone.localdate()) == [erasure.pk]
    erasure.refresh_from_db()
    actions.call_off(seated(two[0]), erasure, actions.mark_of(erasure))
    actions.call_off(seated(two[0]), erasure, "twice")
    assert tasks.end_contracts.call() == 0 and tasks.erase_school.call(erasure.pk) is False
    now = held_by(college.school)
    assert {label for label in before if now.get(label) != before[label]} <= {"notifications.Item"}
    # Another may be prepared afterwards.
    assert actions.prepare(seated(two[0]), college.school).pk != erasure.pk


def test_once_begun_it_cannot_be_called_off(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    erasure = agreed(college, two)
    clock.shift(timedelta(days=31))
    assert actions.begin(erasure.pk, timezone.localdate())
    erasure.refresh_from_db()
    with pytest.raises(actions.ErasureMovedOn):
        actions.call_off(seated(two[0]), erasure, actions.mark_of(erasure))


@pytest.mark.parametrize("why", ["kept longer", "a request waits"])
def test_what_must_be_answered_is_answered_first(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None, why: str
) -> None:
    def waits() -> None:
        pupil, due = college.people["pupil"], NOW.date() + timedelta(days=90)
        if why == "kept longer":
            Hold.objects.create(
                person=pupil, school=college.school, last_day=due, reason="Recours", held_at=NOW
            )
        else:
            DataRequest.objects.create(
                school=college.school, subject=pupil, asked_by=pupil, asked_at=NOW, due=due
            )

    erasure = agreed(college, two)
    waits()
    clock.shift(timedelta(days=31))
    assert not actions.begin(erasure.pk, timezone.localdate())
    assert held_by(college.school)
    actions.call_off(seated(two[0]), erasure, actions.mark_of(erasure))
    again = actions.prepare(seated(two[0]), college.school)
    with pytest.raises(actions.StillHeld):
        actions.confirm(seated(two[1]), again, actions.mark_of(again))


def test_the_task_erases_some_then_asks_for_the_next(
    college: World,
    two: tuple[Person, Person],
    clock: Any,
    nothing_waits: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erasure = agreed(college, two)
    clock.shift(timedelta(days=31))
    assert tasks.end_contracts.call() == 1
    monkeypatch.setattr(tasks, "BATCHES", 1)
    assert tasks.erase_school.call(erasure.pk) is True
    erasure.refresh_from_db()
    assert erasure.state == "erasing" and 0 < erasure.erased_people < erasure.people
    monkeypatch.setattr(tasks, "BATCHES", 100_000)
    assert tasks.erase_school.call(erasure.pk) is False
    erasure.refresh_from_db()
    assert erasure.state == "done"
    assert tasks.erase_school.call(erasure.pk) is False


# What is kept of it


def test_certificate_and_journal_say_numbers_and_nobody(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None, tmp_path: Path, capsys: Any
) -> None:
    goes = list(contracts.people_who_go(college.school.pk).values_list("pk", "family_name"))
    names = {name for _pk, name in goes} | {person.family_name for person in two}
    erasure = erased(agreed(college, two), clock)
    certificate = exports.certificate_of(erasure)
    text = certificate.decode()
    assert college.school.uai in text and str(erasure.erased_people) in text
    assert "homework.Homework" in text and erasure.erased_people == len(goes)
    words = set(re.findall(r"\w+", text))
    assert not names & (words - set(re.findall(r"\w+", college.school.name)))
    file = tmp_path / "attestation.txt"
    call_command("erase_school", college.school.uai, certificate=file)
    call_command("erase_school", verify=file)
    assert "says the same" in capsys.readouterr().out
    file.write_bytes(certificate.replace(b": 0\n", b": 1\n", 1))
    with pytest.raises(CommandError, match="did not sign"):
        call_command("erase_school", verify=file)
    for line in Line.objects.filter(verb__startswith="privacy.contract_end"):
        assert set(line.details) <= {"rows", "people", "day"} and line.subject_id is None
    assert Line.objects.filter(verb="privacy.contract_end_done", school=college.school).count() == 1


def test_the_command_counts_and_begins_nothing(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None, capsys: Any
) -> None:
    before = held_by(college.school)
    call_command("erase_school", college.school.uai.lower())
    output = capsys.readouterr().out
    assert "attendance.Entry" in output and "nothing prepared" in output and PAGE in output
    for options in ({"now": True}, {"certificate": Path("x")}):
        with pytest.raises(CommandError):
            call_command("erase_school", college.school.uai, **options)
    with pytest.raises(CommandError, match="No school"):
        call_command("erase_school", "0000000X")
    assert held_by(college.school) == before
    agreed(college, two)
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("erase_school", college.school.uai, now=True)
    clock.shift(timedelta(days=31))
    call_command("erase_school", college.school.uai, now=True)
    assert "done" in capsys.readouterr().out and held_by(college.school) == {}


def test_what_the_school_left_ends_at_its_term_without_anybody_of_it(
    college: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    RetentionRun.objects.filter(school=college.school).delete()
    erased(agreed(college, two), clock)
    assert actions.has_ended(college.school)
    run = RetentionRun.objects.create(
        school=college.school, day=timezone.localdate(), prepared_at=timezone.now()
    )
    assert actions.agree_after_the_end(run) and not actions.agree_after_the_end(run)
    run.refresh_from_db()
    assert run.state == "confirmed" and {run.approved_by, run.confirmed_by} == set(two)
    Holding.objects.create(
        person=Person.objects.create(family_name="X"), role=Role.HEAD, school=college.school
    )
    assert not actions.has_ended(college.school)


# After a restore


def test_a_school_that_left_stays_away_after_a_restore(
    college: World, twin: World, two: tuple[Person, Person], clock: Any, nothing_waits: None
) -> None:
    before, held, theirs = held_by(college.school), held_by(twin.school), beside(college.school)
    backup = transaction.savepoint()
    erased(agreed(college, two), clock)
    known = replay.read([replay.ledger()])
    assert {uai for uai, _at in known.schools} == {college.school.uai}
    transaction.savepoint_rollback(backup)
    assert held_by(college.school) == before
    untouched = digests(theirs)
    assert replay.replay(known, dry_run=True)["schools"] == 1
    assert held_by(college.school) == before
    assert replay.replay(known)["schools"] == 1
    assert held_by(college.school) == {} and held_by(twin.school) == held
    assert changed(untouched, digests(theirs)) == set()
    assert not contracts.people_who_go(college.school.pk).exists()
    rows = digests(theirs)
    assert replay.replay(known).total() == 0
    assert digests(theirs) == rows


def test_a_ledger_of_before_names_no_school(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = replay.ledger()
    facts = content.splitlines()[0].replace(b', "schools": []', b"")
    assert b"schools" not in facts
    signature = replay.signed.sign(replay.PURPOSE, facts).hex().encode()
    assert replay.read([facts + b"\n" + signature + b"\n"]).schools == set()


# Its pages


def test_two_operators_end_a_contract_on_the_site(
    college: World, two: tuple[Person, Person], client: SchoolClient, clock: Any, nothing_waits: None
) -> None:
    client.sit(two[0])
    assert "Aucun établissement ne part" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"uai": "0000000X"}).status_code == 422
    answer = client.post(PAGE, {"uai": college.school.uai.lower()})
    erasure = SchoolErasure.objects.get()
    address = reverse("privacy:contract_end", kwargs={"pk": erasure.pk})
    assert answer.headers["Location"] == address
    page = client.get(address).content.decode()
    assert "un autre exploitant confirme" in page and "Confirmer : le délai" not in page.replace(
        "\u202f", " "
    )
    confirm = reverse("privacy:confirm_contract_end", kwargs={"pk": erasure.pk})
    seen = {"seen": actions.mark_of(erasure)}
    client.post(confirm, seen)
    erasure.refresh_from_db()
    assert erasure.state == "prepared"
    client.sit(two[1])
    client.post(confirm, seen)
    erasure.refresh_from_db()
    assert erasure.state == "confirmed" and erasure.due == NOW.date() + timedelta(days=30)
    client.sit(college.people["head"])
    theirs = client.get(address).content.decode()
    assert "Prendre le registre" in theirs and "Abandonner" not in theirs
    assert client.post(confirm, seen).status_code == 403
    client.sit(two[0])
    certificate = reverse("privacy:contract_certificate", kwargs={"pk": erasure.pk})
    assert client.post(certificate).status_code == 403
    erased(erasure, clock)
    client.sit(two[0])
    assert "Télécharger l’attestation" in client.get(address).content.decode()
    assert exports.is_certified(client.post(certificate).content)


def test_a_gesture_asks_who_is_there(
    college: World, two: tuple[Person, Person], client: SchoolClient, nothing_waits: None
) -> None:
    erasure = actions.prepare(seated(two[0]), college.school)
    client.sit(two[1])
    session = client.session
    proof.forget(session)
    session.save()
    confirm = reverse("privacy:confirm_contract_end", kwargs={"pk": erasure.pk})
    answer = client.post(confirm, {"seen": actions.mark_of(erasure)})
    assert answer.status_code == 302 and "confirme" in answer.headers["Location"]
    erasure.refresh_from_db()
    assert erasure.state == "prepared"
