"""« Fins de contrat »: a school that leaves, counted, agreed to by two operators, called off or erased."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.privacy import exports, rules
from preau.commons.privacy.actions import contracts as actions
from preau.commons.privacy.forms import LeavingForm
from preau.commons.privacy.models import SchoolErasure
from preau.commons.privacy.queries import contracts as queries
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import as_file
from preau.foundation.pages import status_of
from preau.foundation.paging import page_for

A_PAGE, PARTS = 30, 40


@opens(to=rules.ends_contracts)
@confirmed()
@require_http_methods(["GET", "POST"])
def ends(request: HttpRequest) -> HttpResponse:
    """The schools that leave or have left; a POST counts what one holds, and erases nothing."""
    form = LeavingForm(request.viewer, request.POST if request.method == "POST" else None)
    if form.is_valid():
        erasure = actions.prepare(request.viewer, form.cleaned_data["uai"])
        return redirect("privacy:contract_end", pk=erasure.pk)
    seen = SchoolErasure.objects.visible_to(request.viewer).select_related("school")
    context = {"form": form, "page_obj": page_for(request, seen, A_PAGE)}
    return render(request, "privacy/contract_ends.html", context, status=status_of(form))


@opens(SchoolErasure, to=rules.reads_contract_end)
@require_safe
def end(request: HttpRequest, erasure: SchoolErasure) -> HttpResponse:
    """One school that leaves: what goes, what stays, in numbers; what it takes away before."""
    viewer = request.viewer
    done, total = actions.progress_of(erasure)
    held, waiting = queries.obstacles_of(erasure.school, viewer.today)
    context: dict[str, Any] = {
        "erasure": erasure,
        "page_obj": page_for(request, erasure.parts.order_by("-count", "pk"), PARTS),
        "words_of": queries.words_of,
        "done": done,
        "total": total,
        "held": held,
        "waiting": waiting,
        "seen": actions.mark_of(erasure),
        "decides": rules.ends_contracts(viewer),
        "is_mine": erasure.prepared_by_id == viewer.person.pk,
        "may_read_certificate": rules.reads_certificate(viewer, erasure),
        "offers": queries.offers_of(viewer),
    }
    return render(request, "privacy/contract_end.html", context)


@opens(SchoolErasure, to=rules.ends_contracts)
@confirmed()
@require_POST
def confirm(request: HttpRequest, erasure: SchoolErasure) -> HttpResponse:
    """The second of two operators: the delay begins."""
    try:
        actions.confirm(request.viewer, erasure, request.POST.get("seen", ""))
    except actions.ErasureMovedOn:
        return _moved_on(request, erasure)
    except actions.SamePerson:
        messages.error(request, _("Vous avez préparé cette fin de contrat : un autre exploitant confirme."))
    except actions.StillHeld:
        messages.error(
            request,
            _("Rien n’a changé : l’établissement doit d’abord répondre à ce qui est écrit ci-dessous."),
        )
    else:
        messages.success(
            request, _("C’est confirmé. L’établissement est prévenu ; rien n’est encore effacé.")
        )
    return redirect("privacy:contract_end", pk=erasure.pk)


@opens(SchoolErasure, to=rules.ends_contracts)
@confirmed()
@require_POST
def call_off(request: HttpRequest, erasure: SchoolErasure) -> HttpResponse:
    """The school stays after all."""
    try:
        actions.call_off(request.viewer, erasure, request.POST.get("seen", ""))
    except actions.ErasureMovedOn:
        return _moved_on(request, erasure)
    messages.success(request, _("C’est abandonné : rien n’est effacé."))
    return redirect("privacy:contract_end", pk=erasure.pk)


def _moved_on(request: HttpRequest, erasure: SchoolErasure) -> HttpResponse:
    messages.info(
        request, _("Rien n’a changé : quelqu’un a décidé entre-temps, ou les comptes ont été refaits.")
    )
    return redirect("privacy:contract_end", pk=erasure.pk)


@opens(SchoolErasure, to=rules.reads_certificate)
@require_POST
def certificate(request: HttpRequest, erasure: SchoolErasure) -> HttpResponse:
    """What was erased, in numbers, signed."""
    content = exports.certificate_of(erasure)
    journal.write(
        journal.Line(
            "privacy.contract_certificate_taken",
            actor_id=request.viewer.person.pk,
            acting_as=request.viewer.key,
            school_id=erasure.school_id,
            target="privacy.schoolerasure",
            target_id=erasure.pk,
        )
    )
    name = f"{_('attestation')}-{erasure.school.uai}-{erasure.pk}.txt"
    return as_file(HttpResponse(content, content_type="text/plain; charset=utf-8"), name)
