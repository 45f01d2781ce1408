"""`manage.py demo`: database, invented people, pages and worker, in one command."""

import os
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from preau.foundation import tables
from preau.foundation.db import gather_statistics
from preau.identity.seeds import PASSWORD
from preau.portal import demo
from preau.portal.demo import LOGINS
from preau.portal.processes import GaveUp, SupervisedCommand

FIRST = {
    "teacher": "enseignante : faites l’appel de la séance en cours",
    "guardian": "mère : expliquez une absence",
    "cpe": "vie scolaire : lisez l’explication",
}


class Command(BaseCommand):
    help = "Start a demonstration on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--reset", action="store_true", help="erase the demonstration first")
        parser.add_argument("--prepare", action="store_true", help="prepare everything, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration needs DEMO=1: `make demo` sets it.")
        if options["reset"]:
            self._reset()
        self._step("Base de données", tables.prepare)
        if not demo.is_planted():
            self._step("Établissements de démonstration", lambda: demo.plant(self._detail))
            gather_statistics()
        demo.refresh()
        if not static_is_collected():
            collect = partial(call_command, "collectstatic", interactive=False, verbosity=0)
            self._step("Fichiers des pages", collect)
        if not options["prepare"]:
            self._serve(options["port"])

    def _reset(self) -> None:
        if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
            raise CommandError("--reset erases only the SQLite file of the demonstration.")
        path = Path(settings.DATABASES["default"]["NAME"])
        for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            name.unlink(missing_ok=True)
        self.stdout.write("Démonstration effacée.")

    def _step(self, label: str, work: Any) -> None:
        started = time.monotonic()
        self.stdout.write(f"· {label}… ", ending="")
        self.stdout.flush()
        work()
        self.stdout.write(f"{time.monotonic() - started:.1f} s")

    def _detail(self, text: str) -> None:
        self.stdout.write(f"\n    {text}", ending="")
        self.stdout.flush()

    def _serve(self, port: int) -> None:
        """Pages and worker until Ctrl+C; each comes back when it stops."""
        if answers(port):
            raise CommandError(f"Le port {port} est déjà pris. Essayez : make demo ARGS=--port={port + 1}")
        python = sys.executable
        pages = [python, "-m", "gunicorn", "preau.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
        pages += ["--worker-class", "preau.foundation.threadworker.PatientWorker", "--log-level", "warning"]
        worker = [python, "manage.py", "run_worker"]
        # What they say of each request and task would push the accounts off the screen.
        quiet = {
            "LOG_LEVEL": "WARNING",
            "PUBLIC_URL": f"http://localhost:{port}",
            "SIGNON_LOOPBACK": "1",
            "LIVE": "1",
            "LIVE_URL": f"http://localhost:{port + 3}",
        } | os.environ
        live = [python, "manage.py", "run_live", "--bind", f"127.0.0.1:{port + 3}"]
        commands = [pages, worker, live]
        # Another account to come in with: nothing of the demonstration needs it.
        for name, place in (("stand_in_provider", port + 1), ("stand_in_desk", port + 2)):
            if not answers(place):
                commands.append([python, "manage.py", name, "--port", str(place)])
        started = [SupervisedCommand(command, settings.BASE_DIR, quiet) for command in commands]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            self._watch(port, started)
        except KeyboardInterrupt:
            self.stdout.write("\nÀ bientôt.")
        finally:
            for kept in started:
                kept.stop()

    def _watch(self, port: int, started: list[SupervisedCommand]) -> None:
        """Say where to go once the pages answer, and keep both going."""
        welcomed = False
        while True:
            try:
                back = [kept.keep() for kept in started]
            except GaveUp:
                raise CommandError(
                    "Les pages ou le travailleur s’arrêtent dès qu’ils démarrent : la raison est écrite ci-dessus."
                ) from None
            if any(back):
                self.stderr.write("Les pages ou le travailleur se sont arrêtés : ils redémarrent.")
            if not welcomed and answers(port):
                self._welcome(port)
                welcomed = True
            time.sleep(0.2)

    def _welcome(self, port: int) -> None:
        lines = [f"    {LOGINS[key]:<16} {what}" for key, what in FIRST.items()]
        self.stdout.write(
            f"\nPréau est ouvert : http://localhost:{port}\n\n"
            f"Tous les comptes et ce qu’il y a à essayer : http://localhost:{port}{reverse('portal:demonstration')}\n"
            f"Mot de passe de tous : {PASSWORD}. Pour commencer :\n" + "\n".join(lines) + "\n\n"
            "Ctrl+C pour arrêter ; `make demo-reset` pour recommencer.\n"
        )


def answers(port: int) -> bool:
    """Does something listen on this port of this machine?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def static_is_collected() -> bool:
    """Is what was collected newer than everything the front end has built?"""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    built = [path.stat().st_mtime for folder in settings.STATICFILES_DIRS for path in Path(folder).rglob("*")]
    return manifest.exists() and manifest.stat().st_mtime > max(built, default=0)
