"""Pages of the guests of a school, and of the review of who holds more than an ordinary seat."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import guests as actions
from preau.directory.actions import reviews
from preau.directory.forms.powers import InvitationForm, LastDayForm
from preau.directory.models import AccessReview, Guest, Holding
from preau.directory.queries.guests import guest_rows, guests_of
from preau.directory.queries.reviews import access_of, access_rows
from preau.directory.rules import powers
from preau.directory.rules.powers import may_doubt, review_due_on
from preau.directory.views.powers import REVIEW
from preau.foundation import dates
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=powers.invites_guests)
@require_safe
def guests(request: HttpRequest) -> HttpResponse:
    """Who was let in from outside, and until when."""
    page = page_for(request, guests_of(request.viewer), A_PAGE)
    context = {"page_obj": page, "rows": guest_rows(request.viewer, page.object_list)}
    return render(request, "directory/guests.html", context)


@opens(to=powers.invites_guests)
@confirmed()
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Let somebody in."""
    form = InvitationForm(request.viewer, request.POST or None)
    if form.is_valid():
        try:
            guest = actions.invite(request.viewer, form.typed())
        except actions.AlreadyHere:
            form.add_error(
                "email", _("Une personne de ce nom et de ce courriel travaille déjà dans l’établissement.")
            )
        else:
            messages.success(request, _("C’est noté. Il reste à lui donner de quoi ouvrir son compte."))
            return redirect("directory:guest", pk=guest.pk)
    return render_form(request, "directory/invite.html", {"form": form})


@opens(Guest, to=powers.invites_guests)
@confirmed()
@require_http_methods(["GET", "POST"])
def guest(request: HttpRequest, guest: Guest) -> HttpResponse:
    """One guest: what is open to them and until when; another last day."""
    viewer = request.viewer
    found = guests_of(viewer).get(pk=guest.pk)
    row = guest_rows(viewer, [found])[0]
    form = LastDayForm(viewer.today, row.last_day, request.POST or None)
    if form.is_valid():
        if actions.prolong(viewer, guest, form.cleaned_data["until"]):
            day = {"day": dates.plain_day(form.cleaned_data["until"])}
            messages.success(request, _("C’est noté : l’accès s’arrête après le %(day)s.") % day)
        else:
            messages.info(request, _("Rien n’a changé."))
        return redirect("directory:guest", pk=guest.pk)
    context = {"form": form, "row": row}
    return render_form(request, "directory/guest.html", context)


@opens(Guest, to=powers.invites_guests)
@confirmed()
@require_POST
def end_guest(request: HttpRequest, guest: Guest) -> HttpResponseRedirect:
    """Show somebody out."""
    tell_outcome(
        request,
        actions.end(request.viewer, guest),
        _("C’est fait : cette personne n’entre plus, dès la prochaine page."),
    )
    return redirect("directory:review" if request.POST.get("suite") == REVIEW else "directory:guests")


# The review


@opens(to=powers.reviews_access)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Everybody who holds more than an ordinary seat, and the reviews that were done."""
    viewer = request.viewer
    page = page_for(request, access_of(viewer), A_PAGE)
    done = list(AccessReview.objects.visible_to(viewer).select_related("done_by")[:8])
    last = timezone.localdate(done[0].done_at) if done else None
    due = review_due_on(last, viewer.year)
    context = {
        "page_obj": page,
        "rows": access_rows(viewer, page.object_list),
        "done": done,
        "due": due,
        "is_late": due is not None and due <= viewer.today,
        "mark": str(done[0].pk) if done else "",
    }
    return render(request, "directory/review.html", context)


@opens(to=powers.reviews_access)
@require_POST
def finish_review(request: HttpRequest) -> HttpResponseRedirect:
    """Everybody was looked at."""
    try:
        reviews.finish(request.viewer, seen=request.POST.get("avant", ""))
    except reviews.DoneMeanwhile:
        messages.info(request, _("Une revue vient déjà d’être terminée."))
    else:
        messages.success(
            request, _("La revue est terminée. Préau vous rappelle la prochaine dans trois mois.")
        )
    return redirect("directory:review")


@opens(Holding, to=may_doubt)
@require_POST
def doubt(request: HttpRequest, holding: Holding) -> HttpResponseRedirect:
    """Note that a function of the files is wrong, or right after all."""
    if request.POST.get("state") == "juste":
        done = reviews.trust_again(request.viewer, holding)
        sentence = _("C’est retiré : cette fonction est gardée.")
    else:
        done = reviews.doubt(request.viewer, holding)
        sentence = _(
            "C’est noté : à corriger dans le fichier officiel. L’accès s’arrête quand le fichier corrigé arrive."
        )
    tell_outcome(request, done, sentence)
    return redirect("directory:review")
