"""`make mutate`: each rule is made wrong in each small way, one at a time, and some test must then fail.

Django and the two schools are set up once; each wrong rule lives in a fork of that process, where the tests that reach
it run until one fails. A rule that may be wrong while every test passes is a survivor: it is printed, and the run fails.
How, and why not a library: docs/decisions/0056-mutants.md.
"""

import ast
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection

from tests.mutation.mutants import Mutant, decisions, mutants_of
from tests.mutation.reviewed import EQUIVALENT

RULES = ("preau/*/rules.py", "preau/*/rules/*.py", "preau/*/*/rules.py", "preau/*/*/rules/*.py")
TESTS = ("preau", "tests/test_every_page.py", "tests/test_services.py")
# Seconds of the processor: the tests' own time, so many times, and some more. Past that a mutant turns in circles.
PATIENCE, MORE = 3, 20


def module_of(path: str) -> ModuleType:
    return import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def become(statement: ast.stmt, module: ModuleType) -> None:
    """Let the module do what the statement says, for whoever holds its functions or its values already."""
    code = compile(ast.fix_missing_locations(ast.Module([statement], [])), str(module.__file__), "exec")
    new: dict[str, Any] = {}
    exec(code, vars(module), new)
    for name, value in new.items():
        old = vars(module)[name]
        if isinstance(statement, ast.FunctionDef):
            old.__code__ = value.__code__
            continue
        for other in list(sys.modules.values()):
            if vars(other).get(name) is old:
                setattr(other, name, value)


def forked(works: list[Callable[[], Any]], at_once: int) -> Iterator[tuple[int, Any]]:
    """Each work in a process of its own; its number and what it gave, None when it had to be stopped."""
    with tempfile.TemporaryDirectory() as folder:
        waiting, running = list(enumerate(works)), {}
        while waiting or running:
            while waiting and len(running) < at_once:
                number, work = waiting.pop(0)
                if not (pid := os.fork()):
                    _in_the_fork(work, Path(folder) / str(number))
                running[pid] = number
            pid, status = os.wait()
            number = running.pop(pid)
            stopped = status and os.waitstatus_to_exitcode(status) == -signal.SIGPROF
            if status and not stopped:
                raise RuntimeError((Path(folder) / f"{number}.log").read_text()[-4000:])
            yield number, None if stopped else json.loads((Path(folder) / str(number)).read_text())


def _in_the_fork(work: Callable[[], Any], answer: Path) -> None:
    """Whatever happens, a fork never goes on as if it were the first process."""
    try:
        log = os.open(answer.with_suffix(".log"), os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        _take_own_database(answer.with_suffix(".sqlite3"))
        answer.write_text(json.dumps(work()))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the first process raises it again
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def _take_own_database(copy: Path) -> None:
    """SQLite in a file, which the tests ask for: forks would wait for one another."""
    if (name := connection.settings_dict["NAME"]) and Path(name).exists():
        connection.settings_dict["NAME"] = str(shutil.copy(name, copy))


@dataclass
class Mutations:
    """The plugin: instead of running each test once, it runs those that a mutant may upset, for each mutant."""

    paths: list[str]
    at_once: int
    items: list[pytest.Item] = field(default_factory=list)
    seconds: dict[int, float] = field(default_factory=dict)
    reached: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("Some tests cannot even be read.")
        started, self.items = time.perf_counter(), session.items
        print(f"{len(self.items)} tests, first with the rules as they are", flush=True)
        self._set_up_once()
        failed = self._run_as_is() or self._control()
        mutants = [mutant for path in self.paths for mutant in mutants_of(path, Path(path).read_text())]
        stale = (
            EQUIVALENT.keys() - {mutant.key for mutant in mutants} if self.paths == every_path() else set()
        )
        tried = [mutant for mutant in mutants if mutant.key not in EQUIVALENT]
        for line in (*failed, *(f"reviewed, but there no more: {key}" for key in stale)):
            print(line, flush=True)
        survivors = self._survivors(tried)
        print(
            f"{len(tried)} mutants: {len(tried) - len(survivors)} killed, {len(survivors)} survived; "
            f"{len(mutants) - len(tried)} reviewed as equivalent; {time.perf_counter() - started:.0f} s"
        )
        session.testsfailed = len(failed) + len(stale) + len(survivors)
        return True

    def _set_up_once(self) -> None:
        """The database and its schools, as the first test that wants them has them made; that test is not run."""
        for number, item in enumerate(self.items):
            if "django_db_setup" in getattr(item, "fixturenames", ()):
                item.config.option.setuponly = True
                self._passes(number)
                item.config.option.setuponly = False
                connection.close()
                return

    def _run_as_is(self) -> list[str]:
        """Every test, with right rules: what it costs, which rules it reaches; those that fail already."""
        shares = [range(first, len(self.items), self.at_once) for first in range(self.at_once)]
        failed = []
        for _, results in forked(
            [lambda share=share: self._watched(share) for share in shares], self.at_once
        ):
            for number, (passed, seconds, places) in results:
                self.seconds[number] = seconds
                if not passed:
                    failed.append(f"fails already, hence proves nothing: {self.items[number].nodeid}")
                    continue
                for place in places:
                    self.reached[place].add(number)
        return failed

    def _control(self) -> list[str]:
        """The rule that the fewest tests reach, tried as it is: tests that fail even there would kill every mutant."""
        reached = {place: numbers for place, numbers in self.reached.items() if numbers}
        if not reached:
            return []
        path, name = min(reached, key=lambda place: len(reached[place])).split(":")
        [rule] = [
            decision
            for decision in decisions(ast.parse(Path(path).read_text()))
            if getattr(decision, "name", "") == name
        ]
        [(_number, lives)] = forked([lambda: self._survives(Mutant(path, rule.lineno, name, "", rule))], 1)
        return [] if lives else [f"killed as it is, hence nothing is proved: {path}: {name}"]

    def _watched(self, share: range) -> list[tuple[int, tuple[bool, float, list[str]]]]:
        places: set[str] = set()
        for path in self.paths:
            module = module_of(path)
            vars(module)["_reached"] = places.add
            for decision in decisions(ast.parse(Path(path).read_text())):
                if isinstance(decision, ast.FunctionDef):
                    decision.body[:0] = ast.parse(f"_reached({f'{path}:{decision.name}'!r})").body
                    become(decision, module)
        results = []
        for number in share:
            places.clear()
            before = time.process_time()
            passed = self._passes(number)
            results.append((number, (passed, time.process_time() - before, sorted(places))))
        return results

    def _passes(self, number: int) -> bool:
        # Whatever comes next, the session alone stays set up.
        item = self.items[number]
        reports = runtestprotocol(item, log=False, nextitem=item.session)
        return not any(report.failed for report in reports)

    def _survivors(self, mutants: list[Mutant]) -> list[Mutant]:
        survivors: list[Mutant] = []
        works = [lambda one=mutant: self._survives(one) for mutant in mutants]
        for done, (number, lives) in enumerate(forked(works, self.at_once), start=1):
            if done % 25 == 0:
                print(f"{done} of {len(mutants)} mutants, {len(survivors)} survived", flush=True)
            if lives:
                one = mutants[number]
                survivors.append(one)
                print(f"{one.path}:{one.line}: {one.source}\n    {one.change} ({lives})", flush=True)
        return survivors

    def _survives(self, mutant: Mutant) -> str:
        """Empty when a test fails, or when the module cannot even be read; else how many tests passed."""
        numbers = self._tests_of(mutant)
        patience = PATIENCE * sum(self.seconds[number] for number in numbers) + MORE
        signal.setitimer(signal.ITIMER_PROF, patience)
        try:
            become(mutant.statement, module_of(mutant.path))
        except Exception:  # noqa: BLE001 - whatever a wrong module raises, no site starts with it
            return ""
        if not all(map(self._passes, numbers)):
            return ""
        return f"{len(numbers)} tests pass" if numbers else "no test reaches it"

    def _tests_of(self, mutant: Mutant) -> list[int]:
        """Those that reach the rule, its own house first, then the quick ones.

        For a named value: those that reach a rule that names it, and where no rule does, all of its house.
        """
        house = Path(mutant.path.split("/rules")[0]).resolve()
        at_home = {number for number, item in enumerate(self.items) if house in item.path.parents}
        rules = _rules_with(mutant)
        numbers = set().union(*(self.reached[f"{mutant.path}:{name}"] for name in rules))
        if not rules:
            numbers = at_home & self.seconds.keys()
        return sorted(numbers, key=lambda number: (number not in at_home, self.seconds[number]))


def _rules_with(mutant: Mutant) -> list[str]:
    """The rule that changes, or those that name the value that changes."""
    if isinstance(mutant.statement, ast.FunctionDef):
        return [mutant.statement.name]
    names = {node.id for node in ast.walk(mutant.statement) if isinstance(node, ast.Name)}
    rules = [
        decision
        for decision in decisions(ast.parse(Path(mutant.path).read_text()))
        if isinstance(decision, ast.FunctionDef)
    ]
    return [rule.name for rule in rules if any(getattr(node, "id", "") in names for node in ast.walk(rule))]


def every_path() -> list[str]:
    return sorted(
        {str(path) for pattern in RULES for path in Path().glob(pattern) if "tests" not in path.parts}
    )


def main() -> int:
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--rules", nargs="*", help="files, else those of every house")
    asked.add_argument("--tests", nargs="*", default=TESTS)
    asked.add_argument("--house", default="", help="the rules of this house, by its tests and its pages")
    asked.add_argument("--at-once", type=int, default=2)
    options = asked.parse_args()
    rules = options.rules or [
        path for path in every_path() if f"/{options.house}/" in path or not options.house
    ]
    plugin = Mutations(rules, options.at_once)
    quiet = ["-qq", "-s", "--tb=no", "-m", "not journey and not net"]
    house = ["--house", options.house] if options.house else []
    return int(pytest.main([*quiet, *house, *options.tests], plugins=[plugin]))


if __name__ == "__main__":
    sys.exit(main())
