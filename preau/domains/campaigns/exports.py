"""The letters of a campaign, for windowed envelopes; its sendings, for a spreadsheet."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.campaigns.models import Sending
from preau.domains.campaigns.queries.history import sending_rows
from preau.domains.campaigns.queries.sheets import Sheet
from preau.foundation import dates, pdf
from preau.foundation.csvtext import lines

STYLE = Path(__file__).parent / "static" / "campaigns" / "letters.css"
CHUNK = 500


def letters_pdf(viewer: Viewer, sheets: Sequence[Sheet]) -> bytes:
    """One letter a sheet, the address where the window of the envelope is."""
    context = {"sheets": sheets, "school": viewer.school, "today": dates.plain_day(viewer.today)}
    return pdf.made(render_to_string("campaigns/letters_pdf.html", context, using="pages"), STYLE)


def sendings_csv(found: "QuerySet[Sending]") -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised."""
    header = [
        _("Élève"),
        _("Destinataire"),
        _("Voie"),
        _("Adresse ou numéro"),
        _("État"),
        _("Raison"),
        _("Quand"),
    ]
    return lines(header, _cells(found))


def _cells(found: "QuerySet[Sending]") -> Iterator[list[object]]:
    rows = found.iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        for row in sending_rows(part):
            yield [
                row.pupil,
                row.person,
                row.channel,
                row.to,
                row.word,
                row.reason,
                row.when,
            ]
