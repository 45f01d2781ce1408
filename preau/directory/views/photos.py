"""Photos of pupils: the faces of a class, the answer of a family, the photo that somebody puts."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import photos as actions
from preau.directory.forms.photos import ConsentForm
from preau.directory.models import Group, Person
from preau.directory.queries import photos as queries
from preau.directory.queries.groups import pupils_of
from preau.directory.rules import photos as rules
from preau.foundation import pictures, uploads
from preau.foundation.access import opens
from preau.foundation.fields import PictureForm
from preau.foundation.pages import CONFLICT, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, SIDE = 60, 600


@opens(Group, to=rules.sees_faces)
@require_safe
def faces(request: HttpRequest, group: Group) -> HttpResponse:
    """The pupils of a class or a group: a photo where it is allowed, else initials and the reason."""
    viewer = request.viewer
    page = page_for(request, pupils_of(viewer, group), A_PAGE)
    shown, somebody_to_ask = queries.faces_of(viewer, group, page.object_list)
    keeps = rules.keeps_photos(viewer)
    context = {
        "group": group,
        "page_obj": page,
        "faces": shown,
        "State": queries.State,
        "keeps": keeps,
        "may_ask": keeps and somebody_to_ask,
    }
    return render(request, "directory/faces.html", context)


@opens(Group, to=rules.keeps_photos)
@require_POST
def ask(request: HttpRequest, group: Group) -> HttpResponseRedirect:
    """Ask the pupils and the families of this class who were not asked yet."""
    count = actions.ask(request.viewer, group)
    if count:
        sentence = ngettext(
            "L’accord est demandé à %(num)s personne.", "L’accord est demandé à %(num)s personnes.", count
        )
        messages.success(request, sentence % {"num": count})
    else:
        messages.info(request, _("L’accord était déjà demandé à chacun."))
    return redirect("directory:faces", pk=group.pk)


@opens(Person, to=rules.answers_for_photo, by="public_id")
@require_http_methods(["GET", "POST"])
def photo_consent(request: HttpRequest, person: Person) -> HttpResponse:
    """D’accord, ou pas: the pupil and each guardian for themselves, and a change of mind at any moment."""
    viewer = request.viewer
    asked = queries.asked_of(viewer, person)
    form = ConsentForm(asked.answer, request.POST or None)
    if form.is_valid() and asked.schools:
        agrees = form.cleaned_data["answer"] == actions.Answer.YES
        if not actions.answer(viewer, person, agrees=agrees):
            messages.info(request, _("C’était déjà votre réponse."))
        elif agrees:
            messages.success(
                request, _("Votre accord est enregistré. Vous pouvez le retirer ici à tout moment.")
            )
        else:
            messages.success(
                request, _("Votre désaccord est enregistré : aucune photo n’est gardée ni montrée.")
            )
        return redirect("directory:photo_consent", public_id=person.public_id)
    context = {"person": person, "asked": asked, "form": form, "is_own": viewer.person.pk == person.pk}
    return render_form(request, "directory/photo_consent.html", context)


@opens(Person, to=rules.keeps_photo_of, by="public_id")
@require_http_methods(["GET", "POST"])
def pupil_photo(request: HttpRequest, person: Person) -> HttpResponse:
    """Put the photo of a pupil who agrees, whose family does."""
    viewer, refused = request.viewer, False
    form = PictureForm(request.POST, request.FILES) if request.method == "POST" else PictureForm()
    if form.is_valid():
        try:
            actions.put_photo(viewer, person, pictures.redrawn(form.cleaned_data["picture"], SIDE))
        except uploads.UploadRefused as refusal:
            form.add_error("picture", str(refusal))
        except actions.NotAllowed:
            refused = True
        else:
            messages.success(request, _("La photo est enregistrée."))
            return redirect("directory:pupil_photo", public_id=person.public_id)
    year = viewer.year
    context = {
        "person": person,
        "form": form,
        "photo": queries.photo_shown(viewer, person),
        "may_put": bool(queries.allowed([person], year.pk if year else None, viewer.today)),
        "needs_guardian": rules.needs_guardian(person, viewer.today),
    }
    status = status_of(form, CONFLICT if refused else 200)
    return render(request, "directory/pupil_photo.html", context, status=status)


@opens(Person, to=rules.keeps_photo_of, by="public_id")
@require_POST
def remove_photo(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """Erase the photo; the agreement stays."""
    tell_outcome(request, actions.remove_photo(request.viewer, person), _("La photo est effacée."))
    return redirect("directory:pupil_photo", public_id=person.public_id)


@opens(Person, to=rules.sees_photo, by="public_id")
@require_safe
def photo(request: HttpRequest, person: Person) -> FileResponse:
    """The photo of a pupil, as long as those who must agree do."""
    found = queries.photo_shown(request.viewer, person)
    if found is None:
        raise Http404
    return pictures.served(found.picture)
