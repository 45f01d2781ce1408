"""A backup is whole or is not one; what comes back is what was kept, but whoever was erased since."""

import hashlib
import json
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest

from preau.foundation.backups import place
from tests.site_apart import SiteApart, laid

pytestmark = pytest.mark.engine
FILES = """
from django.core.files.base import ContentFile
from io import BytesIO
from preau.commons.files.models import StoredFile
from preau.directory.models import School, Person
from preau.foundation import vault
from preau.identity.models import Account
from django.utils import timezone
school = School.objects.order_by("pk")[0]
for content in (b"one" * 1000, b"two" * 1000, b"three" * 1_000_000):
    kept = vault.write(BytesIO(content), vault.new_name())
    StoredFile.objects.create(public_id=kept.name, school=school, name="a.txt", kind="text/plain", size=kept.size,
        digest=kept.digest, kept_at=timezone.now())
account = Account.objects.order_by("pk")[0]
account.picture.save("a.png", ContentFile(b"picture"))
"""
SESSIONS = """
from django.contrib.sessions.backends.db import SessionStore
store = SessionStore(); store["a"] = 1; store.save()
"""
ERASE = """
from preau.directory.actions import departures
from preau.directory.models import Person
one = Person.objects.filter(erased_at=None).order_by("pk").first()
departures.erase_again(one.pk)
print(one.pk)
"""


class Kept:
    """A site, its backup, and the key that opens it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, pyrage.x25519.Identity.generate()
        self.holder = pyrage.x25519.Identity.generate()
        self.identity = folder / "key.txt"
        self.identity.write_text(f"# a key of the tests\n{self.key}\n")
        self.site = laid(folder / "site")
        self.store = folder / "store"
        self.site.environment = {
            "BACKUP_DIR": str(self.store),
            "BACKUP_RECIPIENTS": str(self.key.to_public()),
            "BACKUP_KEYS_RECIPIENTS": str(self.holder.to_public()),
        }
        self.site.python(FILES + SESSIONS)
        done = self.site.run("backup")
        assert done.returncode == 0, done.stderr
        self.said = done.stdout
        (self.backup,) = self.backups()

    def backups(self) -> list[Path]:
        return sorted(self.store.glob("2*Z"))

    def copy(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.store, folder))

    def restore(self, site: SiteApart, *words: str, **others: str) -> Any:
        return site.run("restore", "--identity", str(self.identity), *words, **others)


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Kept]:
    with django_db_blocker.unblock():
        found = Kept(tmp_path_factory.mktemp("kept"))
        yield found
        found.site.leave()


@pytest.fixture
def elsewhere(kept: Kept, tmp_path: Path, db: None) -> Iterator[SiteApart]:
    """An empty machine."""
    other = kept.site.empty(tmp_path / "elsewhere")
    yield other
    other.leave()


def facts(site: SiteApart) -> str:
    """Rows of each table but the sessions, and the digest of each file."""
    return site.python(
        "import json; from preau.foundation.backups import engines, media\n"
        "counts = engines.counts()\n"
        "for name in ('django_session', 'identity_accountsession', 'journal_line'): counts.pop(name)\n"
        "digests = {inner: media.digest_of(media.Path(media.settings.MEDIA_ROOT) / inner) for inner, _ in media.walk()}\n"
        "print(json.dumps([counts, digests], sort_keys=True))"
    )


def test_a_lost_machine_comes_back_as_it_was(kept: Kept, elsewhere: SiteApart) -> None:
    done = kept.restore(elsewhere)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "0 tables differ" in done.stdout and "4 files are back" in done.stdout
    assert "1 sessions ended" in done.stdout or "sessions ended" in done.stdout
    assert facts(elsewhere) == facts(kept.site)
    assert "index 'catalogue' is built" in done.stdout
    assert elsewhere.run("verify_files").returncode == 0
    sessions = elsewhere.python(
        "from django.contrib.sessions.models import Session; print(Session.objects.count())"
    )
    assert sessions.strip() == "0"


def test_nothing_of_a_backup_is_in_clear_and_keys_are_for_their_holder_alone(kept: Kept) -> None:
    for path in kept.store.rglob("*.age"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1"), path
    sealed = (kept.backup / "keys.age").read_bytes()
    assert b"SECRET_KEY='a key of the tests" in pyrage.decrypt(sealed, [kept.holder])
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [kept.key])
    assert not [path for path in kept.store.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]


def test_a_backup_that_was_cut_short_is_refused_and_said(
    kept: Kept, elsewhere: SiteApart, tmp_path: Path
) -> None:
    store = kept.copy(tmp_path / "store")
    (store / kept.backup.name / "manifest.json").unlink()
    done = kept.restore(elsewhere, "--from", str(store))
    assert done.returncode == 1 and "which is written last: passed over" in done.stdout
    assert "there is no whole backup" in done.stderr
    done = kept.restore(elsewhere, kept.backup.name, "--from", str(store))
    assert done.returncode == 1 and "was cut short: it has no manifest" in done.stderr


def test_one_of_which_the_database_is_not_whole_is_passed_over_and_said(
    kept: Kept, elsewhere: SiteApart, tmp_path: Path
) -> None:
    store = kept.copy(tmp_path / "store")
    path = store / kept.backup.name / "database.age"
    path.write_bytes(path.read_bytes()[:-100])
    assert kept.site.run("backup", "--check", "--to", str(store)).returncode == 1
    done = kept.restore(elsewhere, "--from", str(store))
    assert done.returncode == 1 and "missing or cut short" in done.stderr
    done = kept.restore(elsewhere, kept.backup.name, "--from", str(store))
    assert done.returncode == 1 and "missing or cut short" in done.stderr
    assert not elsewhere.media.exists()


@pytest.mark.parametrize("how", ["cut", "rotten", "gone"])
def test_one_file_that_is_lost_is_named_and_the_rest_comes_back(
    kept: Kept, elsewhere: SiteApart, tmp_path: Path, how: str
) -> None:
    store = kept.copy(tmp_path / "store")
    path = max(store.glob("objects/*/*"), key=lambda path: path.stat().st_size)
    if how == "gone":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-100] if how == "cut" else content[:-100] + bytes(100 * [content[-1] ^ 1]))
    done = kept.site.run("backup", "--check", "--read", "--to", str(store))
    assert done.returncode == 1 and path.name in done.stderr
    done = kept.restore(elsewhere, "--from", str(store))
    assert done.returncode == 1 and "0 tables differ" in done.stdout
    assert "3 files are back" in done.stdout and f"is lost: {path.name}" in done.stdout
    assert len([one for one in elsewhere.media.rglob("*") if one.is_file()]) == 3


def test_an_object_that_was_cut_short_is_written_anew(kept: Kept, tmp_path: Path, db: None) -> None:
    store = kept.copy(tmp_path / "store")
    path = max(store.glob("objects/*/*"))
    path.write_bytes(path.read_bytes()[:-100])
    done = kept.site.run("backup", "--to", str(store), BACKUP_KEYS_RECIPIENTS="")
    assert done.returncode == 0 and "SECRET_KEY is not in it" in done.stdout
    done = kept.site.run("backup", "--check", "--read", "--to", str(store))
    assert done.returncode == 0, done.stderr


def test_a_file_that_changes_while_it_is_sealed_is_told_of_as_it_was_sealed(
    kept: Kept, tmp_path: Path, db: None
) -> None:
    """As if its date had not moved: what was digested yesterday is not what is on the disk."""
    store = tmp_path / "store"
    cache = kept.site.folder / "var" / "backups" / "digests.json"
    digests = json.loads(cache.read_text())
    for known in digests.values():
        known[3] = "0" * 64
    cache.write_text(json.dumps(digests))
    assert kept.site.run("backup", "--to", str(store)).returncode == 0
    (backup,) = store.glob("2*Z")
    files = json.loads(pyrage.decrypt((backup / place.FILES).read_bytes(), [kept.key]))
    for inner, (name, digest, size) in files.items():
        content = (kept.site.media / inner).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (digest, size)
        sealed = store / "objects" / name[:2] / f"{name}.age"
        assert pyrage.decrypt(sealed.read_bytes(), [kept.key]) == content
    assert "0" * 64 not in cache.read_text()


def test_a_new_key_opens_every_file_and_the_former_one_none_of_the_new(
    kept: Kept, tmp_path: Path, db: None
) -> None:
    store, new = kept.copy(tmp_path / "store"), pyrage.x25519.Identity.generate()
    done = kept.site.run("backup", "--to", str(store), BACKUP_RECIPIENTS=str(new.to_public()))
    assert "4 written now" in done.stdout, done.stderr
    last = max(store.glob("2*Z"))
    for line in (last / "objects.txt").read_text().splitlines():
        sealed = (store / "objects" / line[:2] / f"{line.split()[0]}.age").read_bytes()
        assert pyrage.decrypt(sealed, [new])
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(sealed, [kept.key])


def test_what_fails_once_it_is_whole_takes_nothing_away(kept: Kept, tmp_path: Path, db: None) -> None:
    """VAR_DIR is full when digests are kept: either there is no backup, or it is whole."""
    store = tmp_path / "store"
    blocked = kept.site.folder / "var" / "backups" / "digests.json.part"
    blocked.mkdir()
    done = kept.site.run("backup", "--to", str(store))
    blocked.rmdir()
    assert done.returncode == 1 and "nothing of this backup is kept" in done.stderr
    assert list(store.glob("2*")) == []
    assert list(store.rglob("*.age")) == []


@pytest.mark.parametrize("signal_sent", ["TERM", "KILL"])
def test_one_that_is_stopped_leaves_nothing_in_clear(
    kept: Kept, tmp_path: Path, db: None, signal_sent: str
) -> None:
    """A kill leaves what it leaves: the next command sweeps it."""
    room = kept.site.folder / "var" / "backups"
    stopping = (
        "import os, signal, sys\n"
        "from django.core.management import call_command\n"
        "from preau.foundation.backups import engines\n"
        "class Stopped:\n"
        "    def __init__(self, room): (room / 'database').write_text('in clear')\n"
        f"    def __enter__(self): os.kill(os.getpid(), signal.SIG{signal_sent}); signal.pause()\n"
        "    def __exit__(self, *_): pass\n"
        "engines.dumped = Stopped\n"
        f"call_command('backup', '--to', {str(tmp_path / 'store')!r})\n"
    )
    done = kept.site.code(stopping)
    assert done.returncode in (143, -9), done.stderr
    if signal_sent == "KILL":
        assert list(room.glob("tmp*"))
        assert kept.site.run("backup", "--to", str(tmp_path / "store")).returncode == 0
    assert not list(room.glob("tmp*"))


def test_a_live_base_is_not_replaced(kept: Kept, tmp_path: Path, db: None) -> None:
    other = kept.site.empty(tmp_path / "live")
    assert kept.restore(other).returncode == 0
    with other.opened():
        done = kept.restore(other, "--replace")
        assert done.returncode == 1 and "open: stop pages, worker and timers" in done.stderr
    other.python(
        "from preau.foundation.models import WorkerBeat; from django.utils import timezone\n"
        "WorkerBeat.objects.create(worker='a', at=timezone.now())"
    )
    done = kept.restore(other, "--replace")
    assert done.returncode == 1 and "a worker showed signs of life" in done.stderr
    other.leave()


def test_who_was_erased_after_the_last_ledger_is_erased_again_by_a_replace(
    kept: Kept, tmp_path: Path, db: None
) -> None:
    store, other = kept.copy(tmp_path / "store"), kept.site.empty(tmp_path / "erased")
    assert kept.restore(other, "--from", str(store)).returncode == 0
    erased = other.python(ERASE).strip()
    done = kept.restore(other, "--replace", "--from", str(store))
    assert done.returncode == 0, done.stderr
    asked = f"from preau.directory.models import Person; print(Person.objects.get(pk={erased}).erased_at is not None)"
    assert other.python(asked).strip() == "True"
    other.leave()


def test_a_dump_that_does_not_load_leaves_the_base_that_was(kept: Kept, tmp_path: Path, db: None) -> None:
    other = kept.site.empty(tmp_path / "broken")
    assert kept.restore(other).returncode == 0
    before = facts(other)
    broken = tmp_path / "dump"
    broken.write_bytes(b"PGDMP and nothing that loads")
    result = other.code(
        "from pathlib import Path; from preau.foundation.backups import engines\n"
        f"engines.bring_back(Path({str(broken)!r}), replace=True)"
    )
    assert result.returncode == 1, result.stdout
    assert facts(other) == before
    other.leave()


def test_another_key_opens_nothing_and_touches_nothing(
    kept: Kept, elsewhere: SiteApart, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    done = elsewhere.run("restore", "--identity", str(other))
    assert done.returncode == 1 and "another key sealed it" in done.stderr
    assert not elsewhere.media.exists()
    done = kept.restore(elsewhere, SECRET_KEY="of another site")
    assert done.returncode == 1 and "was not signed under this SECRET_KEY" in done.stderr
    done = elsewhere.run("restore", "--identity", str(tmp_path / "nowhere.txt"))
    assert done.returncode == 1 and "cannot be read as a key of age" in done.stderr


def test_what_is_there_is_not_written_over_unless_it_is_asked(kept: Kept) -> None:
    done = kept.restore(kept.site)
    assert done.returncode == 1 and "--replace" in done.stderr
    before = facts(kept.site)
    kept.site.python(
        "from preau.directory.models import Group; Group.objects.filter(enrolments=None).delete()"
    )
    (kept.site.media / "left.txt").write_text("of nobody")
    done = kept.restore(kept.site, "--replace")
    assert done.returncode == 0, done.stderr
    assert facts(kept.site) == before


def test_who_was_erased_since_is_erased_again(kept: Kept, elsewhere: SiteApart, tmp_path: Path) -> None:
    store = kept.copy(tmp_path / "store")
    other = kept.site.empty(tmp_path / "second")
    assert kept.restore(other).returncode == 0
    erased = other.python(ERASE).strip()
    assert other.run("backup", "--ledger", "--to", str(store)).returncode == 0
    other.leave()
    done = kept.restore(elsewhere, kept.backup.name, "--from", str(store))
    assert done.returncode == 0, done.stderr
    assert "Erased again: 1 people" in done.stdout
    asked = f"from preau.directory.models import Person; print(Person.objects.get(pk={erased}).erased_at is not None)"
    assert elsewhere.python(asked).strip() == "True"


def test_an_older_backup_is_brought_up_to_date_and_a_newer_one_refused(
    kept: Kept, elsewhere: SiteApart, tmp_path: Path
) -> None:
    other = kept.site.empty(tmp_path / "second")
    assert kept.restore(other).returncode == 0
    done = other.run("migrate", "platform", "0001")
    assert done.returncode == 0, done.stderr
    older = tmp_path / "older"
    assert other.run("backup", "--to", str(older)).returncode == 0
    done = kept.restore(elsewhere, "--from", str(older))
    assert done.returncode == 0, done.stderr
    assert "[X] 0002" in elsewhere.run("showmigrations", "platform").stdout
    other.python(
        "from django.db.migrations.recorder import MigrationRecorder as M; from django.db import connection\n"
        "M(connection).record_applied('platform', '0999_of_tomorrow')"
    )
    newer = tmp_path / "newer"
    assert other.run("backup", "--to", str(newer)).returncode == 0
    done = kept.restore(elsewhere, "--from", str(newer), "--replace")
    assert done.returncode == 1 and "newer Préau" in done.stderr and "0999_of_tomorrow" in done.stderr
    other.leave()


def test_a_disk_that_is_full_in_mid_backup_leaves_nothing(kept: Kept, tmp_path: Path, db: None) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    store = tmp_path / "full"
    done = kept.site.run("backup", "--to", str(store), limit=small)
    assert done.returncode == 1
    assert "No backup: the disk is full: nothing of this backup is kept" in done.stderr
    assert [path for path in store.rglob("*") if path.is_file()] == []
    assert list((kept.site.folder / "var" / "backups").glob("tmp*")) == []


def test_files_are_written_once_and_what_is_past_its_term_goes(kept: Kept, tmp_path: Path, db: None) -> None:
    assert "4 files" in kept.said and "4 written now" in kept.said
    store = kept.copy(tmp_path / "store")
    # As it would be on another day.
    former = store / "2026-01-01T010000Z"
    (store / kept.backup.name).rename(former)
    (store / "objects" / "aa").mkdir(exist_ok=True)
    (store / "objects" / "aa" / f"{'a' * 64}.age").write_bytes(b"of no backup")
    done = kept.site.run("backup", "--to", str(store))
    assert "0 written now" in done.stdout and "1 former backups dropped" in done.stdout
    assert not former.exists() and not list(store.glob("objects/aa/aaaa*"))
    done = kept.site.run("backup", "--check", "--fresh-hours", "1", "--to", str(store))
    assert done.returncode == 0 and "1 backups, all whole" in done.stdout


def test_no_backup_is_written_in_clear_nor_without_a_place(kept: Kept, tmp_path: Path, db: None) -> None:
    done = kept.site.run("backup", BACKUP_RECIPIENTS="")
    assert done.returncode == 1 and "is not written in clear" in done.stderr
    done = kept.site.run("backup", BACKUP_RECIPIENTS="ssh-rsa nothing")
    assert done.returncode == 1 and "no public key of age" in done.stderr
    done = kept.site.run("backup", BACKUP_DIR="")
    assert done.returncode == 1 and "BACKUP_DIR is not set" in done.stderr


def test_files_and_rows_that_do_not_match_are_told(kept: Kept, elsewhere: SiteApart) -> None:
    assert kept.restore(elsewhere).returncode == 0
    some = sorted((elsewhere.media / "fichiers").glob("??/*"))
    some[0].unlink()
    some[1].write_bytes(b"x" * some[1].stat().st_size)
    stray = elsewhere.media / "photos" / "of-nobody.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    import os  # noqa: PLC0415

    os.utime(stray, (0, 0))
    done = elsewhere.run("verify_files")
    assert done.returncode == 1
    assert f"missing: fichiers/{some[0].parent.name}/{some[0].name}" in done.stderr
    assert f"changed: fichiers/{some[1].parent.name}/{some[1].name}" in done.stderr
    assert "unknown: photos/of-nobody.png" in done.stderr
