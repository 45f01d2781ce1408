"""The directory of a school as files to take away."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_POST

from preau.directory import rules
from preau.directory.exports.scope import Scope
from preau.directory.exports.tables import TABLES, book_of, csv_of, file_name
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import as_file

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@opens(to=rules.exports_directory)
@confirmed()
@require_POST
def export(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """One table of the viewer's school, for a spreadsheet. The journal says who took it away, and how many rows."""
    table, viewer = TABLES.get(key), request.viewer
    if table is None:
        raise Http404
    rows = list(table.rows(Scope([viewer.school], viewer.today)))
    journal.record(viewer, "directory.exported", viewer.school, table=table.key, rows=len(rows))
    kind = "xlsx" if request.POST.get("forme") == "xlsx" else "csv"
    content = book_of(table, rows) if kind == "xlsx" else csv_of(table, rows)
    return as_file(
        StreamingHttpResponse(content, content_type=TYPES[kind]), file_name(table, viewer.today, kind)
    )
