"""What a house says of the files that it takes in: which, who decides, how they are read and written, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from preau.foundation import uploads
from preau.foundation.importers.rows import APPLYING, MATCHING, PREVIEW, READING, RECEIVED, WAITING

ROUTES = {
    "home": "imports", "bring": "imports", "one": "import", "part": "import_part", "columns": "import_columns",
    "apply": "apply_import", "drop": "drop_import", "csv": "import_csv", "json": "import_json",
}  # fmt: skip
LIMITS = uploads.Limits()
# How far a task is: a step in words, so many done, out of so many.
Tell = Callable[[str, int, int], None]
Keep = Callable[[Any, Path], tuple[str, list[str]]]


@dataclass(frozen=True)
class Outcome:
    """What a reading gives, for somebody to decide: see `ImportRow` for the report and the preview.

    `state`: PREVIEW; MATCHING when somebody is to say what columns hold; BLOCKED when a second person is to approve.
    `fields`: what else the row keeps of it.
    """

    report: Mapping[str, Any]
    preview: Mapping[str, Any]
    state: str = PREVIEW
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """The sentences in which one import differs from another (its noun, its gender): lazy texts."""

    # Its work, and its step while another one is at work.
    reading: Any
    applying: Any
    busy: Any
    # Why it is refused: its files are gone; its tasks came to no end.
    vanished: Any
    lost: Any
    # What a gesture is answered.
    already: Any
    received: Any
    agreed: Any
    dropped: Any
    moved_on: Any
    named: Any
    # Its page: `%(day)s`, in a title and in the middle of a sentence; `%(hour)s` and `%(name)s`; the list it comes from.
    title: Any
    title_within: Any
    subtitle: Any
    back: Any
    being_read: Any
    refused: Any
    unchanged: Any
    given_up: Any
    bring_again: Any
    report: Any
    ended: Any
    # The table of what was set aside: what a line is, and where it stands.
    line: Any
    places: Any
    # To give it up: the question, what becomes of it, the button.
    drop_title: Any
    drop_text: Any
    drop_button: Any
    # Before another is brought: that there is one, what to do, the link.
    open_title: Any
    open_text: Any
    open_link: Any
    # Saying what columns hold.
    columns_text: Any
    columns_button: Any


@dataclass(frozen=True)
class Section:
    """One list of a preview or of a report: the part of its address, the key under which its rows are, its words."""

    slug: str
    name: str
    title: Any
    text: Any


@dataclass(frozen=True, kw_only=True)
class Importer:
    """One kind of import. `key` names it on the board, and before its verbs (« timetable.import_ » → « timetable.import_brought »).

    `read(row, paths, tell)` compares and writes nothing; it raises `Unreadable` for files that cannot be trusted.
    `apply(row, paths, tell, settle)` writes: it calls `settle(report, fingerprint, **fields)` in the transaction of what it writes,
    which raises `Differs` when the preview that was agreed to has another `print`. What it returns instead is to be decided anew.
    """

    key: str
    model: Any
    # The names of its routes: those of ROUTES in this namespace, but those that `routes` says.
    namespace: str
    # Below VAR_DIR, where the files wait; the lock under which one is read or applied at a time; the keys of its works.
    room: str
    lock: str
    works: tuple[str, str]
    read: Callable[[Any, Sequence[Path], Tell], Outcome]
    apply: Callable[..., Outcome | None]
    words: Words
    limits: uploads.Limits = LIMITS
    kinds: tuple[str, ...] = (".csv", ".xlsx")
    # Sections of the preview and of the report.
    changes: tuple[Section, ...] = ()
    notes: tuple[Section, ...] = ()
    # Tone and icon of a state in a tag, where they are not those of `pages`.
    icons: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)
    # The columns of the report in a spreadsheet, and the name under which it is kept, before its day.
    header: Sequence[Any] = ()
    file_name: str = "import"
    # What the journal says of a report; which verbs it writes beside brought, agreed and dropped.
    figures: Callable[[Mapping[str, Any]], Mapping[str, int]] = lambda _report: {}
    also_writes: frozenset[str] = frozenset()
    # Who decides, once `@opens` has let them in: looked at again on the locked row.
    may_apply: Callable[[Any, Any], bool] = lambda _viewer, row: row.state == PREVIEW
    may_drop: Callable[[Any, Any], bool] = lambda _viewer, row: row.state in {RECEIVED, READING, *WAITING}
    may_name_columns: Callable[[Any, Any], bool] = lambda _viewer, row: row.state in {MATCHING, PREVIEW}
    # Was it written by a task whose worker died just after? For whoever writes by several transactions.
    is_written: Callable[[Any], bool] = lambda _row: False
    # In the transaction in which it reaches a state, and in which it leaves one where somebody was to decide.
    reaches: Callable[[Any], None] = lambda _row: None
    leaves: Callable[[Any], None] = lambda _row: None
    # Keeps what was sent in a new folder; the files of `kinds` as they are, unless it is said.
    keep: Keep | None = None

    def folder(self) -> Path:
        """Where the files wait: shared by the pages and the worker, never served."""
        return Path(settings.VAR_DIR) / self.room

    def keep_files(self, sent: Any, room: Path) -> tuple[str, list[str]]:
        """Raises uploads.Refused with its sentence."""
        return self.keep(sent, room) if self.keep else uploads.keep_files(sent, room, self.limits, self.kinds)

    def work_of(self, pk: int, state: str) -> str:
        """The key of the work that an import of this state is at, or was at last."""
        return f"{self.works[state == APPLYING]}{pk}"

    def route(self, page: str) -> str:
        """The name of one of its routes, by the words of ROUTES."""
        return f"{self.namespace}:{self.routes.get(page, ROUTES[page])}"

    def sentences(self) -> dict[str, str]:
        """Its words, for its pages."""
        return {one.name: str(getattr(self.words, one.name)) for one in fields(self.words)}

    def url_of(self, row: Any) -> str:
        return reverse(self.route("one"), kwargs={"pk": row.pk})
