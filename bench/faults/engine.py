"""Every fault on one engine. Imported once Django is ready (`alone` sees to it)."""

import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.faults import checks, scene
from bench.faults.breaking import (
    FAULTS,
    Fault,
    kill_a_page,
    kill_the_database,
    kill_the_pages,
    kill_the_worker,
)
from bench.faults.browser import NotBack
from bench.faults.races import Races
from bench.faults.scene import Scene
from bench.faults.site import Database, Impossible, Postgresql, Site, Sqlite, small_disk

BACK = 30.0  # seconds, at most
SETTLED = 300.0  # a killed worker's task: a minute of lease, two of the letter's hold, and some
# A planted mistake is struck until it has lost something: what PostgreSQL had not yet written is a matter of moments.
TRIES = 20
HASTY_PAGES = "pages that say yes before they write"
HASTY_DATABASE = "a PostgreSQL that says yes before its disk does (synchronous_commit=off)"
LIE = "a line of the ledger that nobody ever wrote"


@dataclass
class Row:
    """One line of the report: a fault on an engine, over its runs."""

    fault: str
    label: str
    engine: str
    runs: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    broken: int = 0
    replayed: int = 0
    changed_by_replay: int = 0
    slowest_back: float = 0.0
    unanswered: int = 0
    refused_kindly: int = 0
    letters: int = 0
    letters_twice: int = 0
    skipped: str = ""
    words: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        bad = self.lost or self.doubled or self.broken or self.changed_by_replay or self.words
        # Where nobody wrote, nothing could be lost.
        return bool(self.skipped) or not (bad or self.slowest_back > BACK or not self.acknowledged)


class Bench:
    """A folder, an engine and its template: each fault starts from the same schools."""

    def __init__(self, database: Database) -> None:
        self.database, self.folder = database, database.folder.parent
        self.place, self.template = database.folder, self.folder / "template"

    def plant(self) -> None:
        self.database.prepare()
        self.database.start()
        scene.plant()
        checks.start_afresh()
        self.database.stop()
        shutil.move(self.place, self.template)

    @contextmanager
    def site(
        self, settings: str = "preau.settings", disk: int = 0, postgresql: Sequence[str] = ()
    ) -> Iterator[Site]:
        """The schools as they were planted, on a small disk if asked, with pages and worker running."""
        with ExitStack() as stack:
            if disk:
                stack.enter_context(small_disk(self.place, disk))
            self.place.mkdir(exist_ok=True)
            stack.callback(shutil.rmtree, self.place, ignore_errors=True)
            subprocess.run(["cp", "-a", f"{self.template}/.", str(self.place)], check=True)
            if isinstance(self.database, Postgresql):
                self.database.settings = list(postgresql)
            self.database.start()
            stack.callback(self.database.stop)
            stack.callback(checks.start_afresh)
            site = Site(self.folder, self.database, settings)
            site.start()
            stack.callback(site.stop)
            try:
                yield site
            except NotBack:
                print(f"What the site wrote last:\n{site.told()}")
                raise


def run(bench: Bench, fault: Fault, runs: int) -> Row:
    """Strike again and again while people write; look at the ledger after each time, and stop at the first loss."""
    row = Row(fault.key, fault.label, bench.database.name)
    try:
        if fault.strike is kill_the_database and isinstance(bench.database, Sqlite):
            bench.database.kill()
        with bench.site(disk=fault.disk.get(bench.database.name, 0)) as site:
            school = Scene(site.address)
            while row.runs < runs and not row.lost:
                strike_once(site, school, fault, row)
            if fault.letters:
                wait_for_letters(row)
    except Impossible as reason:
        row.skipped = str(reason)
    return row


def strike_once(site: Site, school: Scene, fault: Fault, row: Row) -> Row:
    """Everyone writes, it strikes, everyone goes on until they have been answered; then nobody moves, and we look."""
    for person in school.people:
        person.start()
    time.sleep(school.rest().total_seconds())
    struck = fault.strike(site)
    back = _wait_for_everyone(school, struck)
    for person in school.people:
        person.stop()
    for person in school.people:
        person.join()
    row.runs += 1
    row.slowest_back = max(row.slowest_back, back)
    look(school, row)
    before = checks.fingerprint()
    row.replayed += school.ledger.replay()
    after = checks.fingerprint()
    changed = sorted(name for name in {*before, *after} if after.get(name) != before.get(name))
    if changed:
        row.changed_by_replay += 1
        row.words.append(f"forms sent again changed: {', '.join(changed)}")
    return row


def _wait_for_everyone(school: Scene, struck: float) -> float:
    """How long until each of them had an answer to something asked after the fault; at most twice what is allowed."""
    names = {person.name for person in school.people}
    while time.monotonic() < struck + 2 * BACK:
        back = school.watch.back_after(struck, names)
        if back is not None:
            time.sleep(0.3)
            return back
        time.sleep(0.1)
    return 2 * BACK


def look(school: Scene, row: Row) -> None:
    found = checks.look(school.ledger.promised())
    row.acknowledged = found.acknowledged - school.ledger.begun
    row.lost, row.doubled, row.broken = (
        row.lost + found.lost,
        row.doubled + found.doubled,
        row.broken + found.broken,
    )
    row.unanswered, row.refused_kindly = (school.watch.statuses[what] for what in ("no answer", "503"))
    wrong = [*found.words, *school.ledger.surprises, *sorted(set(school.watch.wrong))]
    row.words += [words for words in wrong if words not in row.words]


def wait_for_letters(row: Row) -> None:
    """A letter lost is a write lost; one sent twice is allowed, and counted: its worker died between sending and noting."""
    until = time.monotonic() + SETTLED
    while checks.unfinished() and time.monotonic() < until:
        time.sleep(1)
    found = checks.letters()
    row.letters, row.letters_twice = found.acknowledged, found.doubled
    row.lost, row.broken = row.lost + found.lost, row.broken + found.broken
    if found.lost or found.broken:
        row.words += found.words


def race(bench: Bench, runs: int) -> Row:
    """Two writers on one row: rolls, corrections, explanations."""
    row = Row("race", "two writers on one row, at the same moment", bench.database.name)
    with bench.site() as site:
        school = Scene(site.address)
        races = Races(school)
        while row.runs < runs and not school.ledger.surprises:
            races.run()
            row.runs += 1
        look(school, row)
    return row


def planted(bench: Bench) -> dict[str, int]:
    """Mistakes made on purpose, and how many losses were found of each: none found is a harness that sees nothing."""
    by_key = {fault.key: fault for fault in FAULTS}
    found = {HASTY_PAGES: _losses(bench, by_key["pages"], settings="bench.faults.broken")}
    if isinstance(bench.database, Postgresql):
        hasty = ["synchronous_commit=off", "wal_writer_delay=10s"]
        found[HASTY_DATABASE] = _losses(bench, by_key["database"], postgresql=hasty)
    with bench.site() as site:
        found[LIE] = _losses_of_a_lie(Scene(site.address))
    return found


def _losses(bench: Bench, fault: Fault, **broken: Any) -> int:
    """What is lost on a site with that mistake, struck a few times."""
    with bench.site(**broken) as site:
        row = Row(fault.key, fault.label, bench.database.name)
        while row.runs < TRIES and not row.lost:
            strike_once(site, Scene(site.address), fault, row)
    return row.lost


def _losses_of_a_lie(school: Scene) -> int:
    key = next(key for key in school.ledger.promised() if key[0] == "entry")
    school.ledger.acknowledged(key, ("late", 599))
    return checks.look(school.ledger.promised()).lost


def every_fault(database: Database, runs: int, only: Iterable[str]) -> dict[str, Any]:
    """Plant, break, tell: the rows of the report, and what was found of the planted mistakes."""
    bench = Bench(database)
    bench.plant()
    rows = [say(run(bench, fault, runs)) for fault in FAULTS if not only or fault.key in only]
    if not only or "race" in only:
        rows.append(say(race(bench, runs)))
    losses = planted(bench) if not only or "planted" in only else {}
    for mistake, lost in losses.items():
        print(f"{database.name}, planted: {mistake}: {lost} losses found", flush=True)
    return results_of(database, rows, losses)


def once_each(database: Database) -> dict[str, Any]:
    """For a look of minutes: each kill of a process once, and one lie in the ledger, on one site."""
    bench = Bench(database)
    bench.plant()
    with bench.site() as site:
        school = Scene(site.address)
        kills = [fault for fault in FAULTS if fault.strike in {kill_a_page, kill_the_pages, kill_the_worker}]
        rows = [
            say(strike_once(site, school, fault, Row(fault.key, fault.label, database.name)))
            for fault in kills
        ]
        lie = {LIE: _losses_of_a_lie(school)}
    return results_of(database, rows, lie)


def results_of(database: Database, rows: list[Row], losses: dict[str, int]) -> dict[str, Any]:
    sound = all(row.sound for row in rows) and all(losses.values())
    return {"engine": database.name, "rows": [asdict(row) for row in rows], "planted": losses, "sound": sound}


def say(row: Row) -> Row:
    """One line on the terminal, and each thing found wrong."""
    facts = (
        f"{row.runs} runs, {row.acknowledged} writes acknowledged, {row.lost} lost, {row.doubled} doubled, "
        f"{row.broken} half visible, {row.replayed} forms sent again changed {row.changed_by_replay}; "
        f"back in {row.slowest_back:.1f} s at most"
    )
    print(f"{row.engine}, {row.label}: {row.skipped or facts}", flush=True)
    for words in row.words[:12]:
        print(f"    {words}", flush=True)
    return row
