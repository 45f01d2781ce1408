"""Running a program of the system on a file that somebody sent: no shell, no network, few rights, a folder of its own, an end.

The program is expected to be attacked by what it reads. It gets neither our environment nor our open files, and dies with us.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

START = Path(__file__).with_name("confined_start.py")
MEGABYTE = 1024 * 1024
# The most that is read of what it says.
SAID = 4 * MEGABYTE
SURROUNDINGS = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
}


class Broken(Exception):
    """It did not end well: what it read is damaged, or too much for it. The message is the end of what it said, for a log."""


@dataclass(frozen=True)
class Bounds:
    """How long by the clock, how long of the processor, and how much memory and disk."""

    seconds: int = 60
    processor: int = 60
    memory: int = 4096 * MEGABYTE
    written: int = 512 * MEGABYTE


def run(program: Sequence[str], folder: Path, bounds: Bounds) -> str:
    """What the program says on its output, once it has ended well in `folder`. Raises Broken."""
    limits = (bounds.processor, bounds.memory, bounds.written)
    command = [sys.executable, "-I", "-S", str(START), *map(str, limits), *program]
    with TemporaryFile(dir=folder) as output, TemporaryFile(dir=folder) as complained:
        try:
            ended = subprocess.run(  # nosec B603  # noqa: S603 - a list of words that Préau wrote, and no shell
                command,
                cwd=folder,
                env=SURROUNDINGS,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=complained,
                timeout=bounds.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Broken(f"{program[0]}: not done in {bounds.seconds} s") from error
        complained.seek(0)
        if ended.returncode:
            error_text = complained.read(SAID)[-500:].decode("utf-8", "replace")
            raise Broken(f"{program[0]} ended with {ended.returncode}: {error_text.strip()}")
        output.seek(0)
        return output.read(SAID).decode("utf-8", "replace")
