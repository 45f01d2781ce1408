"""The indexes of this machine: built from the database, caught up when the catalogue changes, exchanged whole.

Each web node has its own, in `VAR_DIR/catalogue`. `Edition` says what the catalogue is; a file beside the index says
what the index holds. One process builds at a time; the others go on with what they have. A house above may keep another
one, of its own rows (`Shape`): it is held, caught up and exchanged by the same code, and follows the same `Edition`.
"""

import fcntl
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Prefetch

from preau.domains.catalogue.models import Edition, Node, Resource
from preau.domains.catalogue.models.resources import Type, label_of
from preau.domains.catalogue.queries.engine import FACETS, FORM, Doc, Engine

log = structlog.get_logger(__name__)
# As many as a page can wait for, and read in one step: past it, another thread builds while the former index answers.
AT_ONCE = 500
# Past this share of the catalogue, writing anew is quicker than putting in place of.
A_LOT = 0.2
CHUNK = 500
DURATIONS = ((10, "10"), (20, "20"), (45, "45"))
LONG = "plus"


class BeingBuilt(Exception):
    """This machine has no index yet: somebody is building it."""


@dataclass(frozen=True)
class IndexEdition:
    """What an index holds: an edition of the catalogue."""

    number: int
    token: str


@dataclass(frozen=True)
class CatalogueEdition(IndexEdition):
    """The catalogue as it is now; `past`: the editions it has been, from which an index may be caught up."""

    past: frozenset[IndexEdition] = frozenset()

    @property
    def held(self) -> IndexEdition:
        return IndexEdition(self.number, self.token)


@dataclass(frozen=True)
class Shape:
    """What one index holds.

    `work(number)`: the rows to write since that edition, or all of them where it is None, each with whether it is shown;
    `documents`: what the engine is told of these rows; `count`: how many there are in all, about.
    """

    name: str
    form: int
    facets: Sequence[str]
    work: Callable[[int | None], Mapping[int, bool]]
    documents: Callable[[Iterable[int]], Iterator[Doc]]
    count: Callable[[], int]


class _Open:
    """The index that this process has open."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.engine: Engine | None = None
        self.held: IndexEdition | None = None
        self.builder: threading.Thread | None = None
        self.looked = 0.0


class Index:
    """One index of this machine, and what this process has open of it."""

    def __init__(self, shape: Shape) -> None:
        self.shape, self.open = shape, _Open()

    def engine(self, *, wait: bool = False, seconds: float = 0) -> Engine:
        """The index, as the catalogue is now where that takes no time, else as it was a moment ago.

        `wait`: whatever it takes. `seconds`: what this process looked at so little ago is good enough, and nothing is asked of
        the database. Raises BeingBuilt where there is nothing to answer with yet.
        """
        now = self.open
        if (
            seconds
            and now.engine
            and time.monotonic() - now.looked < seconds
            and now.engine.folder.parent == self.home()
        ):
            return now.engine
        wanted = edition()
        with now.lock:
            now.looked = time.monotonic()
            if now.engine is None or now.engine.folder != self._current() or now.held != wanted.held:
                self._take_up()
            if now.held != wanted.held:
                self._catch_up(wanted, wait=wait)
            if now.engine is None:
                raise BeingBuilt
            return now.engine

    def behind(self) -> int:
        """How many editions of the catalogue the index of this machine has not followed; all of them when there is none."""
        wanted, folder = edition(), self._current()
        held = self._held_by(folder) if folder else None
        return wanted.held.number - (held.number if held else 0)

    def build_again(self) -> str:
        """From the rows, whatever was there; a sentence for whoever restores."""
        shutil.rmtree(self.home(), ignore_errors=True)
        self.open.engine = self.open.held = None
        self.engine(wait=True)
        return f"The index '{self.shape.name}' is built: {self.shape.count()} records."

    def home(self) -> Path:
        return Path(settings.VAR_DIR) / self.shape.name

    def _current(self) -> Path | None:
        """The folder of the index in force on this machine."""
        try:
            name = (self.home() / "current").read_text()
        except FileNotFoundError:
            return None
        return self.home() / name

    def _take_up(self) -> None:
        """Open what is in force, or what another process has written in it since."""
        now, folder = self.open, self._current()
        held = self._held_by(folder) if folder else None
        if folder is None or held is None:
            now.engine = now.held = None
        elif now.engine is not None and now.engine.folder == folder:
            now.engine.reload()
            now.held = held
        else:
            try:
                now.engine, now.held = Engine(folder, self.shape.facets), held
            except ValueError:
                # tantivy's word for an index that is cut short, or of other fields than it says: another one is built.
                log.warning("catalogue_index_unreadable", index=self.shape.name)
                now.engine = now.held = None

    def _held_by(self, folder: Path) -> IndexEdition | None:
        try:
            payload = json.loads((folder / "edition.json").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return (
            IndexEdition(payload["number"], payload["token"])
            if payload.get("form") == self.shape.form
            else None
        )

    def _note(self, folder: Path, held: IndexEdition) -> None:
        payload = {"form": self.shape.form, "number": held.number, "token": held.token}
        _replace(folder / "edition.json", json.dumps(payload))

    def _catch_up(self, wanted: CatalogueEdition, *, wait: bool) -> None:
        now, todo = self.open, self._work_of(wanted)
        if wait or len(todo) <= AT_ONCE:
            with self.alone(wait=wait) as alone:
                if alone:
                    before = now.held
                    self._take_up()
                    if now.held != wanted.held:
                        self.write(wanted, todo if now.held == before else self._work_of(wanted))
                    self._take_up()
        elif now.builder is None or not now.builder.is_alive():
            now.builder = threading.Thread(target=_build_beside, args=(self, wanted), daemon=True)
            now.builder.start()

    @contextmanager
    def alone(self, *, wait: bool) -> Iterator[bool]:
        """Yield whether this is the only process that builds on this machine. A killed one leaves at once."""
        self.home().mkdir(parents=True, exist_ok=True)
        with (self.home() / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _is_behind(self, wanted: CatalogueEdition) -> bool:
        """Is what we hold an edition that this catalogue has been? Else it comes from elsewhere, or from too long ago."""
        return self.open.held in wanted.past

    def _work_of(self, wanted: CatalogueEdition) -> Mapping[int, bool]:
        """The rows to write: whether each is shown, or has been taken away."""
        held = self.open.held
        return self.shape.work(held.number if held and self._is_behind(wanted) else None)

    def write(self, wanted: CatalogueEdition, todo: Mapping[int, bool] | None = None) -> None:
        """Put in the index what changed, or build another one where that is too much."""
        todo = self._work_of(wanted) if todo is None else todo
        now = self.open.engine
        shown = [pk for pk, is_shown in todo.items() if is_shown]
        if now is None or not self._is_behind(wanted):
            self._build(wanted, shown)
        elif len(todo) > AT_ONCE and len(todo) > A_LOT * self.shape.count():
            self._build(wanted, [pk for pk, is_shown in self.shape.work(None).items() if is_shown])
        else:
            if todo:
                now.write(self.shape.documents(shown), [pk for pk, is_shown in todo.items() if not is_shown])
            self._note(now.folder, wanted)

    def _build(self, wanted: CatalogueEdition, rows: Iterable[int]) -> None:
        """Another index beside the one in force, which takes its place in one step; the former ones go."""
        folder = self.home() / f"index-{uuid4().hex}"
        written = Engine(folder, self.shape.facets).write(self.shape.documents(rows))
        self._note(folder, wanted)
        _replace(self.home() / "current", folder.name)
        for former in self.home().glob("index-*"):
            if former != folder:
                # Who has it open goes on reading it until they look again.
                shutil.rmtree(former, ignore_errors=True)
        log.info("catalogue_index_built", index=self.shape.name, records=written, edition=wanted.number)


def edition() -> CatalogueEdition:
    """What the catalogue is now, in one statement."""
    row = Edition.objects.values_list("number", "token", "past").first()
    return (
        CatalogueEdition(row[0], row[1], frozenset(IndexEdition(*one) for one in row[2]))
        if row
        else CatalogueEdition(0, "")
    )


def _replace(path: Path, text: str) -> None:
    """Written whole, or not at all."""
    beside = path.with_name(f"{path.name}.{uuid4().hex}")
    beside.write_text(text)
    os.replace(beside, path)  # noqa: PTH105 - named as what it is: atomic


def _build_beside(index: Index, wanted: CatalogueEdition) -> None:
    """In a thread of its own, with a connection of its own: the pages go on."""
    try:
        with index.alone(wait=False) as alone:
            if alone:
                index.write(wanted)
    except Exception:
        log.exception("catalogue_index_failed", index=index.shape.name)
    finally:
        connection.close()


def work(since: int | None) -> dict[int, bool]:
    """The resources to write, in one statement: whether each is published, or has been withdrawn."""
    rows = Resource.objects.order_by("pk")
    rows = rows.published() if since is None else rows.filter(edition__gt=since)
    return {pk: status == Resource.Status.PUBLISHED for pk, status in rows.values_list("pk", "status")}


def documents(pks: Iterable[int]) -> Iterator[Doc]:
    """What the engine is told of each of these resources: two statements for five hundred of them."""
    keys = list(pks)
    nodes = Prefetch("nodes", Node.objects.select_related("parent"))
    for start in range(0, len(keys), CHUNK):
        rows = Resource.objects.filter(pk__in=keys[start : start + CHUNK]).select_related(
            "institution", "collection", "outside"
        )
        for row in rows.prefetch_related(nodes):
            yield document_of(row)


def document_of(resource: Resource) -> Doc:
    levels, subjects = resource.levels, resource.subjects
    names = [name for node in (*levels, *subjects) for name in (node.label, *node.also)]
    cycles = [node.parent for node in levels if node.parent]
    return Doc(
        pk=resource.pk,
        key=resource.key,
        title=resource.title,
        abstract=resource.abstract,
        body=resource.text,
        heads=[*(node.label for node in resource.notions), *resource.keywords],
        labels=[
            *dict.fromkeys(
                [*names, label_of(Type, resource.type), resource.collection.title, *resource.authors]
            )
        ],
        facets={
            "level": [*dict.fromkeys(node.key for node in (*levels, *cycles))],
            "subject": [node.key for node in subjects],
            "type": [resource.type],
            "audience": resource.audiences,
            "licence": [resource.licence],
            "accessibility": resource.accessibility,
            "institution": [resource.institution.slug],
            "duration": [bracket(resource.duration)] if resource.duration else [],
            "access": [resource.access],
        },
        beside=" · ".join(node.label for node in (*levels, *subjects)),
        is_free=resource.is_free,
        day=resource.published.toordinal(),
        used=resource.used,
        is_here=not hasattr(resource, "outside"),
    )


def bracket(minutes: int) -> str:
    """Which of the durations that one chooses from."""
    return next((key for most, key in DURATIONS if minutes <= most), LONG)


RESOURCES = Index(Shape("catalogue", FORM, FACETS, work, documents, Resource.objects.count))
engine, _open = RESOURCES.engine, RESOURCES.open
