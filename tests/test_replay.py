"""A backup brings erased people back: the ledger erases them again, once."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.privacy.actions import replay
from preau.commons.privacy.actions import terms as terms_actions
from preau.commons.privacy.actions.answering import apply_erasure
from preau.commons.privacy.models import DataRequest, RequestLine, RetentionRun
from preau.commons.signon.models import Alias, Service
from preau.directory.actions import departures
from preau.directory.models import Hold, Person
from preau.directory.seeds.world import World
from preau.directory.tests.test_departures import new
from preau.domains.attendance.models import Entry
from tests.test_nothing_left import busy, settled, traces_of
from tests.test_terms import LATER, every_row, execute, moment_of

pytestmark = pytest.mark.django_db


def erased_later(college: World, tmp_path: Path, execute_hooks: Any) -> tuple[Path, list[Person], set[str]]:
    """A family is erased, and so is what is past its term; then the copy made before comes back, its files too."""
    people = [new(given=given) for given in ("Ada", "Ida", "Eva")]
    settled(college, people)
    busy(college, *people)
    DataRequest.objects.all().delete()
    pictures = {person.account.picture.name for person in people}
    room = Path(settings.MEDIA_ROOT)
    copytree(room, tmp_path / "copy")
    backup = transaction.savepoint()
    with execute_hooks(execute=True):
        for person in people:
            departures.erase_again(person.pk)
        run = terms_actions.prepare(college.school, LATER)
        assert run
        execute(run, college)
    assert traces_of("zephyrin") == set()
    out = tmp_path / "effacements.txt"
    call_command("erasures_export", str(out))
    transaction.savepoint_rollback(backup)
    rmtree(room)
    copytree(tmp_path / "copy", room)
    return out, people, pictures


def test_who_was_erased_stays_erased_after_a_restore(
    college: World, tmp_path: Path, django_capture_on_commit_callbacks: Any, capsys: Any
) -> None:
    out, people, pictures = erased_later(college, tmp_path, django_capture_on_commit_callbacks)
    assert traces_of("zephyrin") and all(default_storage.exists(picture) for picture in pictures)
    assert not RetentionRun.objects.filter(day=LATER).exists()
    assert Entry.objects.filter(school=college.school).exists()
    before = every_row()
    call_command("replay_erasures", str(out), "--dry-run")
    assert "To erase again: 3 people" in capsys.readouterr().out
    assert every_row() == before and traces_of("zephyrin")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("replay_erasures", str(out))
    assert "Erased again: 3 people, 0 kinds of data on request, 1 terms" in capsys.readouterr().out
    assert traces_of("zephyrin") == set()
    assert not any(default_storage.exists(picture) for picture in pictures)
    assert not Entry.objects.filter(school=college.school).exists()
    assert {
        person.erased_at is not None
        for person in Person.objects.filter(pk__in=[person.pk for person in people])
    } == {True}
    after = every_row()
    call_command("replay_erasures", str(out))
    assert "Erased again: 0 people, 0 kinds of data on request, 0 terms" in capsys.readouterr().out
    assert every_row() == after


def test_the_ledger_names_nobody(college: World, tmp_path: Path) -> None:
    person = new(given="Ada")
    departures.erase_again(person.pk)
    content = replay.ledger()
    assert person.public_id.encode() not in content
    assert replay.digest_of(person.public_id).encode() in content
    assert replay.read([content]).people == {replay.digest_of(person.public_id)}


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b'"people": []', b'"people": ["00"]'),
        lambda content: content.splitlines()[0],
        lambda content: b"",
        lambda content: content.splitlines()[0] + b"\n" + b"00" * 64,
    ],
    ids=["another person", "no signature", "nothing", "another signature"],
)
def test_a_file_that_this_site_did_not_sign_erases_nothing(
    college: World, tmp_path: Path, change: Any
) -> None:
    file = tmp_path / "x"
    file.write_bytes(change(replay.ledger()))
    before = every_row()
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("replay_erasures", str(file))
    assert every_row() == before


def test_a_ledger_of_another_version_says_so(
    college: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x"
    with monkeypatch.context() as patch:
        patch.setattr(replay, "VERSION", 1)
        file.write_bytes(replay.ledger())
    with pytest.raises(CommandError, match="another version of Préau wrote it: nothing was erased"):
        call_command("replay_erasures", str(file))


def named(pupil: Person) -> None:
    """A service knows the pupil, under this name alone."""
    Alias.objects.filter(person=pupil).delete()
    Alias.objects.create(person=pupil, service=Service.objects.order_by("pk")[0], value="x", made_at=NOW)


def asked_to_erase(college: World, pupil: Person, outcome: str = "granted") -> RequestLine:
    request = DataRequest.objects.create(
        school=college.school,
        subject=pupil,
        asked_by=pupil,
        asked_at=NOW,
        due=NOW.date(),
        state="answered",
        answered_at=NOW,
    )
    made: RequestLine = RequestLine.objects.create(
        school=college.school,
        request=request,
        right="erase",
        kind="signon-alias",
        wrong="x",
        outcome=outcome,
        answer="Oui",
        answered_at=NOW,
    )
    return made


def erased_on_request(college: World, seat_of: Any) -> None:
    """Asked for, granted, erased; then the request goes, at its term."""
    line = asked_to_erase(college, college.people["pupil"])
    assert apply_erasure(seat_of("head"), line)
    line.request.delete()


def test_what_was_granted_to_somebody_who_is_still_here_is_erased_again(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    named(pupil)
    granted, refused = (asked_to_erase(college, pupil, outcome) for outcome in ("granted", "refused"))
    backup = transaction.savepoint()
    erased_on_request(college, seat_of)
    known = replay.read([replay.ledger()])
    transaction.savepoint_rollback(backup)
    assert replay.replay(known)["kinds"] == 1
    assert not Alias.objects.filter(person=pupil).exists()
    granted.refresh_from_db()
    refused.refresh_from_db()
    assert granted.applied_at and not refused.applied_at
    page = client.sit(college.people["head"]).get(
        reverse("privacy:handle", kwargs={"pk": granted.request_id})
    )
    assert page.status_code == 200 and "24 novembre" in page.content.decode()
    # The name that they were given since is theirs.
    named(pupil)
    assert replay.replay(known).total() == 0
    assert Alias.objects.filter(person=pupil).exists()


def test_a_kind_that_was_erased_twice_is_erased_again_after_the_first(
    college: World, seat_of: Any, clock: Any
) -> None:
    pupil = college.people["pupil"]
    named(pupil)
    erased_on_request(college, seat_of)
    clock.shift(timedelta(days=1))
    named(pupil)
    backup = transaction.savepoint()
    erased_on_request(college, seat_of)
    known = replay.read([replay.ledger()])
    transaction.savepoint_rollback(backup)
    assert replay.replay(known, dry_run=True)["kinds"] == replay.replay(known)["kinds"] == 1
    assert not Alias.objects.filter(person=pupil).exists()
    assert replay.replay(known).total() == 0


@pytest.mark.parametrize("why", ["kept longer", "a request waits"])
def test_who_was_held_after_the_backup_is_not_erased_by_the_replay(college: World, why: str) -> None:
    DataRequest.objects.all().delete()
    absence = Entry.objects.filter(school=college.school).order_by("pk")[0]
    theirs = set(Entry.objects.filter(pupil=absence.pupil).values_list("pk", flat=True))
    with time_machine.travel(moment_of(LATER), tick=False):
        backup = transaction.savepoint()
        if why == "kept longer":
            Hold.objects.create(
                person=absence.pupil, school=college.school, last_day=LATER, reason="Recours", held_at=NOW
            )
        else:
            DataRequest.objects.create(
                school=college.school, subject=absence.pupil, asked_by=absence.pupil, asked_at=NOW, due=LATER
            )
        run = terms_actions.prepare(college.school, LATER)
        assert run
        execute(run, college)
        content = replay.ledger()
        transaction.savepoint_rollback(backup)
        assert absence.pupil.public_id.encode() not in content
        assert replay.replay(replay.read([content]))["runs"] == 1
    assert set(Entry.objects.filter(school=college.school).values_list("pk", flat=True)) == theirs
