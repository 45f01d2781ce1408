"""The register of processing (RGPD, article 30)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.privacy import exports, rules
from preau.commons.privacy.queries.register import register_for
from preau.commons.privacy.words import Shape
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.paging import page_for

A_PAGE = 25


@opens(to=rules.reads_register)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register of processing, as the head keeps it for the school, or the operator for whom it works."""
    found = register_for(request.viewer)
    page = page_for(request, found.activities, A_PAGE)
    return render(request, "privacy/register.html", {"register": found, "page_obj": page})


@opens(to=rules.reads_register)
@require_POST
def export_register(request: HttpRequest) -> HttpResponse:
    """The same in full, field by field: a workbook, or a page to print."""
    viewer, shape = request.viewer, Shape.of(request.POST.get("forme", ""))
    content = exports.register_file(register_for(viewer), shape, viewer.today)
    journal.record(viewer, "privacy.register_exported", viewer.school or viewer.person, shape=shape.value)
    name = f"{_('registre-des-traitements')}-{viewer.today:%Y-%m-%d}.{shape.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=shape.content_type, headers=headers)
