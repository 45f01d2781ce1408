"""What the documents say of the building is so: its map, its boards, the decisions that they cite, how long one reads."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs" / "decisions"
# Where decisions are cited; `docs/decisions/README.md` lists them all.
CITING = (
    "*.md",
    "docs/**/*.md",
    "preau/**/*.py",
    "preau/**/*.html",
    "tests/**/*.py",
    "bench/**/*.py",
    "pyproject.toml",
)
CITED = re.compile(r"decisions?(?:\.md` |/| )\(?0*(\d{1,3})\b")
BOARD = re.compile(r"^(\w+): Registry\[", re.MULTILINE)
# Words that one reads in ten minutes, with the code among them.
TEN_MINUTES = 2_400


def map_of(readme: str) -> set[str]:
    """The houses that the map of README names."""
    drawn = readme.split("## The map")[1].split("```")[1]
    return set(re.findall(r"(?:├── |└── )(\w+)/", drawn)) - {"preau", "domains", "commons"}


def houses() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith("preau.")}


def boards_of(module: Path) -> set[str]:
    return set(BOARD.findall(module.read_text()))


def told_of(document: str) -> set[str]:
    """The boards that the first columns of the tables name."""
    rows = [line.split("|")[1] for line in document.splitlines() if line.startswith("|")]
    return {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}


def cited(root: Path) -> Iterator[tuple[str, int]]:
    for pattern in CITING:
        for path in sorted(root.glob(pattern)):
            for number in CITED.findall(path.read_text()):
                yield path.relative_to(root).as_posix(), int(number)


def known(root: Path) -> set[int]:
    """The number of each page, and those that stand for two (« 14 and 15 »)."""
    numbers = {int(path.name[:4]) for path in (root / "docs/decisions").glob("0*.md")}
    readme = (root / "docs/decisions/README.md").read_text()
    for pair in re.findall(r"\((\d+) and (\d+)\)", readme):
        numbers |= {int(number) for number in pair}
    return numbers


def test_every_house_is_on_the_map() -> None:
    assert map_of((ROOT / "README.md").read_text()) == houses()


def test_every_board_is_told_of() -> None:
    names = told_of((ROOT / "docs/boards.md").read_text())
    declared = {name for module in ROOT.glob("preau/**/boards.py") for name in boards_of(module)}
    assert declared - names == set(), "say what an entry says, in docs/boards.md"
    assert names - declared - houses() == set(), "docs/boards.md tells of a board that is no more"


def test_architecture_counts_the_boards() -> None:
    match = re.search(r"declares (\d+) of them", (ROOT / "docs/architecture.md").read_text())
    assert match and int(match[1]) == len(boards_of(ROOT / "preau/foundation/boards.py"))


def test_every_decision_that_is_cited_exists() -> None:
    numbers = known(ROOT)
    assert [f"{path}: {number}" for path, number in cited(ROOT) if number not in numbers] == []


def test_every_decision_is_in_the_list() -> None:
    listed = {int(number) for number in re.findall(r"\]\(0*(\d+)-", (DECISIONS / "README.md").read_text())}
    assert listed == {int(path.name[:4]) for path in DECISIONS.glob("0*.md")}


def test_contributing_is_read_in_ten_minutes() -> None:
    words = (ROOT / "CONTRIBUTING.md").read_text().split()
    assert len(words) <= TEN_MINUTES, f"{len(words)} words: what is looked up goes to docs/"


@pytest.mark.parametrize(
    "path",
    ["README.md", "CONTRIBUTING.md", *sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("docs/*.md"))],
)
def test_links_lead_somewhere(path: str) -> None:
    page = ROOT / path
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_what_is_missing_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs/decisions").mkdir(parents=True)
    (tmp_path / "docs/decisions/0007-a.md").touch()
    (tmp_path / "docs/decisions/README.md").write_text("[7](0007-a.md) and [15](0015-b.md) (14 and 15)")
    (tmp_path / "README.md").write_text(
        "decision 7, [decision 14](x), `decisions.md` 8, docs/decisions/0009-c.md"
    )
    assert known(tmp_path) == {7, 14, 15}
    assert [number for _path, number in cited(tmp_path)] == [7, 14, 8, 9]
    assert map_of("## The map\n```\npreau/\n├── portal/ 4\n│   └── events/ what\n```\n") == {
        "portal",
        "events",
    }
    assert told_of("| board | says |\n|---|---|\n| `terms`, `endings` | `x` |") == {"terms", "endings"}
