"""Nobody names a house from below, nor its neighbour, not even as a text: the import contracts see imports alone.

A route (« homework:day »), a table (« homework.Visa »), a verb of the journal, a template: each is a link to the house that
stands before its sign. What a lower house must know of a higher one, the higher one says on a board.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
FRAME = "the frame of every page, which every site has: its account, its help, its legal pages"
ACCOUNTS = "accounts are of every site"
LONG_WORK = "« Imports et exports » is of every site: foundation/works.py is its port"
OPERATOR = "the pages of whoever operates are all below the list of schools"
OWN_DATA = "the register and « Mes données » are of every site"
# What remains, and why it may: the path of a file, what it names, the reason.
KNOWN: tuple[tuple[str, set[str], str], ...] = (
    ("foundation/templates/404.html", {"portal:help"}, FRAME),
    ("foundation/templates/500.html", {"portal:help", "portal:state"}, FRAME),
    ("foundation/templates/importers/one.html", {"works:works"}, LONG_WORK),
    (
        "foundation/ui/templates/ui/_account_links.html",
        {
            "identity:profile",
            "identity:reading",
            "privacy:own_data",
            "works:works",
            "identity:change_password",
            "identity:sessions",
            "portal:first_visit",
        },
        FRAME,
    ),
    ("foundation/ui/templates/ui/_search.html", {"search:search"}, FRAME),
    ("foundation/ui/templates/ui/account.html", {"identity:switch", "identity:sign_out"}, FRAME),
    ("foundation/ui/templates/ui/bell.html", {"notifications:centre", "notifications:bell"}, FRAME),
    (
        "foundation/ui/templates/ui/footer.html",
        {"portal:help", "portal:accessibility", "portal:privacy", "portal:legal", "portal:state"},
        FRAME,
    ),
    ("foundation/ui/templates/ui/header.html", {"portal:demonstration", "identity:sign_in"}, FRAME),
    ("foundation/ui/templates/ui/layout.html", {"portal:app_manifest"}, FRAME),
    ("directory/templates/directory/guest.html", {"identity:staff_accounts", "identity:person"}, ACCOUNTS),
    ("directory/templates/directory/person.html", {"identity:person"}, ACCOUNTS),
    ("directory/views/office.py", {"identity:family_letters", "identity:person"}, ACCOUNTS),
    ("identity/templates/identity/install_second_proof.html", {"portal:help"}, FRAME),
    ("identity/templates/identity/key_made.html", {"portal:api"}, FRAME),
    ("identity/templates/identity/profile.html", {"privacy:own_data"}, OWN_DATA),
    ("identity/templates/identity/proof_demand.html", {"platform:schools"}, OPERATOR),
    ("commons/delivery/templates/delivery/carriers.html", {"platform:schools"}, OPERATOR),
    ("commons/federation/templates/federation/providers.html", {"platform:schools"}, OPERATOR),
    ("commons/media/templates/media/medium.html", {"works:works"}, LONG_WORK),
    ("commons/platform/templates/platform/schools.html", {"privacy:register", "privacy:breach"}, OWN_DATA),
    ("commons/privacy/templates/privacy/register.html", {"portal:register"}, OWN_DATA),
    ("commons/signon/templates/signon/register.html", {"platform:schools"}, OPERATOR),
    (
        "commons/privacy/seeds.py",
        {"attendance.entries", "attendance.explanations", "timetable.lessons"},
        "keys of terms, for the demonstration: skipped where their house is not",
    ),
    (
        "domains/attention/seeds.py",
        {"attendance.lates"},
        "the key of a fact, for the demonstration: skipped where its house is not",
    ),
    (
        "domains/catalogue/manifest.py",
        {"portal:"},
        "the portal gives the parts of the API their addresses; `api_` and their key",
    ),
)


@dataclass(frozen=True)
class House:
    """A folder of the building, and the floor and the storey that pyproject.toml gives it: the higher, the later."""

    name: str
    folder: Path
    rank: tuple[int, int]


class Building:
    """Its houses, and what each of them imports."""

    def __init__(self, root: Path) -> None:
        self.package = root / "preau"
        contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
        self.layers = {
            contract["id"]: [set(re.findall(r"\w+", layer)) for layer in reversed(contract["layers"])]
            for contract in contracts
            if contract["id"] in {"floors", "storeys"}
        }

    @cached_property
    def houses(self) -> dict[str, House]:
        found = {}
        for config in sorted(self.package.rglob("apps.py")):
            folder = config.parent
            floor, *_within = folder.relative_to(self.package).parts
            storey = self._height("storeys", folder.name) if floor == "domains" else 0
            found[folder.name] = House(folder.name, folder, (self._height("floors", floor), storey))
        return found

    def _height(self, contract: str, name: str) -> int:
        return next(at for at, names in enumerate(self.layers[contract]) if name in names)

    @cached_property
    def _named(self) -> re.Pattern[str]:
        return re.compile(rf"({'|'.join(self.houses)})[:./]")

    def files(self, house: House, kind: str) -> Iterator[Path]:
        for path in sorted(house.folder.rglob(f"*.{kind}")):
            inside = path.relative_to(house.folder).parts
            if not {"tests", "migrations", "node_modules", "starter", "data"} & set(inside):
                yield path

    def imports_of(self, house: House) -> set[str]:
        found: set[str] = set()
        for path in self.files(house, "py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("preau."):
                    _package, floor, *within = str(node.module).split(".")
                    names = within[:1] or [name.name for name in node.names]
                    found |= set(names) if floor in {"commons", "domains"} else {floor}
        return found

    def named_from_below(self) -> Iterator[tuple[str, str]]:
        """Each text that names a house which may not be named there, and the file it is in."""
        for house in self.houses.values():
            imported = self.imports_of(house)
            for path, text in self._texts_of(house):
                found = self._named.match(text)
                if found and not self._may_name(house, self.houses[found[1]], imported):
                    yield path.relative_to(self.package).as_posix(), text

    def _may_name(self, house: House, named: House, imported: set[str]) -> bool:
        """Its own, those below; and on one floor without storeys, those that it imports."""
        return (
            house == named or named.rank < house.rank or (named.rank == house.rank and named.name in imported)
        )

    def _texts_of(self, house: House) -> Iterator[tuple[Path, str]]:
        for path in self.files(house, "py"):
            for text in texts_in(ast.parse(path.read_text())):
                yield path, text
        for path in self.files(house, "html"):
            for quoted in re.findall(r"""["']([a-z_]+[:/][\w/.-]*)["']""", path.read_text()):
                yield path, quoted


def texts_in(tree: ast.Module) -> Iterator[str]:
    """The texts of a module in which there is no blank, and the beginnings of those that it puts together; no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and re.fullmatch(r"[\w:./-]+", node.value)
        ):
            yield node.value


def complaints(root: Path, known: tuple[tuple[str, set[str], str], ...] = ()) -> list[str]:
    allowed: Mapping[str, set[str]] = {path: names for path, names, _why in known}
    found = set(Building(root).named_from_below())
    new = [
        f"{path} names {text}: say it on a board" for path, text in found if text not in allowed.get(path, ())
    ]
    gone = [
        f"{path} names {text} no more: take it off the list"
        for path, names in allowed.items()
        for text in names
        if (path, text) not in found
    ]
    return sorted(new + gone)


def test_no_house_is_named_from_below() -> None:
    assert complaints(ROOT, KNOWN) == []


def test_no_domain_is_named_by_a_page_from_below() -> None:
    """The list above holds what every site has; what a site may do without is in no template of another house."""
    building = Building(ROOT)
    domains = {name for name, house in building.houses.items() if "domains" in house.folder.parts}
    named = {
        text.partition(":")[0] for path, names, _why in KNOWN if path.endswith(".html") for text in names
    }
    assert named.isdisjoint(domains)


def test_a_planted_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for house, texts in {
        "directory": {"rules.py": 'PAGE = "identity:profile"\nWORDS = "identity: who signs in"\n'},
        "identity": {"views.py": 'HOME = "directory:group"\n'},
        "commons/journal": {
            "queries.py": "from preau.commons.files import models\nMODEL = 'files.StoredFile'\n"
        },
        "commons/files": {"manifest.py": 'VERB = f"journal.{name}"\n'},
        "domains/timetable": {
            "templates/timetable/week.html": "{{ ui.link(_('Appel'), url(\"attendance:roll\")) }}"
        },
        "domains/attendance": {"models.py": '"""attendance.Entry"""\nclass Entry:\n    "homework.Visa"\n'},
        "domains/homework": {"actions.py": 'VERB = "attendance.called"\nLESSON = "timetable.Lesson"\n'},
    }.items():
        folder = tmp_path / "preau" / house
        folder.mkdir(parents=True)
        (folder / "apps.py").touch()
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    assert complaints(tmp_path, (("identity/views.py", {"portal:home"}, ""),)) == [
        "commons/files/manifest.py names journal.: say it on a board",
        "directory/rules.py names identity:profile: say it on a board",
        "domains/homework/actions.py names attendance.called: say it on a board",
        "domains/timetable/templates/timetable/week.html names attendance:roll: say it on a board",
        "identity/views.py names portal:home no more: take it off the list",
    ]
