"""A film of ten minutes made by a real worker, killed halfway, taken up again by another: how long, and what was made twice.

    .venv/bin/python -m bench.media            ten minutes, 640 × 360
    .venv/bin/python -m bench.media 1 1280x720 one minute, larger

Everything lies in a folder of its own, which goes away. Prints what happens, then one line of JSON.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GIVE_UP = 3600


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    size = sys.argv[2] if len(sys.argv) > 2 else "640x360"
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder))
        os.environ.update(environment)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(_measure(Path(folder), environment, minutes, size)))


def _environment(folder: Path) -> dict[str, str]:
    return {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "SECRET_KEY": "bench",
        "HTTPS": "0",
        "LOG_LEVEL": "ERROR",
        "DEMO": "0",
        "DEBUG": "0",
        "HASHED_STATIC": "0",
        "DJANGO_SETTINGS_MODULE": "preau.settings",
        "EMAIL_URL": "memorymail://",
    }


def _measure(folder: Path, environment: dict[str, str], minutes: float, size: str) -> dict[str, Any]:
    film = _film(folder, minutes, size)
    medium = _sent(film)
    print(f"film of {minutes:g} min, {size}: {film.stat().st_size / 1e6:.0f} MB")
    began = time.monotonic()
    worker = _worker(environment)
    halfway = _wait(medium.pk, lambda done, total, state: total and done >= total / 2)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    killed = time.monotonic()
    there = _pieces(medium)
    print(
        f"killed at {halfway[0]} of {halfway[1]}, after {killed - began:.0f} s; {len(there)} files are there"
    )
    time.sleep(3)
    orphans = _running_ffmpeg(folder)
    second = _worker(environment)
    try:
        _wait(medium.pk, lambda done, total, state: done > halfway[0] or state != "making")
        resumed = time.monotonic()
        again = sorted(
            name for name, moment in _pieces(medium).items() if name in there and moment != there[name]
        )
        print(f"going on after {resumed - killed:.0f} s")
        _wait(medium.pk, lambda done, total, state: state not in {"waiting", "making"})
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait()
    ended = time.monotonic()
    medium.refresh_from_db()
    files = {rendition.name: rendition.size for rendition in medium.renditions.all()}
    return {
        "minutes": minutes,
        "size": size,
        "state": medium.state,
        "seconds": round(ended - began),
        "before_the_kill": round(killed - began),
        "until_resumed": round(resumed - killed),
        "files_kept_over_the_kill": len(there),
        "files_made_again": again,
        "ffmpeg_left_running": orphans,
        "bytes": files,
    }


def _film(folder: Path, minutes: float, size: str) -> Path:
    seconds = minutes * 60
    target = folder / "film.mp4"
    command = [
        "ffmpeg",
        "-nostdin",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=s={size}:r=25:d={seconds}",
        "-f",
        "lavfi",
        "-i",
        f"sine=f=440:d={seconds}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        str(target),
    ]
    subprocess.run(command, check=True)
    return target


def _sent(film: Path) -> Any:
    """By an operator, in parts of four megabytes, as a browser does."""
    from django.utils import timezone

    from preau.commons.media.actions import sending
    from preau.directory.models import Holding, Person
    from preau.directory.viewer import viewer_for
    from preau.directory.words import Role
    from preau.identity.models import Account

    person = Person.objects.create(family_name="Banc", given_name="Lou")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    account = Account.objects.create_account("lou.banc", person)
    viewer = viewer_for(Person.objects.get(pk=person.pk), account.pk, timezone.now())
    assert viewer is not None
    upload, offset, size = sending.begin(viewer, film.name, film.stat().st_size), 0, film.stat().st_size
    with film.open("rb") as file:
        while offset < size:
            file.seek(offset)
            offset = sending.take(upload, _Part(file.read(4 << 20)), sending.Part(offset))
    return sending.keep_sent(viewer, upload)


class _Part:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, size: int) -> bytes:
        some, self.content = self.content[:size], self.content[size:]
        return some


def _worker(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "manage.py", "run_worker"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)


def _wait(pk: int, until: Any) -> tuple[int, int]:
    from preau.commons.media.models import Medium
    from preau.commons.works.models import Work

    limit = time.monotonic() + GIVE_UP
    while time.monotonic() < limit:
        medium = Medium.objects.only("public_id", "state").get(pk=pk)
        work = Work.objects.get(key=medium.work)
        if until(work.done, work.total, medium.state):
            return work.done, work.total
        time.sleep(0.2)
    raise SystemExit("not done in an hour")


def _pieces(medium: Any) -> dict[str, int]:
    """What was made so far, and when."""
    from preau.commons.media import mediaroom

    folder = mediaroom.making(medium.public_id)
    return {
        path.name: path.stat().st_mtime_ns
        for path in folder.iterdir()
        if path.suffix in {".ts", ".m4a", ".mp4", ".m3u8", ".png"}
    }


def _running_ffmpeg(folder: Path) -> int:
    """Programs that outlived their worker, working in the folder of this run."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += (
                str(process.joinpath("cwd").readlink()).startswith(str(folder))
                and "ffmpeg" in process.joinpath("comm").read_text()
            )
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
