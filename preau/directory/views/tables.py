"""The directory of a school as files to take away."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_POST

from preau.directory import rules
from preau.directory.exports.scope import Scope
from preau.directory.exports.tables import TABLES, csv_of, file_name
from preau.foundation import journal
from preau.foundation.access import opens


@opens(to=rules.exports_directory)
@require_POST
def export(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """One table of the viewer's school, for a spreadsheet. The journal says who took it away, and how many rows."""
    table, viewer = TABLES.get(key), request.viewer
    if table is None:
        raise Http404
    rows = list(table.rows(Scope([viewer.school], viewer.today)))
    journal.record(viewer, "directory.exported", viewer.school, table=table.key, rows=len(rows))
    response = StreamingHttpResponse(csv_of(table, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(table, viewer.today)}"'
    return response
