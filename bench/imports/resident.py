"""`python -m bench.imports.resident`: Django loaded once, and a process forked for each command of manage.py asked for.

A hundred imports of a second would else spend their time in starting Python. One order a line: words and a file for what
the command says; answers with the number of the process, then with its exit code.
"""

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.imports.databases import Database
from bench.imports.running import environment
from bench.scratch import ROOT


class Resident:
    """Asks such a process, for one database."""

    def __init__(self, database: Database, var: Path) -> None:
        self.database, self.out = database, var / "said"
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        command = [sys.executable, "-m", "bench.imports.resident"]
        self.process = subprocess.Popen(command, env=environment(database.url, var), cwd=ROOT, **pipes)

    def run(self, *words: str) -> str:
        """A command to its end, and what it said."""
        self._start(words)
        code, output = int(self._line()), self.out.read_text(encoding="utf-8")
        if code:
            raise SystemExit(f"{' '.join(words)[:300]}\n{output[-3000:]}")
        return output

    def kill(self, *words: str, after: float) -> bool | None:
        """As `running.kill`, once Python has started."""
        number = self._start(words)
        if select.select([self.process.stdout], [], [], after)[0]:
            self._line()
            return None
        # It may have ended meanwhile: its exit code says so.
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGSTOP)
        writes = self.database.is_written()
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        was_killed = int(self._line()) == -signal.SIGKILL
        self.database.wait_for_nobody()
        return writes if was_killed else None

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait()
        self.process.stdout.close()  # type: ignore[union-attr]

    def _start(self, words: tuple[str, ...]) -> int:
        self.process.stdin.write(json.dumps([words, str(self.out)]).encode() + b"\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        return int(self._line())

    def _line(self) -> bytes:
        """Read as it comes, without a buffer that `select` would not see."""
        found = b""
        while not found.endswith(b"\n"):
            read = os.read(self.process.stdout.fileno(), 1)  # type: ignore[union-attr]
            if not read:
                raise SystemExit("The resident process has stopped.")
            found += read
        return found


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        words, out = json.loads(line)
        number = os.fork()
        if not number:
            _become(words, out)
        print(number, flush=True)
        _pid, status = os.waitpid(number, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(words: list[str], out: str) -> None:
    """What manage.py would do; this process ends here."""
    from django.core.management import call_command

    code = 1
    with Path(out).open("w", encoding="utf-8") as file:
        sys.stdout = sys.stderr = file
        try:
            call_command(*words)
            code = 0
        except BaseException:  # noqa: BLE001 - told, and the process ends with it
            traceback.print_exc(file=file)
    os._exit(code)


if __name__ == "__main__":
    main()
