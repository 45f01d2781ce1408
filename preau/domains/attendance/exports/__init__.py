"""Absences as a spreadsheet."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry
from preau.domains.attendance.queries.absences import classes_of, rows_of
from preau.domains.attendance.queries.past import rows_of_past
from preau.foundation.csvtext import Line, safe

HEADER = [_("Élève"), _("Classe"), _("Jour"), _("Heures"), _("Matière"), _("État"), _("Suite"), _("Motif")]
CHUNK = 500


def csv_of(viewer: Viewer, lines: "QuerySet[Entry, dict[str, Any]]", before: Any) -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised.

    `before`: lines of what was noted with another program, after those of Préau."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(HEADER)
    found = lines.iterator(chunk_size=CHUNK)
    while part := list(islice(found, CHUNK)):
        for row in rows_of(part, classes_of([line["pupil_id"] for line in part], viewer.today), viewer):
            cells = [
                row.list_name,
                row.group,
                row.day,
                row.hours,
                row.subject,
                row.label,
            ]
            yield writer.writerow([safe(cell) for cell in [*cells, row.tag[0], row.reason]])
    noted = before.iterator(chunk_size=CHUNK)
    while part := list(islice(noted, CHUNK)):
        for past in rows_of_past(viewer, part, classes_of([line[1] for line in part], viewer.today)):
            cells = [
                past.list_name,
                past.group,
                past.day,
                past.when,
                "",
                past.label,
            ]
            yield writer.writerow([safe(cell) for cell in [*cells, past.excused[0], past.reason]])
