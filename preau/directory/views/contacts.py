"""Pages where a guardian asks for other contact details, and where the office answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.actions import contacts
from preau.directory.forms.office import AnswerForm, ContactForm
from preau.directory.models import Address, ContactRequest
from preau.directory.rules import office as rules
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, LAST = 30, 12


@opens(to=rules.asks_contact)
@require_http_methods(["GET", "POST"])
def own_contact(request: HttpRequest) -> HttpResponse:
    """One's own telephone, e-mail and address; what was asked, and what the school answered."""
    viewer = request.viewer
    address = Address.objects.filter(person=viewer.person).first()
    form = ContactForm(viewer.person, address, request.POST or None)
    if form.is_valid():
        asked = contacts.ask(viewer, form.cleaned_data)
        tell_outcome(
            request,
            asked,
            _("C’est demandé : l’établissement vous répond ici."),
            _("Rien de nouveau à demander."),
        )
        return redirect("directory:own_contact")
    rows = ContactRequest.objects.visible_to(viewer).select_related("school").order_by("-asked_at", "-pk")
    return render_form(request, "directory/office/own_contact.html", {"form": form, "rows": rows[:LAST]})


@opens(ContactRequest, to=rules.withdraws_request)
@require_POST
def withdraw_request(request: HttpRequest, contact_request: ContactRequest) -> HttpResponseRedirect:
    """Ask for it no more."""
    tell_outcome(request, contacts.withdraw(request.viewer, contact_request), _("C’est retiré."))
    return redirect("directory:own_contact")


@opens(to=rules.keeps_office)
@require_safe
def contact_requests(request: HttpRequest) -> HttpResponse:
    """What families ask for, the oldest first."""
    rows = ContactRequest.objects.visible_to(request.viewer).waiting().select_related("person")
    page = page_for(request, rows.order_by("asked_at", "pk"), A_PAGE)
    return render(
        request, "directory/office/contact_requests.html", {"page_obj": page, "rows": page.object_list}
    )


@opens(ContactRequest, to=rules.answers_request)
@require_http_methods(["GET", "POST"])
def answer_request(request: HttpRequest, contact_request: ContactRequest) -> HttpResponse:
    """Accept, or refuse with a word."""
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        accepts = form.cleaned_data["choix"] == "accepter"
        done = contacts.answer(
            request.viewer, contact_request, accepts=accepts, word=form.cleaned_data["word"]
        )
        sentence = (
            _("C’est accepté : la fiche est corrigée.") if accepts else _("C’est refusé, avec votre mot.")
        )
        tell_outcome(request, done, sentence)
        return redirect("directory:contact_requests")
    if contact_request.state != ContactRequest.State.ASKED:
        messages.info(request, _("C’était déjà fait."))
        return redirect("directory:contact_requests")
    return render_form(
        request, "directory/office/answer_request.html", {"form": form, "row": contact_request}
    )
