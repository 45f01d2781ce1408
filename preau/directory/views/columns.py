"""Pages of a school's own tables: bring them, say what their columns hold."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from preau.directory import rules
from preau.directory.forms.tables import TablesForm
from preau.directory.imports.importer import DELIVERIES, TABLES, name_columns
from preau.directory.imports.tables.fields import PUPILS
from preau.directory.imports.tables.present import SOURCE
from preau.directory.imports.tables.shown import check_headings, tables_of
from preau.directory.models import Delivery
from preau.directory.views.deliveries import bringing, given_by
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.importers import pages, stages
from preau.foundation.pages import render_form


@opens(to=rules.keeps_directory)
@require_http_methods(["GET", "POST"])
def bring_tables(request: HttpRequest) -> HttpResponse:
    """Bring the tables of a school, whatever wrote them."""
    form = pages.sent_form(request, TablesForm)
    if form.is_valid():
        values, sent = form.cleaned_data, form.sent()
        take = partial(
            stages.bring,
            DELIVERIES,
            request.viewer,
            sent,
            check=check_headings,
            keep=partial(uploads.keep_tables, limits=TABLES),
            source=SOURCE,
            state=Delivery.State.MATCHING,
            matching={"complete": values["reach"] == "complete", "certified": values["certified"]},
            **given_by(request.viewer),
        )
        field = next(iter(sent), PUPILS)
        if answer := pages.bring(request, DELIVERIES, form, take, field=field, then="columns"):
            return answer
    return render_form(request, "directory/bring_tables.html", bringing(request, form))


columns = pages.columns(DELIVERIES, rules.decides_on, tables_of, name_columns, "directory/columns.html")
