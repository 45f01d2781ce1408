"""`make release VERSION=0.2.0`: a numbered release, from pyproject.toml to its tag; nothing leaves this machine (docs/upgrades.md)."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from deploy import sbom

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# What each document calls what is not released yet.
NEXT = {"docs/upgrades.md": "Next version", "CHANGELOG.md": "Prochaine version"}
VERSION = re.compile(r'^version = "(.+)"$', re.MULTILINE)


class Refused(Exception):
    """There is no release yet; the sentence says what is missing."""


def build(root: Path) -> None:
    """The wheel and its packages by digest, in build/release/."""
    subprocess.run([sys.executable, "bootstrap.py", "wheel"], cwd=root, check=True)


class Release:
    """One number, in one folder of the code."""

    def __init__(self, root: Path, number: str, day: date, building: Callable[[Path], None] = build) -> None:
        self.root, self.number, self.day, self.building = root, number, day, building
        self.folder = root / "build" / "release"

    def make(self) -> None:
        """Everything or nothing: what fails puts the files back, and no commit is left."""
        self.check()
        parts = {path: self.part(path) for path in NEXT}
        before = self.git("rev-parse", "HEAD")
        try:
            self.write(self.number)
            for path, name in NEXT.items():
                self.replace(path, f"## {name}\n", f"## {self.number} ({self.said(path)})\n")
            self.building(self.root)
            self.gather(parts)
            self.commit(f"release: Give {self.number} its number")
            self.git(
                "tag",
                "--annotate",
                "--cleanup=verbatim",
                "--file",
                str(self.folder / "NOTES.md"),
                self.number,
            )
            self.begin_next()
        except BaseException:
            self.git("reset", "--hard", "--quiet", before)
            if self.number in self.git("tag", "--list").split():
                self.git("tag", "--delete", self.number)
            raise

    def check(self) -> None:
        """Raises Refused, with the first thing that is missing."""
        if not NUMBER.fullmatch(self.number):
            raise Refused(f"{self.number!r} is not a number: MAJOR.MINOR.PATCH, as 0.2.0.")
        if self.git("status", "--porcelain"):
            raise Refused("something is not committed: a release is what a commit holds.")
        known = [parts for tag in self.git("tag", "--list").split() if (parts := parts_of(tag))]
        if known and parts_of(self.number) <= max(known):
            raise Refused(f"{self.number} does not come after {'.'.join(map(str, max(known)))}.")
        passed = self.root / "build" / "passed"
        if not passed.exists() or passed.read_text().strip() != self.git("rev-parse", "HEAD^{tree}"):
            raise Refused("this tree did not pass `make landing`.")
        for path in NEXT:
            self.part(path)

    def part(self, path: str) -> str:
        """What a document says of the next version. Raises Refused when it says nothing."""
        text = (self.root / path).read_text()
        found = re.findall(rf"^## {NEXT[path]}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if len(found) != 1 or not re.sub(r"^#.*$", "", found[0], flags=re.MULTILINE).strip():
            raise Refused(f"{path} says nothing under « {NEXT[path]} ».")
        return str(found[0]).strip()

    def said(self, path: str) -> str:
        """The day, in the language of the document."""
        if path != "CHANGELOG.md":
            return self.day.isoformat()
        first = "1er" if self.day.day == 1 else str(self.day.day)
        return f"{first} {MONTHS[self.day.month - 1]} {self.day.year}"

    def write(self, number: str) -> None:
        """The number where it is kept, and in the list of what runs."""
        path = self.root / "pyproject.toml"
        text, changed = VERSION.subn(f'version = "{number}"', path.read_text())
        if changed != 1:
            raise Refused("pyproject.toml does not hold one version.")
        path.write_text(text)
        (self.root / "deploy" / "sbom.json").write_text(sbom.written(self.root))

    def gather(self, parts: dict[str, str]) -> None:
        """Beside the wheel: what runs beneath, the notes, and the digest of each file."""
        wheels = [path.name for path in self.folder.glob("*.whl")]
        if wheels != [f"preau-{self.number}-py3-none-any.whl"]:
            raise Refused(f"the build gave {wheels or 'no wheel'}.")
        shutil.copy(self.root / "deploy" / "sbom.json", self.folder / f"preau-{self.number}.cdx.json")
        notes = f"Préau {self.number}\n\n# For who runs it\n\n{parts['docs/upgrades.md']}\n\n# Ce qui change\n\n{parts['CHANGELOG.md']}\n"
        (self.folder / "NOTES.md").write_text(notes)
        files = sorted(path for path in self.folder.iterdir() if path.name != "SHA256SUMS")
        lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
        (self.folder / "SHA256SUMS").write_text("".join(lines))

    def begin_next(self) -> None:
        """The code after it is no release: it bears the next number, and empty parts wait for what comes."""
        major, minor, _patch = parts_of(self.number)
        self.write(f"{major}.{minor + 1}.0.dev0")
        for path, name in NEXT.items():
            former = f"## {self.number} ({self.said(path)})\n"
            self.replace(path, former, f"## {name}\n\n{former}")
        self.commit("release: Begin the next number")

    def replace(self, path: str, former: str, by: str) -> None:
        file = self.root / path
        file.write_text(file.read_text().replace(former, by, 1))

    def commit(self, words: str) -> None:
        self.git("commit", "--quiet", "--message", words, "--", *NEXT, "pyproject.toml", "deploy/sbom.json")

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"git {words[0]}: {done.stderr.strip()}")
        return done.stdout.strip()


def parts_of(number: str) -> tuple[int, ...]:
    """(0, 2, 0); nothing of what is no number of a release."""
    found = NUMBER.fullmatch(number)
    return tuple(map(int, found.groups())) if found else ()


def main(words: list[str]) -> int:
    if len(words) != 1:
        sys.stderr.write("make release VERSION=0.2.0 (docs/upgrades.md)\n")
        return 2
    try:
        Release(sbom.ROOT, words[0], datetime.now(UTC).date()).make()
    except (Refused, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"No release: {error}\n")
        return 1
    sys.stdout.write(f"build/release is {words[0]}; nothing has left: git push origin HEAD {words[0]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
