"""The hours of a school; what leaves and does not, for whoever runs the platform."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.delivery import actions, queries, rules
from preau.commons.delivery.forms import SchoolHoursForm
from preau.commons.delivery.models import SchoolPolicy
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome


@opens(to=rules.runs_hours)
@require_http_methods(["GET", "POST"])
def school(request: HttpRequest) -> HttpResponse:
    """When things leave from one's school."""
    viewer = request.viewer
    policy = SchoolPolicy.objects.visible_to(viewer).filter(school=viewer.school_id).first()
    form = SchoolHoursForm(policy or SchoolPolicy(school=viewer.school), request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = actions.settle_school(viewer, form.typed())
        tell_outcome(request, changed, _("Les heures d’envoi sont enregistrées."), NOTHING_CHANGED)
        return redirect("delivery:school")
    context = {"form": form, "closed": queries.closed_next(viewer), "said": queries.said_of(viewer.school)}
    return render_form(request, "delivery/school.html", context)


@opens(to=rules.runs_carriers)
@require_safe
def carriers(request: HttpRequest) -> HttpResponse:
    """What each gateway has to carry, what it does not manage to, and for how long."""
    return render(request, "delivery/carriers.html", {"carriers": queries.carriers_at(timezone.now())})


@opens(to=rules.runs_carriers)
@require_POST
def resend(request: HttpRequest, key: str) -> HttpResponse:
    """Try again now what a gateway did not manage to carry."""
    count = queries.carrier(key).resend()
    sentence = ngettext("%(num)s envoi repart.", "%(num)s envois repartent.", count) % {"num": count}
    messages.success(request, sentence if count else _("Rien n’attendait d’être renvoyé."))
    return redirect("delivery:carriers")
