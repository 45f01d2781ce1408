"""Who is in the building at this minute, on paper and as a spreadsheet: what is taken out when the bell of a drill rings."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.attendance.exports.letters import STYLE
from preau.domains.attendance.queries.presence import ClassNow, Seen, Where, by_class
from preau.foundation import dates, pdf
from preau.foundation.csvtext import Line, safe

HEADER = [_("Classe"), _("Élève"), _("État"), _("Lieu"), _("À savoir")]
STATES = {
    Where.IN: _("Présent"),
    Where.UNSEEN: _("Pas encore vu"),
    Where.MISSING: _("Manque"),
    Where.OUT: _("Dehors"),
}


def _by_class(pupils: Sequence[Seen]) -> list[tuple[ClassNow, list[Seen]]]:
    return [(line, [one for one in pupils if one.group_id == line.pk]) for line in by_class(pupils)]


def presence_csv(pupils: Sequence[Seen]) -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised."""
    writer = csv.writer(Line(), delimiter=";")
    yield "\ufeff" + writer.writerow(HEADER)
    for line, found in _by_class(pupils):
        for one in found:
            cells = [line.name, one.name, str(STATES[one.where]), one.place, one.said]
            yield writer.writerow([safe(cell) for cell in cells])


def presence_pdf(viewer: Viewer, pupils: Sequence[Seen], moment: datetime) -> bytes:
    """A class after the other, those to look for first, with a box to tick."""
    order = list(Where)
    classes = [
        (line, sorted(found, key=lambda one: (order.index(one.where), one.name)))
        for line, found in _by_class(pupils)
    ]
    context = {
        "classes": classes,
        "states": STATES,
        "Where": Where,
        "school": viewer.school,
        "when": dates.day_and_hour(moment),
        "inside": sum(1 for one in pupils if one.where == Where.IN),
        "unseen": sum(1 for one in pupils if one.where == Where.UNSEEN),
    }
    return pdf.made(render_to_string("attendance/presence_pdf.html", context, using="pages"), STYLE)
