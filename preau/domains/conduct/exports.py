"""Files: incidents and the register for a spreadsheet; the slip of a punition and the letter of a sanction, as PDF."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from preau.domains.conduct.models import Incident, RegisterLine
from preau.domains.conduct.queries.incidents import rows_of
from preau.foundation import pdf
from preau.foundation.csvtext import lines

CHUNK = 500
STYLE = Path(__file__).parent / "static" / "conduct" / "letters.css"


def incidents_csv(found: "QuerySet[Incident, dict[str, Any]]") -> Iterator[str]:
    """The list as it is filtered: who is concerned, never the facts, which belong to the page."""
    header = [
        _("Jour"),
        _("Heure"),
        _("Nature"),
        _("Lieu"),
        _("Élèves concernés"),
        _("Signalé par"),
        _("État"),
    ]
    return lines(header, _incident_cells(found))


def _incident_cells(found: "QuerySet[Incident, dict[str, Any]]") -> Iterator[list[object]]:
    rows = found.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        for row in rows_of(part):
            yield [
                row.day,
                row.hour or "",
                row.kind,
                row.place,
                row.who,
                row.reporter,
                row.tag[0],
            ]


def register_csv(found: Iterable[RegisterLine]) -> Iterator[str]:
    """The register of sanctions, which names nobody."""
    header = [
        _("Prononcée le"),
        _("Sanction"),
        _("Décidée par"),
        _("Jours"),
        _("Sursis"),
        _("Faits et circonstances"),
    ]
    return lines(
        header,
        (
            [
                register_line.pronounced_on,
                register_line.get_kind_display(),
                register_line.get_authority_display(),
                register_line.days or "",
                _("oui") if register_line.is_suspended else "",
                register_line.facts,
            ]
            for register_line in found
        ),
    )


def page_of(template: str, context: dict[str, Any]) -> str:
    """What is to be printed, as a page of its own."""
    return render_to_string(template, context, using="pages")


def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers. Nothing is fetched but the font that stands here."""
    return pdf.made(page, STYLE)
