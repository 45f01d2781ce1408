"""What a family follows of its own children, and the slip that it keeps."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Person
from preau.domains.conduct import exports, rules
from preau.domains.conduct.actions import punitions as actions
from preau.domains.conduct.actions import telling
from preau.domains.conduct.models import Punition
from preau.domains.conduct.queries import punitions, sanctions
from preau.foundation import pdf
from preau.foundation.access import opens
from preau.foundation.downloads import pdf_file
from preau.foundation.pages import tell_outcome


@opens(to=rules.follows_own)
@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """What the school has told of one's children: facts, punitions, procedures and sanctions."""
    viewer = request.viewer
    children = list(Person.objects.filter(pk__in=viewer.own_pupils())) if viewer.is_guardian else []
    child = next((child for child in children if child.public_id == request.GET.get("enfant")), None)
    found = sanctions.followed_by(viewer, child.pk if child else None)
    # Read here, read in the bell: and whoever gave the punition knows that it was opened.
    telling.punitions_opened(viewer.person.pk, [row.pk for row in found.punitions if row.is_running])
    context = {
        "acknowledges": rules.acknowledges(viewer),
        "found": found,
        "children": children,
        "child": child,
        "several": viewer.follows_several,
        "today": viewer.today,
    }
    return render(request, "conduct/followed.html", context)


@opens(Punition, to=rules.acknowledges)
@require_POST
def acknowledge(request: HttpRequest, punition: Punition) -> HttpResponseRedirect:
    """« J’ai vu »."""
    tell_outcome(
        request,
        actions.acknowledge(request.viewer, punition),
        _("C’est noté : l’établissement sait que vous l’avez vue."),
        _("C’était déjà noté, ou ce n’est plus demandé."),
    )
    return redirect("conduct:followed")


def printed(template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """A PDF, or the page to print where the machine makes none."""
    page = exports.page_of(template, context)
    if not pdf.is_possible():
        return HttpResponse(page)
    return pdf_file(name, exports.pdf_of(page))


@opens(Punition, to=rules.reads_slip)
@require_safe
def slip(request: HttpRequest, punition: Punition) -> HttpResponse:
    """The slip of a punition, for the family and for whoever gave it."""
    punition = punitions.whole_punition(punition.pk)
    context = {"punition": punition, "detentions": punitions.detentions_of(punition)}
    return printed("conduct/slip_pdf.html", context, f"punition-{punition.pk}")
