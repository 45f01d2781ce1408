"""Two rows of one human being made one, and made two again: nothing lost, nobody's door opened, files that follow."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item, Preference
from preau.commons.signon.models import Alias, Grant
from preau.commons.signon.tests.coming import linked, tokens_of, userinfo
from preau.directory.actions import merging
from preau.directory.exports import dump
from preau.directory.models import (
    Assignment,
    Distinction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Merge,
    Person,
    School,
)
from preau.directory.queries import duplicates as queries
from preau.directory.seeds.world import World
from preau.directory.tasks import forget_merges
from preau.directory.tests.aaf import deliver, eleve, etab, parent, personnel
from preau.directory.tests.test_import_aaf import bring
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance.models import Entry, EntryChange, Status
from preau.domains.timetable.models import Lesson
from preau.identity.models import AccessKey, Account, AccountSession, Activation

__all__ = ["bring"]
pytestmark = [pytest.mark.django_db, pytest.mark.engine]
# What every request leaves, and the traces of the merge itself.
TRACES = {
    "journal.Line",
    "notifications.Item",
    "notifications.Dispatch",
    "notifications.Push",
    "directory.Merge",
    "sessions.Session",
    "identity.AccountSession",
    "django_tasks_database.DBTaskResult",
    # As sessions: what either account had open is closed, and an undo opens nothing again.
    "identity.AccessKey",
}


REPORTS = {"directory.Delivery", "directory.DeliveryShare", "platform.OperatedDelivery"}


def every_row() -> dict[str, list[Any]]:
    """Every row of every table, traces aside."""
    models = [
        get_model
        for get_model in apps.get_models(include_auto_created=True)
        if get_model._meta.label not in TRACES
    ]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def changed_since(before: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """By table, the rows that differ from what they were."""
    after = every_row()
    return {
        name: [
            [row for row in rows if row not in after[name]],
            [row for row in after[name] if row not in rows],
        ]
        for name, rows in before.items()
        if rows != after[name]
    }


def twin_of(person: Person, **fields: Any) -> Person:
    """The same human being, typed again."""
    values = {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "birth_date": person.birth_date,
    }
    return Person.objects.create(**values | fields)


def pupil_again(college: World, **fields: Any) -> Person:
    """A second row of the cast's pupil: in the same class, with the same mother and an uncle, absent at the same lesson."""
    pupil = college.people["pupil"]
    again = twin_of(pupil, **fields)
    Holding.objects.create(person=again, role=Role.PUPIL, school=college.school, starts=college.year.starts)
    for enrolment in Enrolment.objects.filter(pupil=pupil):
        Enrolment.objects.create(
            school=college.school, group=enrolment.group, pupil=again, starts=college.year.starts
        )
    for guardian in (
        college.people["guardian"],
        Person.objects.create(family_name="Oncle", given_name="Ali"),
    ):
        Guardianship.objects.create(pupil=again, guardian=guardian, authority="legal")
    return again


def merge(viewer: Any, kept: Person, other: Person) -> Merge:
    kept.refresh_from_db()
    other.refresh_from_db()
    return merging.merge(viewer, kept, other, merging.mark_of(kept, other))


def refused(viewer: Any, kept: Person, other: Person) -> str:
    """The sentence that refuses, and nothing written."""
    before = every_row()
    with pytest.raises(merging.MergeRefused) as refusal:
        merge(viewer, kept, other)
    assert changed_since(before) == {}
    return refusal.value.reason


def staff(college: World, role: Role, **fields: Any) -> Person:
    person = Person.objects.create(**{"family_name": "Personnel", "given_name": "Ada"} | fields)
    Holding.objects.create(person=person, role=role, school=college.school, starts=college.year.starts)
    return person


def account(person: Person, login: str, **fields: Any) -> Account:
    return Account.objects.create_account(login, person, "sous le préau", **fields)


def session_of(person: Person) -> AccountSession:
    store = SessionStore()
    store.create()
    return AccountSession.objects.create(
        session_id=store.session_key, account=person.account, device="Firefox", opened_at=NOW, seen_at=NOW
    )


# Made one


def test_what_the_other_held_is_held_once(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    again = pupil_again(college, phone="06 00 00 00 09", birth_name="Abadi")
    merge(seat_of("secretary"), pupil, again)
    pupil.refresh_from_db()
    assert (pupil.phone, pupil.birth_name) == ("06 00 00 00 09", "Abadi")
    assert Holding.objects.filter(person=pupil).count() == 1
    assert Enrolment.objects.filter(pupil=pupil, group__kind="class", ends=None).count() == 1
    guardians = Guardianship.objects.filter(pupil=pupil, ends=None).values_list(
        "guardian__given_name", flat=True
    )
    assert len(guardians) == 3 and "Ali" in guardians
    for model in (Holding, Enrolment, Guardianship):
        field = "person" if model is Holding else "pupil"
        assert not model.objects.filter(**{field: again}).exists()


def test_no_foreign_key_of_any_room_leads_to_the_merged_row(college: World, seat_of: Any) -> None:
    again = pupil_again(college)
    account(again, "nina.encore")
    merge(seat_of("secretary"), college.people["pupil"], again)
    left = set()
    for relation in Person._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            model, name = relation.related_model, relation.field.name
            if model._base_manager.filter(**{name: again.pk}).exists():
                left.add(f"{model._meta.label}.{name}")
    # The account is closed, the journal is never changed, and the merge says which row became which.
    assert left <= {"identity.Account.person", "directory.Merge.other", "journal.Line.subject"}


def test_an_absence_told_twice_is_told_once_with_all_its_steps(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    lesson = Lesson.objects.of_pupils([pupil.pk]).order_by("-pk")[0]
    entries = [
        Entry.objects.create(
            school=college.school, lesson=lesson, pupil=one, day=lesson.day, status=Status.ABSENT
        )
        for one in (pupil, again)
    ]
    EntryChange.objects.create(
        school=college.school,
        entry=entries[1],
        status=Status.ABSENT,
        changed_by=college.people["cpe"],
        changed_at=NOW,
    )
    with pytest.raises(ProtectedError):
        entries[1].delete()
    merge(seat_of("head"), pupil, again)
    assert list(Entry.objects.filter(lesson=lesson, pupil=pupil)) == [entries[0]]
    assert EntryChange.objects.filter(entry=entries[0]).count() == 1


def test_a_teacher_keeps_lessons_classes_and_choices_once(college: World, seat_of: Any) -> None:
    teacher = college.people["teacher"]
    again = staff(college, Role.TEACHER, family_name=teacher.family_name, given_name=teacher.given_name)
    mine = Assignment.objects.filter(teacher=teacher).order_by("pk")
    for row in mine[:2]:
        Assignment.objects.create(
            school=row.school, group=row.group, teacher=again, subject=row.subject, kind=row.kind
        )
    shared, own = Lesson.objects.filter(teachers=teacher)[0], Lesson.objects.exclude(teachers=teacher)[0]
    shared.teachers.add(again)
    own.teachers.add(again)
    for one in (teacher, again):
        Preference.objects.create(person=one, kind="attendance.absence", pace="never")
    count = mine.count()
    merge(seat_of("secretary"), teacher, again)
    assert Assignment.objects.filter(teacher=teacher).count() == count
    assert (
        list(shared.teachers.filter(pk=teacher.pk)) == list(own.teachers.filter(pk=teacher.pk)) == [teacher]
    )
    assert Preference.objects.filter(person=teacher, kind="attendance.absence").count() == 1


@pytest.mark.parametrize("judged_first", [True, False])
def test_what_a_judge_decided_of_either_row_holds(college: World, seat_of: Any, judged_first: bool) -> None:
    """The father's second row must not give back what the judge took."""
    father, pupil = college.people["other_guardian"], college.people["pupil"]
    again = twin_of(father)
    mine = Guardianship.objects.get(pupil=pupil, guardian=father)
    theirs = Guardianship.objects.create(pupil=pupil, guardian=again, authority="legal")
    judged = mine if judged_first else theirs
    Guardianship.objects.filter(pk=judged.pk).update(
        ruled_on=date(2026, 11, 2), may_not_be_informed=True, ends=date(2026, 12, 1)
    )
    merge(seat_of("head"), father, again)
    row = Guardianship.objects.get(pupil=pupil, guardian=father)
    assert (row.pk, row.ruled_on, row.may_not_be_informed, row.ends) == (
        mine.pk,
        date(2026, 11, 2),
        True,
        date(2026, 12, 1),
    )
    assert pupil.pk not in Guardianship.objects.informed(NOW.date()).filter(guardian=father).values_list(
        "pupil_id", flat=True
    )


def test_the_merged_row_shows_nowhere(college: World, seat_of: Any, client: SchoolClient) -> None:
    again = pupil_again(college, given_name="Ninotchka")
    viewer = seat_of("secretary")
    merge(viewer, college.people["pupil"], again)
    again.refresh_from_db()
    assert (again.full_name, again.search_name, again.birth_date) == (merging.MERGED, "fiche reunie", None)
    assert not Person.objects.visible_to(viewer).filter(pk=again.pk).exists()
    assert queries.pairs_of(viewer) == []
    dumped = "\n".join(dump.lines())
    assert again.public_id not in dumped and "Ninotchka" not in dumped and "Fiche réunie" not in dumped
    client.sit(college.people["secretary"])
    for address in (
        "/recherche/?q=Ninotchka",
        "/annuaire/doublons/",
        f"/annuaire/personnes/{again.public_id}/",
    ):
        response = client.get(address)
        assert "Fiche réunie" not in response.content.decode()
    assert response.status_code == 404


# Accounts


def test_the_other_account_is_closed_and_its_sessions_and_codes_end(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    account(again, "nina.encore")
    session_of(again)
    code = Activation.objects.create(
        account=again.account,
        kind="first_letter",
        digest="x",
        issued_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )
    merge(seat_of("secretary"), pupil, again)
    closed = Account.objects.get(login="nina.encore")
    code.refresh_from_db()
    assert (closed.is_active, closed.person_id, closed.sessions.count()) == (False, again.pk, 0)
    assert code.cancelled_at and Account.objects.get(person=pupil).is_active


def test_the_only_account_goes_to_the_kept_row(college: World, seat_of: Any) -> None:
    again = pupil_again(college)
    third = twin_of(again)
    Holding.objects.create(person=third, role=Role.PUPIL, school=college.school)
    account(third, "nina.encore")
    session_of(third)
    merge(seat_of("secretary"), again, third)
    moved = Account.objects.get(login="nina.encore")
    assert (moved.person_id, moved.is_active, moved.sessions.count()) == (again.pk, True, 0)


def test_whoever_gains_a_seat_signs_in_again(college: World, seat_of: Any) -> None:
    mother, works = college.people["guardian"], staff(college, Role.OTHER)
    session_of(mother)
    merge(seat_of("secretary"), mother, works)
    assert AccountSession.objects.filter(account=mother.account).count() == 0


def test_whoever_gains_nothing_stays_signed_in(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    session_of(pupil)
    merge(seat_of("secretary"), pupil, again)
    assert AccountSession.objects.filter(account=pupil.account).count() == 1


def test_the_kept_person_is_told_once(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    done = merge(seat_of("secretary"), pupil, again)
    notice = Item.objects.get(kind="directory.people_merged")
    assert (notice.person_id, notice.key) == (pupil.pk, str(done.pk))
    line = Line.objects.get(verb="directory.people_merged")
    assert (line.subject_id, line.target_id) == (pupil.pk, done.pk)


# Who may


@pytest.mark.parametrize("role", [Role.HEAD, Role.SECRETARY, Role.NURSE, Role.DIGITAL_LEAD])
def test_a_secretary_opens_no_door_by_merging(college: World, seat_of: Any, role: Role) -> None:
    """They could give a code to the account of a parent, and make of it a nurse's."""
    mother, works = college.people["guardian"], staff(college, role)
    for pair in ((mother, works), (works, mother)):
        assert "revient à la direction" in refused(seat_of("secretary"), *pair)


def test_what_the_head_gave_until_a_day_is_a_door_too(college: World, seat_of: Any) -> None:
    works = staff(college, Role.TEACHER)
    Holding.objects.filter(person=works).update(scope={"settings": {"until": "2027-06-30"}})
    assert "revient à la direction" in refused(seat_of("secretary"), college.people["guardian"], works)


@pytest.mark.parametrize("kept_is_mother", [True, False])
def test_not_even_the_head_gives_a_door_to_a_parents_account(
    college: World, seat_of: Any, kept_is_mother: bool
) -> None:
    mother, nurse = college.people["guardian"], staff(college, Role.NURSE)
    pair = (mother, nurse) if kept_is_mother else (nurse, mother)
    assert "n’est pas celui d’un personnel" in refused(seat_of("head"), *pair)


def test_the_head_merges_two_rows_of_a_nurse(college: World, seat_of: Any) -> None:
    one, two = staff(college, Role.NURSE), staff(college, Role.NURSE)
    account(two, "ada.infirmiere")
    merge(seat_of("head"), one, two)
    assert Account.objects.get(person=one).login == "ada.infirmiere"


def test_nobody_merges_themselves_nor_their_family(college: World, seat_of: Any) -> None:
    viewer, pupil = seat_of("secretary"), college.people["pupil"]
    twin = staff(college, Role.TEACHER)
    for pair in ((viewer.person, twin), (twin, viewer.person)):
        assert "Votre propre fiche" in refused(viewer, *pair)
    Guardianship.objects.create(pupil=pupil, guardian=viewer.person, authority="legal")
    assert "Votre propre famille" in refused(viewer, pupil, pupil_again(college))
    assert "Votre propre famille" in refused(viewer, college.people["other_guardian"], twin)


@pytest.mark.parametrize("what", ["role", "operator", "pupil", "child"])
def test_whoever_is_elsewhere_too_is_merged_by_nobody_here(
    college: World, twin: World, seat_of: Any, what: str
) -> None:
    mother = college.people["guardian"]
    again = twin_of(mother)
    Guardianship.objects.create(pupil=college.people["pupil"], guardian=again, authority="contact")
    if what == "child":
        Guardianship.objects.create(pupil=twin.people["pupil"], guardian=again, authority="legal")
    else:
        role = {"role": Role.TEACHER, "operator": Role.OPERATOR, "pupil": Role.PUPIL}[what]
        Holding.objects.create(
            person=again,
            role=role,
            school=None if what == "operator" else twin.school,
            starts=NOW.date() + timedelta(days=30),
        )
    for key in ("secretary", "head"):
        assert "autre établissement" in refused(seat_of(key), mother, again)


def test_two_people_by_what_they_are(college: World, seat_of: Any) -> None:
    viewer, pupil, mother = seat_of("head"), college.people["pupil"], college.people["guardian"]
    assert "répond de l’autre" in refused(viewer, mother, pupil)
    again = pupil_again(college)
    for number, one in enumerate((pupil, again)):
        ExternalId.objects.create(source="men", authority="fr", kind="ine", value=f"ine-{number}", person=one)
    assert "deux INE" in refused(viewer, pupil, again)
    assert "élève, l’autre travaille" in refused(viewer, college.people["teacher"], again)
    charity = Person.objects.create(family_name="ASE", is_institution=True)
    Guardianship.objects.create(pupil=pupil, guardian=charity, authority="in_charge")
    assert "institution" in refused(viewer, college.people["other_guardian"], charity)


def test_an_open_account_is_not_lost_for_a_closed_one(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    Account.objects.filter(person=pupil).update(is_active=False)
    account(again, "nina.encore")
    assert "gardez l’autre" in refused(seat_of("secretary"), pupil, again)


def test_what_is_no_more_what_was_seen_is_not_merged(college: World, seat_of: Any) -> None:
    pupil, again = college.people["pupil"], pupil_again(college)
    seen = merging.mark_of(pupil, again)
    Person.objects.filter(pk=again.pk).update(birth_date=date(2001, 1, 1))
    with pytest.raises(merging.MovedOn):
        merging.merge(seat_of("secretary"), pupil, again, seen)


# Made two again


def rich_pair(college: World) -> tuple[Person, Person]:
    """Two rows with accounts, codes, news, absences told twice, keys and a decision: all that a merge touches."""
    pupil, again = college.people["pupil"], pupil_again(college, email="nina@famille.example", civility="mme")
    Account.objects.filter(person=again).delete()
    account(again, "nina.encore")
    Activation.objects.create(
        account=again.account,
        kind="first_letter",
        digest="x",
        issued_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )
    lesson = Lesson.objects.of_pupils([pupil.pk]).order_by("-pk")[0]
    for one in (pupil, again):
        entry = Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=one,
            day=lesson.day,
            status=Status.LATE,
            minutes_late=3,
        )
        EntryChange.objects.create(
            school=college.school,
            entry=entry,
            status=Status.LATE,
            minutes_late=3,
            changed_by=college.people["cpe"],
            changed_at=timezone.now() + timedelta(microseconds=7),
        )
        ExternalId.objects.create(source="aaf", authority="14", kind="person", value=f"k{one.pk}", person=one)
    Guardianship.objects.filter(pupil=again, guardian=college.people["guardian"]).update(
        ruled_on=date(2026, 10, 1), may_not_be_informed=True
    )
    Distinction.objects.create(
        school=college.school,
        one=min(pupil, again, key=lambda p: p.pk),
        other=max(pupil, again, key=lambda p: p.pk),
        at=NOW,
    )
    return pupil, again


@pytest.mark.parametrize("turned", [False, True])
def test_undone_every_row_of_every_table_is_as_before(college: World, seat_of: Any, turned: bool) -> None:
    viewer, pair = seat_of("secretary"), rich_pair(college)
    kept, other = pair[::-1] if turned else pair
    before, dumped = every_row(), list(dump.lines())
    done = merge(viewer, kept, other)
    assert changed_since(before) and list(dump.lines()) != dumped
    merging.undo(viewer, done)
    assert changed_since(before) == {}
    assert list(dump.lines()) == dumped


def test_a_teacher_is_put_back_too(college: World, seat_of: Any) -> None:
    viewer, teacher = seat_of("head"), college.people["teacher"]
    again = staff(college, Role.TEACHER, family_name=teacher.family_name, given_name=teacher.given_name)
    Lesson.objects.filter(teachers=teacher)[0].teachers.add(again)
    before = every_row()
    keys = AccessKey.objects.filter(account=teacher.account).alive(NOW)
    assert keys.exists()
    merging.undo(viewer, merge(viewer, again, teacher))
    assert changed_since(before) == {}
    assert not keys.exists()


def test_what_is_written_since_stays_with_the_kept_row(college: World, seat_of: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    done = merge(viewer, pupil, again)
    uncle = Person.objects.get(family_name="Oncle")
    since = Guardianship.objects.create(
        pupil=pupil, guardian=Person.objects.create(family_name="Tante"), authority="contact"
    )
    Person.objects.filter(pk=pupil.pk).update(email="nouveau@famille.example")
    Guardianship.objects.filter(guardian=uncle).update(ends=NOW.date())
    merging.undo(viewer, done)
    since.refresh_from_db()
    pupil.refresh_from_db()
    again.refresh_from_db()
    assert (since.pupil_id, pupil.email, again.email) == (
        pupil.pk,
        "nouveau@famille.example",
        "nina@famille.example",
    )
    ended = Guardianship.objects.get(guardian=uncle)
    assert (ended.pupil_id, ended.ends) == (again.pk, NOW.date())


def test_a_row_changed_since_is_named_and_nothing_is_undone(college: World, seat_of: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    done = merge(viewer, pupil, again)
    Guardianship.objects.filter(pupil=pupil, guardian=college.people["guardian"]).update(
        ruled_on=date(2026, 11, 3)
    )
    before = every_row()
    with pytest.raises(merging.MergeRefused, match="responsabilité"):
        merging.undo(viewer, done)
    assert changed_since(before) == {}


def test_merges_are_undone_from_the_last_one_on(college: World, seat_of: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    third = twin_of(pupil)
    Holding.objects.create(person=third, role=Role.PUPIL, school=college.school)
    before = every_row()
    first, second = merge(viewer, pupil, again), None
    second = merge(viewer, third, pupil)
    with pytest.raises(merging.MergeRefused, match="plus récente"):
        merging.undo(viewer, first)
    merging.undo(viewer, second)
    merging.undo(viewer, first)
    assert changed_since(before) == {}


def test_after_thirty_days_a_merge_is_for_good(college: World, seat_of: Any, clock: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    done = merge(viewer, pupil, again)
    assert forget_merges.call() == 0
    clock.shift(timedelta(days=30))
    with pytest.raises(merging.MergeRefused, match="trente jours"):
        merging.undo(viewer, done)
    assert forget_merges.call() == 1
    done.refresh_from_db()
    assert done.before == []
    # The account that was closed bears a name: it goes too; the kept one stays.
    assert Account.objects.get(person=again).login.startswith("efface-")
    assert Account.objects.get(person=pupil).is_active
    assert forget_merges.call() == 0


def test_an_erased_person_is_erased_of_what_a_merge_remembers(college: World, seat_of: Any) -> None:
    pupil, again = rich_pair(college)
    done = merge(seat_of("secretary"), pupil, again)
    assert merging.forget_of(again.pk) == 1
    done.refresh_from_db()
    assert done.before == []


def test_an_undone_merge_is_not_undone_twice(college: World, seat_of: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    done = merge(viewer, pupil, again)
    merging.undo(viewer, done)
    with pytest.raises(merging.MovedOn):
        merging.undo(viewer, done)
    assert {item.person_id for item in Item.objects.filter(kind="directory.merge_undone")} == {
        pupil.pk,
        again.pk,
    }


def test_what_the_head_merged_a_secretary_does_not_part(college: World, seat_of: Any) -> None:
    one, two = staff(college, Role.NURSE), staff(college, Role.NURSE)
    done = merge(seat_of("head"), one, two)
    with pytest.raises(merging.MergeRefused, match="direction"):
        merging.undo(seat_of("secretary"), done)


def test_parted_nobody_keeps_an_open_session(college: World, seat_of: Any) -> None:
    viewer, (pupil, again) = seat_of("secretary"), rich_pair(college)
    done = merge(viewer, pupil, again)
    session_of(pupil)
    merging.undo(viewer, done)
    assert AccountSession.objects.filter(account__person__in=[pupil, again]).count() == 0


# The files that follow


def brought_twice(bring: Any, folder: Path, *, turned: bool) -> list[str]:
    """An académie that has one pupil, one mother and one teacher under two keys each, not told quite the same."""
    records = [
        eleve("10", ENTElevePersRelEleve=["20$10$1$1$0$1"]),
        eleve("11", given="Lea", label="3B", ENTElevePersRelEleve=["21$20$1$2$1$0"]),
        parent("20"),
        parent("21", given="Anna", mail="anna@famille.example"),
        personnel("30"),
        personnel("31", given="Paule"),
    ]
    entries = [etab(), *(records[::-1] if turned else records)]
    bring(deliver(folder, *entries))
    return entries


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_delivery_again_writes_nothing_and_brings_nobody(
    bring: Any, tmp_path: Path, turned: bool
) -> None:
    entries = brought_twice(bring, tmp_path / "d", turned=turned)
    viewer = keeper()
    for mine, theirs in (("10", "11"), ("20", "21"), ("30", "31")):
        merge(viewer, known(mine), known(theirs))
    before = every_row()
    report = bring(deliver(tmp_path / "d", *entries))
    assert (report["created"], report["changed"]) == (0, 0)
    assert changed_since(before).keys() <= REPORTS
    assert known("10") == known("11") and known("20") == known("21")
    assert known("20").email == "anna@famille.example"


def test_a_change_of_the_own_key_is_taken_and_one_of_the_second_only_fills(
    bring: Any, tmp_path: Path
) -> None:
    entries = brought_twice(bring, tmp_path / "d", turned=False)
    merge(keeper(), known("20"), known("21"))
    changed = [one for one in entries if "<value>20</value>" not in one and "<value>21</value>" not in one]
    bring(deliver(tmp_path / "d", *changed, parent("20", given="Anne-Marie"), parent("21", given="Inès")))
    assert known("21").given_name == "Anne-Marie"


def test_who_has_left_under_one_key_is_here_under_the_other(bring: Any, tmp_path: Path) -> None:
    entries = brought_twice(bring, tmp_path / "d", turned=False)
    merge(keeper(), known("10"), known("11"))
    bring(deliver(tmp_path / "d", *(one for one in entries if "<id>10</id>" not in one)))
    assert Holding.objects.filter(person=known("10"), role=Role.PUPIL, ends=None).count() == 1
    assert Group.objects.filter(enrolments__pupil=known("10"), enrolments__ends=None).exists()


def test_an_undone_merge_is_followed_by_the_same_files(bring: Any, tmp_path: Path) -> None:
    entries = brought_twice(bring, tmp_path / "d", turned=False)
    viewer, before = keeper(), every_row()
    merging.undo(viewer, merge(viewer, known("10"), known("11")))
    report = bring(deliver(tmp_path / "d", *entries))
    assert (report["created"], report["changed"]) == (0, 0)
    assert changed_since(before).keys() <= REPORTS


def known(key: str) -> Person:
    return ExternalId.objects.get(source="aaf", kind="person", value=key).person


def keeper() -> Any:
    """A head of the school of the files."""
    school = School.objects.get(uai="0350001A")
    person = Person.objects.create(family_name="Tête", given_name="Ada")
    Holding.objects.create(person=person, role=Role.HEAD, school=school)
    return viewer_for(person, 0, NOW)


def test_the_page_of_a_pair_says_what_will_happen(college: World, client: SchoolClient) -> None:
    pupil, again = rich_pair(college)
    client.sit(college.people["secretary"])
    address = reverse("directory:pair", kwargs={"public_id": pupil.public_id, "other": again.public_id})
    page = client.get(address).content.decode()
    for words in ("nina.encore", "Fusionner", "Ce sont deux personnes", "trente jours", "Ali Oncle"):
        assert words in page


def test_what_a_service_was_granted_ends_and_its_name_for_the_person_stays(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    service = linked(college)
    pupil, again = college.people["pupil"], pupil_again(college)
    given = tokens_of(client.sit(pupil), service)
    name = Alias.objects.get(service=service.service)
    merge(seat_of("head"), again, pupil)
    assert userinfo(given["access_token"]).status_code == 401
    assert not Grant.objects.exists()
    name.refresh_from_db()
    assert name.person == again
