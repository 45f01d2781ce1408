"""The legal file says where the code does what it claims: each of those places exists, and blanks are marked as such."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "legal"
PAGES = sorted(FOLDER.glob("*.md"))
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`]+)`")


def missing_in(text: str, folder: Path) -> list[str]:
    """The links, tests, folders, addresses and commands that a page names and that are not there."""
    found = [one for one in LINK.findall(text) if "://" not in one and not (folder / one).exists()]
    for words in CODE.findall(text):
        if re.fullmatch(r"(?:[\w/]+/)?test_\w+\.py", words):
            there = (ROOT / words).exists() or any(ROOT.rglob(f"tests/{words.rpartition('/')[2]}"))
        elif re.fullmatch(r"(?:directory|identity|foundation|commons|domains|privacy|portal)/[\w/.]+", words):
            there = any((base / words).exists() for base in (ROOT / "preau", ROOT / "preau/commons"))
        elif re.fullmatch(r"tests/\w+", words):
            there = (ROOT / words).exists()
        elif re.fullmatch(r"/[\w/-]+/", words):
            there = resolves(words)
        elif re.fullmatch(r"(?:import|export|journal|verify|head|dump)_\w+", words):
            there = words in get_commands()
        else:
            there = True
        found += [] if there else [words]
    return found


def resolves(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_legal_file_names_is_there(page: Path) -> None:
    assert missing_in(page.read_text(), page.parent) == []


def test_a_place_that_is_not_there_is_found() -> None:
    text = "[a](rien.md) `test_rien.py` `commons/rien` `/rien/du/tout/` `export_rien` `sdet.md`"
    assert missing_in(text, FOLDER) == [
        "rien.md",
        "test_rien.py",
        "commons/rien",
        "/rien/du/tout/",
        "export_rien",
    ]


def test_each_page_is_in_the_index_and_leaves_to_people_what_is_theirs() -> None:
    index = (FOLDER / "README.md").read_text()
    assert len(PAGES) == 7
    for page in PAGES:
        assert "[à compléter" in page.read_text(), page.name
        assert page.name == "README.md" or f"({page.name})" in index
    for name in ("README.md", "docs/operations.md", "docs/decisions/0110-what-the-law-asks-to-show.md"):
        assert "legal/" in (ROOT / name).read_text(), name
