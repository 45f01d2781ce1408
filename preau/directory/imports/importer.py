"""Deliveries of a school on the board of importers: how their files are read and applied, who decides, in which words."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory import rules
from preau.directory.actions import telling
from preau.directory.actions.columns import remember_columns
from preau.directory.imports.formats import AAF, Format, tables
from preau.directory.imports.run import Result, Run, quoted
from preau.directory.imports.tables.delivery import Matching
from preau.directory.imports.tables.present import SOURCE
from preau.directory.imports.tables.shown import ROOM
from preau.directory.models import Delivery
from preau.directory.queries.deliveries import CHANGES, NOTES
from preau.directory.viewer import Viewer
from preau.foundation import uploads
from preau.foundation.importers import stages
from preau.foundation.importers.importer import Importer, Outcome, Tell, Words
from preau.foundation.importers.rows import BLOCKED, PREVIEW

# A school's own tables: at most one of each kind.
TABLES = uploads.Limits(files=3, size=20 * uploads.MEGABYTE)
# Of each sentence this many places are kept, and of each grade this many in all: « not your school » must not hide the rest.
QUOTED, KEPT, SENTENCES = 200, 1_000, 50
UNQUOTED = re.compile(r"^(?P<reason>.*) \(et (?P<more>\d+) autres\)$")


def read(delivery: Delivery, paths: Sequence[Path], tell: Tell) -> Outcome:
    """What the delivery would change in its school."""
    with closing(_run(delivery, paths, tell, dry=True)) as result:
        return _outcome(result)


def apply(
    delivery: Delivery, paths: Sequence[Path], tell: Tell, settle: Callable[..., None]
) -> Outcome | None:
    """Applied; or held back after all, when others have changed the directory since the preview."""
    with closing(_run(delivery, paths, tell, dry=False)) as result:
        if result.blocked:
            return _outcome(result)
        settle(_report_of(result))
        return None


def _run(delivery: Delivery, paths: Sequence[Path], tell: Tell, *, dry: bool) -> Result:
    today = _today(delivery)
    run = Run(
        today=today,
        dry=dry,
        own=delivery.school,
        approver=delivery.approved_by,
        delivery=None if dry else delivery,
        tell=Teller(tell),
        reads=_format_of(delivery, today),
    )
    return run.bring(paths)


def _format_of(delivery: Delivery, today: date) -> Format:
    if delivery.source == SOURCE and delivery.school:
        return tables(delivery.school, Matching(**delivery.matching or {}), today)
    return AAF


def _today(delivery: Delivery) -> date:
    return timezone.localdate(timezone=ZoneInfo(delivery.school.timezone) if delivery.school else None)


class Teller:
    """Tells the progress once a second at most, and each new step."""

    def __init__(self, tell: Tell) -> None:
        self.tell, self.step, self.next = tell, "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.step and now < self.next:
            return
        self.step, self.next = step, now + 1
        if step == gettext("Lecture"):
            self.tell(gettext("Lecture des fichiers"), done, total)
        else:
            self.tell(gettext("Comparaison avec l’annuaire"), 0, 0)


def _outcome(result: Result) -> Outcome:
    """What would change, with names: kept until it is applied or dropped."""
    preview = {"counts": result.counts, "lines": result.lines}
    state = BLOCKED if result.blocked else PREVIEW
    return Outcome(_report_of(result), preview, state, {"approved_by": None})


def _report_of(result: Result) -> dict[str, Any]:
    """The report without any name: counts, each sentence with its number, and places of each, the rarest first."""
    report = result.summary() | {"sentences": {}, "totals": {}}
    for grade, name in (("quarantined", "quarantined"), ("warning", "warnings")):
        kept, seen = _quoted(result, grade)
        report[name] = sorted(kept, key=lambda note: seen[note["reason"]])
        report["sentences"][name] = [list(pair) for pair in seen.most_common(SENTENCES)]
        report["totals"][name] = seen.total()
    return report


def _quoted(result: Result, grade: str) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The places that are kept, and how many each sentence has."""
    kept: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    for note in result.spool.notes(grade):
        unquoted = None if note.file else UNQUOTED.match(note.reason)
        if unquoted:
            seen[unquoted["reason"]] += int(unquoted["more"])
            continue
        seen[note.reason] += 1
        if seen[note.reason] <= QUOTED and len(kept) < KEPT:
            kept.append(quoted(note))
    return kept, seen


def name_columns(
    viewer: Viewer, delivery: Delivery, columns: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """What each column holds is remembered, and the tables are read with it. Raises MovedOn."""

    def remember(known: Delivery) -> dict[str, Any]:
        for table, pairs in columns.items():
            remember_columns(known.school, table, pairs)
        keys = {table: [key for _title, key in pairs] for table, pairs in columns.items()}
        return {"matching": (known.matching or {}) | {"columns": keys}}

    stages.read_again(DELIVERIES, viewer, delivery, "directory.columns_named", remember)


DELIVERIES = Importer(
    key="directory.delivery",
    model=Delivery,
    namespace="directory",
    routes={
        "home": "deliveries",
        "bring": "bring",
        "one": "delivery",
        "part": "delivery_part",
        "columns": "columns",
        "apply": "apply",
        "drop": "drop",
        "csv": "report_csv",
        "json": "report_json",
    },
    room=ROOM,
    lock="delivery",
    works=("directory.read-", "directory.apply-"),
    read=read,
    apply=apply,
    keep=lambda sent, room: uploads.keep_xml(sent, room, uploads.Limits()),
    changes=CHANGES,
    notes=NOTES,
    header=(_("Nature"), _("Fichier"), _("Ligne"), _("Clé"), _("Texte"), _("Nombre")),
    file_name="livraison",
    figures=lambda report: {name: int(report.get(name) or 0) for name in ("created", "changed", "ended")},
    also_writes=frozenset({"expired"}),
    may_apply=rules.may_apply,
    may_drop=rules.may_drop,
    may_name_columns=rules.may_name_columns,
    # One school is one transaction: its share says whether it was written.
    is_written=lambda delivery: delivery.shares.exists(),
    reaches=telling.tell,
    leaves=telling.settle_decisions,
    words=Words(
        reading=_("Lecture d’une livraison"),
        applying=_("Application d’une livraison"),
        busy=_("En attente : une autre livraison est en cours"),
        vanished=_("Les fichiers ne sont plus là : déposez-les de nouveau."),
        lost=_(
            "Le travail n’a pas abouti. Déposez les fichiers de nouveau ; si cela recommence, prévenez l’exploitant."
        ),
        already=_("Une livraison est déjà en cours : la voici. Vos nouveaux fichiers ne sont pas pris."),
        agreed=_("C’est parti : la livraison s’applique."),
        dropped=_("La livraison est abandonnée, ses fichiers sont effacés. L’annuaire n’a pas changé."),
        moved_on=_("La livraison a avancé entre-temps : voici où elle en est."),
        named=_("Vos tableaux sont lus. Rien ne change avant que vous l’ayez décidé."),
        title=_("Livraison du %(day)s"),
        title_within=_("livraison du %(day)s"),
        subtitle=_("Déposée à %(hour)s par %(name)s"),
        back=_("Annuaire"),
        being_read=_("En train d’être lue"),
        refused=_("La livraison n’a pas pu être prise"),
        unchanged=_("Rien n’a changé dans l’annuaire, et les fichiers sont effacés."),
        given_up=_(
            "La livraison a été abandonnée, ou est restée sept jours sans décision. Ses fichiers sont effacés."
        ),
        bring_again=_("Envoyer les fichiers officiels"),
        report=_("Nombres, fichiers, lignes et raisons ; aucun nom."),
        ended=_("Terminée"),
        line=_("Lignes"),
        places=_("Premiers endroits"),
        drop_title=_("Abandonner cette livraison ?"),
        drop_text=_("Les fichiers déposés sont effacés. L’annuaire ne change pas."),
        drop_button=_("Abandonner la livraison"),
        open_title=_("Une livraison est déjà en cours"),
        open_text=_(
            "Un établissement traite une livraison à la fois. Appliquez celle-ci ou abandonnez-la, puis revenez."
        ),
        open_link=_("Voir la livraison en cours"),
        columns_text=_("Préau propose ce qu’il reconnaît : vérifiez, complétez, et laissez le reste."),
        columns_button=_("Lire ces tableaux"),
    ),
)
