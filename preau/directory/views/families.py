"""What a judge decided about a guardian: noted, changed, taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory import rules
from preau.directory.actions import families
from preau.directory.forms.families import RulingForm
from preau.directory.models import Guardianship
from preau.directory.words import Authority, Kinship
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, status_of


@opens(Guardianship, to=rules.keeps_family)
@require_http_methods(["GET", "POST"])
def guardianship(request: HttpRequest, guardianship: Guardianship) -> HttpResponse:
    """The link between a guardian and a pupil, and what a judge decided of it."""
    form, status = RulingForm(request.viewer, guardianship, request.POST or None), 200
    if form.is_valid():
        try:
            families.rule(request.viewer, guardianship, form.typed(), form.cleaned_data["avant"])
        except families.MovedOn:
            guardianship.refresh_from_db()
            status = CONFLICT
            # What was typed stays; what is noted now is what is seen from here on.
            form.data = form.data | {"avant": families.mark_of(guardianship)}
        else:
            messages.success(request, _("La décision est notée."))
            return redirect("directory:person", public_id=guardianship.pupil.public_id)
    if request.method == "GET":
        journal.record_read(
            request.viewer, "directory.person_read", guardianship.pupil, subject_id=guardianship.pupil_id
        )
    context = {
        "form": form,
        "link": guardianship,
        "moved": status == CONFLICT,
        "kinship": Kinship(guardianship.kinship).label,
        "authority": Authority(guardianship.authority).label,
        "mark": families.mark_of(guardianship),
    }
    return render(request, "directory/guardianship.html", context, status=status_of(form, status))


@opens(Guardianship, to=rules.keeps_family)
@require_POST
def lift_ruling(request: HttpRequest, guardianship: Guardianship) -> HttpResponseRedirect:
    """Take the decision back: the files say again what the link is."""
    try:
        if guardianship.ruled_on:
            families.lift(request.viewer, guardianship, request.POST.get("avant", ""))
            messages.success(request, _("La décision est retirée."))
        else:
            messages.info(request, _("C’était déjà fait."))
    except families.MovedOn:
        messages.error(request, _("Quelqu’un d’autre vient de changer cette décision : relisez-la."))
        return redirect("directory:guardianship", pk=guardianship.pk)
    return redirect("directory:person", public_id=guardianship.pupil.public_id)
