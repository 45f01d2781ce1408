"""The livrets that somebody asked for, and the list of what is wrong with one, as it was kept."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Period
from preau.directory.viewer import Viewer
from preau.domains.report_cards.livret.check import Finding, Severity
from preau.domains.report_cards.models import LivretFile
from preau.domains.report_cards.queries.livret.mending import Screens
from preau.foundation import csvtext, vault


@dataclass(frozen=True)
class ListLine:
    """A line of the list, in the order of the columns of its file."""

    severity: str
    division: str
    pupil: str
    subject: str
    teacher: str
    sentence: str
    address: str
    code: str

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def tag(self) -> tuple[str, str]:
        """In a word, and the tone of the word."""
        return (_("à corriger"), "todo") if self.is_error else (_("à regarder"), "neutral")


def header() -> list[str]:
    return [
        _("Gravité"),
        _("Classe"),
        _("Élève"),
        _("Matière"),
        _("Enseignant"),
        _("Ce qui est à faire"),
        _("Écran"),
        _("Code"),
    ]


def listed(found: Sequence[Finding], screens: Screens) -> bytes:
    """The list as a spreadsheet opens it."""
    lines = [
        ListLine(
            one.severity.value,
            one.division,
            one.pupil,
            one.subject,
            one.teacher,
            one.sentence,
            screens.address(one),
            one.code,
        )
        for one in found
    ]
    return "".join(csvtext.lines(header(), (astuple(line) for line in lines))).encode()


def lines_of(file: LivretFile | None) -> list[ListLine]:
    """The list of a livret that was made, from its file."""
    if file is None or file.listing is None:
        return []
    return list(_read(file.listing.public_id))


def _read(name: str) -> Iterator[ListLine]:
    with vault.path_of(name).open(encoding="utf-8-sig", newline="") as source:
        rows = csv.reader(source, delimiter=";")
        next(rows, None)
        for row in rows:
            if len(row) == len(fields(ListLine)):
                yield ListLine(*row)


def latest_of(viewer: Viewer, period: Period) -> LivretFile | None:
    """The last that this person asked for, of a period: one query."""
    rows = LivretFile.objects.visible_to(viewer).filter(period=period)
    found = rows.exclude(state=LivretFile.State.DROPPED).select_related("listing", "file")
    return found.order_by("-asked_at", "-pk").first()


def livret_listings(viewer: Viewer) -> "QuerySet[LivretFile, Any]":
    """The keys of the lists that this person asked for."""
    return LivretFile.objects.visible_to(viewer).filter(listing__isnull=False).values("listing_id")


def livret_documents(viewer: Viewer) -> "QuerySet[LivretFile, Any]":
    """The keys of the files that this person asked for."""
    return LivretFile.objects.visible_to(viewer).filter(file__isnull=False).values("file_id")
