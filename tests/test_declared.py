"""What the houses declare of their routes is gathered, each thing once."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from preau.directory.models import Group, Person
from tests.declared import Declared, DeclaredTwice, Named, gather, modules_of
from tests.pages import Page


def house(name: str, **declared: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(declared)
    return module


def test_what_each_house_declares_is_gathered_in_their_order() -> None:
    found = gather(
        [
            house("low", PAGES=[Page("low:one", {"head"})], ELSEWHERE={"low:two"}, OPENS={"low:two": set()}),
            house("high", PAGES=[Page("high:one", {"cpe"})], ELSEWHERE={"high:two"}),
        ]
    )
    assert [page.name for page in found.pages] == ["low:one", "high:one"]
    assert found.elsewhere == {"low:two", "high:two"}
    assert found.opens == {"low:two": set()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"PAGES": [Page("a:b", {"head"})]}, {"PAGES": [Page("a:b", {"cpe"})]}),
        ({"ELSEWHERE": {"a:b"}}, {"ELSEWHERE": {"a:b"}}),
        ({"OPENS": {"a:b": set()}}, {"OPENS": {"a:b": set()}}),
        ({"LISTS": [("head", "a:b", len)]}, {"LISTS": [("head", "a:b", len)]}),
        ({"NAMES": {"who": Named(Person)}}, {"NAMES": {"who": Named(Group)}}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_thing_that_two_houses_declare_is_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    with pytest.raises(DeclaredTwice, match=r"« .* », by low and by high"):
        gather([house("low", **one), house("high", **other)])


def test_a_page_that_a_house_declares_twice_is_refused() -> None:
    with pytest.raises(DeclaredTwice, match="pages: « a:b », by low and by low"):
        gather([house("low", PAGES=[Page("a:b", {"head"}), Page("a:b", {"cpe"})])])


def test_a_parameter_may_be_said_by_all_who_ask_it_if_they_agree() -> None:
    tables: dict[str, Any] = {"NAMES": {"who": Named(Person)}, "PLAIN": {"sort": ()}}
    found = gather([house("low", **tables), house("high", **tables)])
    assert (found.names, found.plain) == (tables["NAMES"], tables["PLAIN"])


def test_a_function_that_a_house_borrows_is_not_its_own() -> None:
    def plant(stage: Any) -> None: ...

    plant.__module__ = "low"
    assert gather([house("low", plant=plant), house("high", plant=plant)]).plant == [plant]


def test_a_house_that_declares_nothing_declares_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without tests, one without routes, one module, a package: what is absent is simply absent."""
    for name in ("bare", "silent/tests", "small/tests", "large/tests/routes"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "small/tests/routes.py").write_text('ELSEWHERE = {"small:one"}')
    (tmp_path / "large/tests/routes/__init__.py").touch()
    (tmp_path / "large/tests/routes/pages.py").write_text('ELSEWHERE = {"large:one"}')
    (tmp_path / "large/tests/routes/matrix.py").write_text('OPENS = {"large:one": set()}')
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    try:
        modules = [module for name in ("bare", "silent", "small", "large") for module in modules_of(name)]
        assert gather(modules) == Declared(elsewhere={"small:one", "large:one"}, opens={"large:one": set()})
    finally:
        for name in set(sys.modules) - known:
            del sys.modules[name]
