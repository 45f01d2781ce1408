"""What a house says of the files that it takes in: which, who decides, how they are read and written, and in which words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.foundation import uploads
from preau.foundation.importers.rows import APPLYING, MATCHING, PREVIEW, READING, RECEIVED, WAITING

ROUTES = {
    "home": "imports",
    "bring": "imports",
    "one": "import",
    "part": "import_part",
    "columns": "import_columns",
    "apply": "apply_import",
    "drop": "drop_import",
    "csv": "import_csv",
    "json": "import_json",
}
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


class Words(NamedTuple):
    """The sentences of an import: lazy texts. Those that have a value here are said of « un import » and of its files."""

    # Its work, and its step while another one is at work.
    reading: Any
    applying: Any
    busy: Any
    # What a gesture is answered.
    already: Any
    agreed: Any
    dropped: Any
    # Its page: `%(day)s`, in a title and in the middle of a sentence.
    title: Any
    title_within: Any
    # Refused, then that nothing has changed.
    refused: Any
    unchanged: Any
    # What a line that was set aside is.
    line: Any
    # What becomes of it when it is given up; that there is one already.
    drop_text: Any
    open_title: Any
    open_text: Any = _(
        "Un établissement en traite un à la fois. Appliquez celui-ci ou abandonnez-le, puis revenez."
    )
    open_link: Any = _("Voir l’import en cours")
    received: Any = _("Vos fichiers sont reçus. Rien ne change avant que vous l’ayez décidé.")
    moved_on: Any = _("L’import a avancé entre-temps : voici où il en est.")
    named: Any = _("Vos colonnes sont notées : le tableau est lu.")
    # Why it is refused: its files are gone; its tasks came to no end.
    vanished: Any = _("Les fichiers ne sont plus là : apportez-les de nouveau.")
    lost: Any = _(
        "Le travail n’a pas abouti. Apportez les fichiers de nouveau ; si cela recommence, prévenez l’exploitant."
    )
    subtitle: Any = _("À %(hour)s par %(name)s")
    back: Any = _("Imports")
    being_read: Any = _("En train d’être lu")
    given_up: Any = _(
        "L’import a été abandonné, ou est resté sept jours sans décision. Ses fichiers sont effacés."
    )
    bring_again: Any = _("Apporter d’autres fichiers")
    report: Any = _("Nombres, fichiers, lignes et raisons ; aucun nom de personne.")
    ended: Any = _("Terminé")
    places: Any = _("Premières lignes")
    drop_title: Any = _("Abandonner cet import ?")
    drop_button: Any = _("Abandonner l’import")
    columns_text: Any = _(
        "Préau propose ce qu’il reconnaît : vérifiez, complétez, et laissez le reste. Il s’en souvient pour la prochaine fois."
    )
    columns_button: Any = _("Lire ce tableau")


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
        return {name: str(text) for name, text in self.words._asdict().items()}

    def url_of(self, row: Any) -> str:
        return reverse(self.route("one"), kwargs={"pk": row.pk})
