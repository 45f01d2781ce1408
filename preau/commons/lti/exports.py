"""The results of an activity, for a spreadsheet."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from preau.commons.lti.queries.activities import PupilRow
from preau.foundation import csvtext


def csv_of(rows: Iterable[PupilRow]) -> Iterator[str]:
    """A line for each pupil and each result; a pupil of whom nothing was said has a line too."""
    header = [_("Élève"), _("Résultat"), _("Note"), _("État"), _("Remarque du service"), _("Le")]
    return csvtext.lines(header, _lines(rows))


def _lines(rows: Iterable[PupilRow]) -> Iterator[list[object]]:
    for row in rows:
        if not row.results:
            yield [row.pupil.list_name, "", "", "", "", ""]
        for result in row.results:
            yield [
                row.pupil.list_name,
                result.label,
                result.said,
                result.state,
                result.comment,
                result.moment,
            ]
