"""What a change touches: the houses and the tests that it may break.

Imports say most of it (grimp reads them). What they do not show is read in the text: names of routes and of templates that a
test writes out, and boards, by which a house shows itself on pages of others.
"""

import ast
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
# Every new house adds a line to some of these: a line added selects one page of each house, a line changed everything.
WIRING = re.compile(
    r"\.npmrc|preau/(settings|urls)\.py|pyproject\.toml|Makefile|bootstrap\.py|requirements/.*|package(-lock)?\.json|\.ci/run|CONTRIBUTING\.md"
)
# What is read by people alone, unless a test names the file.
WORDS = re.compile(r".*\.(md|txt)|docs/.*|LICENSE|\.gitignore|bench/.*")
# What a browser sees, and no test reads.
LOOK = re.compile(r"frontend/.*|preau/.*/static/.*")
# All tests stand on these.
GROUND = re.compile(
    r"conftest\.py|tests/(__init__|conftest|environment|ground|template|selection|verdicts|programs|declared)\.py"
)
HOUSE = re.compile(r"preau/(?:foundation|directory|identity|portal|(?:commons|domains)/\w+)(?=/)")
BOARD_FILLED = re.compile(r"\bboards?\.(\w+)\.add\(")
BOARD_READ = re.compile(r"\bboards\.(\w+)\b(?!\.add)")


@dataclass(frozen=True)
class Change:
    """A file of the change. `is_addition`: no line of it is gone."""

    path: str
    is_addition: bool = False


@dataclass(frozen=True)
class Touched:
    """`everything` says why, and is empty when the rest says what.

    `houses`: all that is theirs. `readers`: houses that show what a touched one publishes, their tests and pages. `files`: test
    files. `smoke`: one page of each house. `look`: what is seen in a browser.
    """

    everything: str = ""
    houses: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    smoke: bool = False
    look: bool = False

    def __or__(self, other: "Touched") -> "Touched":
        houses = self.houses | other.houses
        return Touched(
            self.everything or other.everything,
            houses,
            (self.readers | other.readers) - houses,
            self.files | other.files,
            self.smoke or other.smoke,
            self.look or other.look,
        )

    def __str__(self) -> str:
        if self.everything:
            return f"everything, for {self.everything}"
        parts = {
            "houses": ", ".join(sorted(house.rpartition("/")[2] for house in self.houses)),
            "which show themselves in": ", ".join(
                sorted(reader.rpartition("/")[2] for reader in self.readers)
            ),
            "test files": str(len(self.files)) if self.files else "",
            "also": "one page of each house" if self.smoke else "",
            "and": "every page in a browser" if self.look else "",
        }
        return "; ".join(f"{name} {value}" for name, value in parts.items() if value) or "nothing"


def changed_since(base: str) -> list[Change]:
    """The files that differ from a commit, those that git does not know yet included."""
    lines = _git("diff", "--numstat", "--no-renames", base).splitlines()
    found = [Change(path, removed == "0") for _added, removed, path in (line.split("\t") for line in lines)]
    return found + [
        Change(path, is_addition=True)
        for path in _git("ls-files", "--others", "--exclude-standard").splitlines()
    ]


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def house_of(path: str) -> str:
    """The folder of the house of a file, empty for what belongs to none."""
    found = HOUSE.match(path)
    return found[0] if found else ""


class Building:
    """The code as it stands, read once."""

    @cached_property
    def imports(self) -> grimp.ImportGraph:
        return grimp.build_graph("preau", "tests", cache_dir=str(ROOT / "build" / "imports"))

    @cached_property
    def texts(self) -> dict[str, str]:
        """Every Python file and template."""
        files = [file for top in ("preau", "tests", "conftest.py") for file in _files_below(ROOT / top)]
        return {str(file.relative_to(ROOT)): file.read_text() for file in files}

    @cached_property
    def below_conftest(self) -> frozenset[str]:
        """What every test imports, for `conftest.py` does."""
        names = set[str]()
        for node in ast.walk(ast.parse(self.texts["conftest.py"])):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        modules = names & self.imports.modules
        return frozenset(modules.union(*(self.imports.find_upstream_modules(module) for module in modules)))

    @cached_property
    def readers_of_boards(self) -> dict[str, set[str]]:
        """For each board, the houses that read it."""
        found: dict[str, set[str]] = {}
        for path, text in self.texts.items():
            if path.endswith(".py") and "/tests/" not in path and "manifest" not in path and house_of(path):
                for name in BOARD_READ.findall(text):
                    found.setdefault(name, set()).add(house_of(path))
        return found

    def readers_of(self, house: str) -> set[str]:
        """The houses that read the boards on which this one publishes."""
        texts = [text for path, text in self.texts.items() if path.startswith(f"{house}/manifest")]
        boards = {name for text in texts for name in BOARD_FILLED.findall(text)}
        return set().union(*(self.readers_of_boards.get(name, set()) for name in boards))

    def shows(self, module: str) -> bool:
        """Does the manifest of its house reach this module? Then pages of others may show what it says."""
        house = house_of(f"{module.replace('.', '/')}/")
        manifests = [
            module
            for module in self.imports.modules
            if module.startswith(f"{house.replace('/', '.')}.manifest")
        ]
        return any(
            module == manifest or module in self.imports.find_upstream_modules(manifest)
            for manifest in manifests
        )

    def tests_that_write(self, words: Iterable[str]) -> set[str]:
        """The test files in which one of these words stands."""
        words = list(words)
        return {
            path for path, text in self.texts.items() if is_test(path) and any(word in text for word in words)
        }


def _files_below(top: Path) -> Iterable[Path]:
    if top.is_file():
        return [top]
    return [
        file for file in top.rglob("*") if file.suffix in {".py", ".html"} and "__pycache__" not in file.parts
    ]


def is_test(path: str) -> bool:
    return Path(path).name.startswith("test_")


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def touched_by(changes: Iterable[Change], building: Building | None = None) -> Touched:
    """What these changes touch."""
    building = building or Building()
    found = Touched()
    for change in changes:
        found |= _touched(change, building)
    named = [f'"{house.rpartition("/")[2]}:' for house in found.houses]
    return found | Touched(files=frozenset(building.tests_that_write(named))) if named else found


def _touched(change: Change, building: Building) -> Touched:
    path = change.path
    if GROUND.fullmatch(path):
        return Touched(everything=path)
    if WIRING.fullmatch(path):
        added = change.is_addition or path.endswith(".md")
        return Touched(smoke=True, files=_naming(path, building)) if added else Touched(everything=path)
    if LOOK.fullmatch(path):
        return Touched(look=True)
    if WORDS.fullmatch(path):
        return Touched(files=_naming(path, building))
    if path.endswith(".py"):
        return _by_module(path, building)
    if house_of(path) or path.startswith("tests/"):
        return _by_data(path, building)
    return Touched(everything=path)


def _by_module(path: str, building: Building) -> Touched:
    module, house = module_of(path), house_of(path)
    if module in building.below_conftest or not (house or path.startswith("tests/")):
        return Touched(everything=path)
    below = {module}
    if module in building.imports.modules:
        below |= building.imports.find_downstream_modules(module)
    paths = {f"{one.replace('.', '/')}.py" for one in below}
    files = {path for path in paths if is_test(path)}
    if path.endswith("/conftest.py"):
        beside = path.removesuffix("conftest.py")
        files |= {text for text in building.texts if is_test(text) and text.startswith(beside)}
    if not house or is_test(path):
        return Touched(files=frozenset(files))
    houses = {house_of(path) for path in paths if "/tests/" not in path or "/tests/routes" in path} | {house}
    readers = building.readers_of(house) if building.shows(module) else set()
    return Touched(houses=frozenset(houses - {""}), readers=frozenset(readers), files=frozenset(files))


def _by_data(path: str, building: Building) -> Touched:
    """A template, or what the code of a house reads."""
    house, name = house_of(path), path.partition("/templates/")[2]
    if house == "preau/foundation":
        return Touched(everything=path)
    users = {house_of(one) for one, text in building.texts.items() if name and name in text}
    return Touched(houses=frozenset((users | {house}) - {""}), files=_naming(path, building))


def _naming(path: str, building: Building) -> frozenset[str]:
    """The test files that name this file."""
    return frozenset(building.tests_that_write([Path(path).name]))
