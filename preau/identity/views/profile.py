"""Pages of one's own profile: who I am here, how I read, my picture."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.foundation import pictures, uploads
from preau.foundation.access import opens, signed_in
from preau.foundation.fields import PictureForm
from preau.foundation.pages import render_form
from preau.identity import boards, queries, rules
from preau.identity.actions import profile as profile_actions
from preau.identity.forms import ReadingForm
from preau.identity.models import Account

SIDE = 400


@opens(to=signed_in)
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am for my schools, how I am reached, and the doors to my account."""
    return _profile(request, PictureForm())


def _profile(request: HttpRequest, form: PictureForm) -> HttpResponse:
    viewer = request.viewer
    context = {
        "person": viewer.person,
        "account": request.user,
        "seats": viewer.seats,
        "form": form,
        "may_show": rules.may_have_picture(viewer),
        "may_prove_twice": rules.may_prove_twice(viewer),
        "may_hold_keys": rules.may_hold_keys(viewer),
        "proof_day": queries.proof_asked_from(request.user, viewer.today),
        "contacts_from": queries.contacts_from(viewer.person),
        "more_links": [one for one in boards.profile_links if one.open_to is None or one.open_to(viewer)],
    }
    return render_form(request, "identity/profile.html", context)


@opens(to=signed_in, stamped=False)
@require_http_methods(["GET", "POST"])
def reading(request: HttpRequest) -> HttpResponse:
    """How I read: the same on every device where I sign in."""
    form = ReadingForm(request.POST or None, initial=request.user.preferences)
    if form.is_valid():
        profile_actions.read_as(request.viewer, form.cleaned_data)
        messages.success(request, _("Votre affichage est enregistré : il vous suit sur tous vos appareils."))
        return redirect("identity:reading")
    return render_form(request, "identity/reading.html", {"form": form})


@opens(to=rules.may_have_picture, stamped=False)
@require_POST
def take_picture(request: HttpRequest) -> HttpResponse:
    """A new picture of oneself, redrawn."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture = pictures.redrawn(form.cleaned_data["picture"], SIDE)
            profile_actions.take_picture(request.viewer, picture)
        except uploads.UploadRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            messages.success(request, _("Votre photo est enregistrée."))
            return redirect("identity:profile")
    return _profile(request, form)


@opens(to=signed_in, stamped=False)
@require_POST
def remove_picture(request: HttpRequest) -> HttpResponseRedirect:
    profile_actions.remove_picture(request.viewer)
    messages.success(request, _("Votre photo est retirée, et son fichier effacé."))
    return redirect("identity:profile")


@opens(Person, to=rules.sees_picture, by="public_id")
@require_safe
def picture(request: HttpRequest, person: Person) -> FileResponse:
    """The picture of somebody whom the viewer sees."""
    account = Account.objects.filter(person=person).first()
    return pictures.served(account.picture if account else None)
