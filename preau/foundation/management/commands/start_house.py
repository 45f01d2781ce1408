"""`manage.py start_house lockers --label Casiers --one casier --says "who has which locker"`: a new domain, whole and green.

It has a table of a school, a list, a form, a rule, a share of the demonstration, and tells the tests of its routes: from there,
one changes what is there. Nothing of it is to be kept as it is.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

SKELETON = Path(__file__).parent.parent / "house"
NAME = re.compile(r"(?=.{3,21}$)[a-z]{2,}(_[a-z]+)*")


class NotPossible(Exception):
    """A house of this name cannot be made, or one is there."""


def words_of(name: str, label: str, one: str, says: str) -> dict[str, str]:
    """What stands for each word of the skeleton."""
    noun = "".join(part.capitalize() for part in name.removesuffix("s").split("_"))
    return {
        "HOUSE": name,
        "NOUN": noun,
        "CAPITAL": "".join(part.capitalize() for part in name.split("_")),
        "LABEL": label,
        "FRENCH": one,
        "SAYS": says,
        "ADDRESS": slugify(label),
    }


def build(root: Path, words: dict[str, str]) -> list[Path]:
    """Write the files of the house. Raises NotPossible."""
    name = words["HOUSE"]
    folder = root / "preau" / "domains" / name
    if not NAME.fullmatch(name):
        raise NotPossible(f"'{name}': small letters, words joined by _, a plural noun")
    if folder.exists():
        raise NotPossible(f"{folder} is there")
    made = []
    for source in sorted(SKELETON.rglob("*.txt")):
        inner = source.relative_to(SKELETON).as_posix().removesuffix(".txt")
        # Of the skeleton, pages are no templates: nothing draws them.
        path = folder / inner.replace("pages/", f"templates/{name}/").replace("HOUSE", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(source.read_text(), words))
        made.append(path)
    return made


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub("|".join(words), lambda found: words[found[0]], text)


def wire(root: Path, words: dict[str, str]) -> None:
    """Its lines outside of its folder: the settings, the addresses, its storey, the map."""
    name = words["HOUSE"]
    _insert(root / "preau/settings.py", '    "preau.portal",\n', f'    "preau.domains.{name}",\n')
    _insert(
        root / "preau/urls.py", "]\n\nhandler400", f'    path("", include("preau.domains.{name}.urls")),\n'
    )
    line = f"│   ├── {name}/".ljust(29) + f"{words['SAYS']}\n"
    _insert(root / "README.md", "│   └── timetable/", line)
    contracts = root / "pyproject.toml"
    text = contracts.read_text()
    if f"({name})" not in text:
        contracts.write_text(text.replace("| (scenarios)", f"| (scenarios) | ({name})", 1))


def _insert(path: Path, before: str, line: str) -> None:
    text = path.read_text()
    if before not in text:
        raise NotPossible(f"{path.name}: no line {before.strip()!r}, before which to write {line.strip()!r}")
    path.write_text(text.replace(before, line + before, 1))


class Command(BaseCommand):
    help = "Start a domain: its folder, its lines elsewhere, its migration; the building's own tests pass at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="a plural noun, in English: lockers")
        parser.add_argument("--label", required=True, help="the service, in French: Casiers")
        parser.add_argument("--one", required=True, help="one of them, in French: casier")
        parser.add_argument(
            "--says", required=True, help="its line of the map, in English: who has which locker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        if not (root / "pyproject.toml").exists():
            raise CommandError(
                "a house is started in a folder of the code: here Préau is installed from a wheel"
            )
        words = words_of(options["name"], options["label"], options["one"], options["says"])
        try:
            made = build(root, words)
            wire(root, words)
        except NotPossible as refused:
            raise CommandError(str(refused)) from refused
        # The new house is not of this process.
        migrate = [sys.executable, "manage.py", "makemigrations", words["HOUSE"], "-n", words["HOUSE"]]
        subprocess.run(migrate, cwd=root, check=True)  # noqa: S603 - our own words
        ruff = Path(sys.executable).parent / "ruff"
        if ruff.exists():
            for verb in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
                subprocess.run([ruff, *verb, made[0].parent, root / "preau/urls.py"], cwd=root, check=True)  # noqa: S603 - our own words
        self.stdout.write(
            f"preau/domains/{words['HOUSE']}: {len(made)} files. Next: make house H={words['HOUSE']}"
        )
