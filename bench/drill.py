"""`make drill`: a machine lost while people write, and brought back elsewhere from its last backup; minutes and bytes said.

On each engine: two schools, files, people who write. A backup is taken meanwhile; then everything is deleted, the keys of the site too. The
holder's key opens those, the other key the backup; rows, digests, and what was acknowledged before the backup began are compared. Then the same
backup on a disk that fills up (a small one in memory, where this machine may mount it).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage

from bench.faults.site import ROOT, Database, Impossible, Postgresql, Sqlite, small_disk

PLANT = "from bench.faults import scene; scene.plant()"
FILL = """
import secrets, sys
from io import BytesIO
from django.utils import timezone
from preau.commons.files.models import StoredFile
from preau.directory.models import School
from preau.foundation import vault
school = School.objects.order_by("pk")[0]
def one(size):
    kept = vault.write(BytesIO(secrets.token_bytes(size)), vault.new_name())
    StoredFile.objects.create(public_id=kept.name, school=school, name="a.bin", kind="text/plain", size=kept.size,
        digest=kept.digest, kept_at=timezone.now())
    return kept.name
"""
# As people would, all the time: a file comes, a form is sent, a file goes; said once it is certain.
WRITE = (
    FILL
    + """
from preau.directory.models import Group
while True:
    name = one(50_000)
    Group.objects.filter(pk=Group.objects.order_by("pk")[0].pk).update(name=name[:20])
    print(name, flush=True)
    gone = one(1_000)
    StoredFile.objects.filter(public_id=gone).delete()
    vault.remove(gone)
"""
)


class Drill:
    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.key, self.holder = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
        self.store, self.identity = folder / "store", folder / "key.txt"
        self.identity.write_text(f"{self.key}\n")
        self.secret = os.urandom(40).hex()

    def environment(self, **others: str) -> dict[str, str]:
        return (
            os.environ
            | {
                "DATABASE_URL": self.database.url,
                "VAR_DIR": str(self.folder / "var"),
                "DJANGO_SETTINGS_MODULE": "preau.settings",
                "DEMO": "0",
                "DEBUG": "0",
                "SECRET_KEY": self.secret,
                "LOG_LEVEL": "ERROR",
                "HASHED_STATIC": "0",
                "BACKUP_DIR": str(self.store),
                "BACKUP_RECIPIENTS": str(self.key.to_public()),
                "BACKUP_KEYS_RECIPIENTS": str(self.holder.to_public()),
            }
            | others
        )

    def python(self, lines: str) -> str:
        return self.run("-c", f"import django\ndjango.setup()\n{lines}")

    def manage(self, *words: str, **others: str) -> str:
        return self.run("manage.py", *words, **others)

    def run(self, *words: str, **others: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(**others),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{words[:2]}: {done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done.stdout

    def all(self, files: int, kilobytes: int) -> dict[str, object]:
        self.database.prepare()
        self.database.start()
        try:
            self.python(PLANT)
            self.python(f"{FILL}\nfor _ in range({files}): one({kilobytes * 1000})")
            acknowledged, taken, seconds = self._take_under_load()
            full = self._on_a_full_disk()
            secret = self._lose_everything()
            began = time.monotonic()
            output = self.manage("restore", "--identity", str(self.identity), SECRET_KEY=secret)
            minutes = (time.monotonic() - began) / 60
            verified = self.manage("verify_files", SECRET_KEY=secret)
            self.secret = secret
            lost = self._lost(acknowledged)
            self.manage("verify_journal")
        finally:
            self.database.stop()
        if "0 tables differ" not in output or lost:
            raise SystemExit(f"{lost} acknowledged files lost.\n{output}")
        return {
            "engine": self.database.name,
            "backup": taken.strip().splitlines()[-1],
            "backup_seconds": round(seconds, 1),
            "acknowledged_before": len(acknowledged),
            "lost": lost,
            "restore_minutes": round(minutes, 2),
            "verified": verified.strip(),
            "full_disk": full,
        }

    def _take_under_load(self) -> tuple[list[str], str, float]:
        log = self.folder / "written.txt"
        with log.open("wb") as out:
            writers = [
                subprocess.Popen(
                    [sys.executable, "-c", f"import django\ndjango.setup()\n{WRITE}"],
                    cwd=ROOT,
                    env=self.environment(),
                    stdout=out,
                )
                for _ in range(2)
            ]
            try:
                while len(log.read_text().splitlines()) < 20:
                    time.sleep(0.2)
                acknowledged, began = log.read_text().splitlines(), time.monotonic()
                taken = self.manage("backup")
                seconds = time.monotonic() - began
                meanwhile = len(log.read_text().splitlines()) - len(acknowledged)
            finally:
                for writer in writers:
                    writer.kill()
                    writer.wait()
        return acknowledged, f"{taken.strip()} {meanwhile} files were written meanwhile.", seconds

    def _on_a_full_disk(self) -> str:
        """A backup for which there is no room: nothing of it is left, and it says so."""
        try:
            with small_disk(self.folder / "small", 2):
                done = subprocess.run(
                    [sys.executable, "manage.py", "backup", "--to", str(self.folder / "small" / "store")],
                    cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False,
                )  # fmt: skip
                left = [path for path in (self.folder / "small").rglob("*") if path.is_file()]
        except Impossible as error:
            return str(error)
        if done.returncode != 1 or left or "the disk is full" not in done.stderr:
            raise SystemExit(f"A full disk: exit {done.returncode}, {len(left)} files left. {done.stderr}")
        return done.stderr.strip().splitlines()[-1]

    def _lose_everything(self) -> str:
        """Database, files, keys: what is left is the folder of backups, and two keys on paper. Gives the SECRET_KEY that the holder reads."""
        shutil.rmtree(self.folder / "var")
        self.database.stop()
        shutil.rmtree(self.database.folder)
        self.secret = ""
        self.database.prepare()
        self.database.start()
        (backup,) = self.store.glob("2*Z")
        keys = pyrage.decrypt((backup / "keys.age").read_bytes(), [self.holder]).decode()
        found = re.search(r"^SECRET_KEY='(.*)'$", keys, re.MULTILINE)
        if not found:
            raise SystemExit("The keys of the site do not come back.")
        return found[1]

    def _lost(self, acknowledged: list[str]) -> int:
        asked = (
            "import json,sys; from preau.commons.files.models import StoredFile; from preau.foundation import vault\n"
            f"print(sum(not (StoredFile.objects.filter(public_id=n).exists() and vault.path_of(n).is_file()) for n in {acknowledged!r}))"
        )
        return int(self.python(asked))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--kilobytes", type=int, default=250)
    options = parser.parse_args()
    found = []
    for engine in options.engines:
        with TemporaryDirectory(prefix="preau-drill-") as name:
            folder = Path(name)
            # PostgreSQL runs as somebody else, who must reach its own folder.
            folder.chmod(0o755)
            kind = Sqlite if engine == "sqlite" else Postgresql
            found.append(Drill(folder, kind(folder / "database")).all(options.files, options.kilobytes))
            print(json.dumps(found[-1], ensure_ascii=False, indent=1), flush=True)


if __name__ == "__main__":
    main()
