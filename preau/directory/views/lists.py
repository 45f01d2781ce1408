"""The list of a class or a group: to print, or for a spreadsheet."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.exports.tables import Table, book_of, csv_of
from preau.directory.forms.groups import ListForm
from preau.directory.models import Group
from preau.directory.queries import lists as queries
from preau.directory.queries.groups import pupils_of
from preau.directory.queries.lists import Column
from preau.directory.rules import groups as rules
from preau.directory.viewer import Viewer
from preau.directory.views.tables import TYPES
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import as_file
from preau.foundation.paging import page_for, query_of

# A class is far below; the choir of a large school takes a second sheet.
A_SHEET = 150


@opens(Group, to=rules.reads_pupils_of_groups)
@require_safe
def group_list(request: HttpRequest, group: Group) -> HttpResponse:
    """A list to print, with the columns that were chosen. What it says of pupils' files leaves a line in the journal."""
    viewer = request.viewer
    form = ListForm(viewer, group, request.GET)
    columns, boxes = form.chosen()
    page = page_for(request, pupils_of(viewer, group), A_SHEET)
    rows = queries.list_of(viewer, page.object_list, columns)
    if rows and queries.OF_THE_FILE & set(columns):
        journal.write(_line(viewer, group, columns))
    context = {
        "group": group,
        "form": form,
        "page_obj": page,
        "rows": rows,
        "header": [queries.LABELS[column] for column in columns],
        "columns": columns,
        "boxes": range(1, boxes + 1),
        "says_whom_to_call": Column.GUARDIANS in columns,
        "query": query_of(request),
    }
    return render(request, "directory/group_list.html", context)


@opens(Group, to=rules.reads_pupils_of_groups)
@confirmed()
@require_POST
def export_list(request: HttpRequest, group: Group) -> StreamingHttpResponse:
    """The same list for a spreadsheet. The journal says who took it away, with which columns, and how many rows."""
    viewer = request.viewer
    columns, _boxes = ListForm(viewer, group, request.POST).chosen()
    rows = list(queries.list_lines(queries.list_of(viewer, list(pupils_of(viewer, group)), columns)))
    journal.record(viewer, "directory.list_exported", group, columns=_said(columns), rows=len(rows))
    table = Table("liste", _("Liste"), queries.list_header(columns), lambda _scope: iter(rows))
    kind = "xlsx" if request.POST.get("forme") == "xlsx" else "csv"
    content = book_of(table, rows) if kind == "xlsx" else csv_of(table, rows)
    return as_file(
        StreamingHttpResponse(content, content_type=TYPES[kind]),
        f"liste-{slugify(group.name) or group.pk}-{viewer.today:%Y-%m-%d}.{kind}",
    )


def _line(viewer: Viewer, group: Group, columns: Iterable[Column]) -> journal.Line:
    """Who read the files of a class at once: one line, which names the class and no pupil (docs/decisions/0080)."""
    return journal.Line(
        verb="directory.list_read",
        actor_id=viewer.person.pk,
        acting_as=viewer.key,
        school_id=group.school_id,
        target="directory.group",
        target_id=group.pk,
        is_read=True,
        details={"columns": _said(columns)},
    )


def _said(columns: Iterable[Column]) -> str:
    return ",".join(column.value for column in columns)
