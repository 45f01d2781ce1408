"""What families were written, and how they are reached."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.directory.models import Person
from preau.domains.campaigns import rules
from preau.domains.campaigns.actions import families
from preau.domains.campaigns.forms.families import AddressForm, SmsForm
from preau.domains.campaigns.models import PostalAddress, SmsRefusal
from preau.domains.campaigns.queries import history
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_for


@opens(to=rules.reads_messages)
@require_http_methods(["GET", "POST"])
def received(request: HttpRequest) -> HttpResponse:
    """What schools wrote to this person; and whether they take text messages."""
    me = request.viewer.person
    if request.method == "POST":
        form = SmsForm(request.POST)
        if not form.is_valid():
            messages.info(request, _("Rien n’a changé."))
        elif families.say_sms(request.viewer, me, wanted=form.wanted):
            messages.success(request, _("C’est enregistré."))
        else:
            messages.info(request, _("C’était déjà fait."))
        return redirect("campaigns:received")
    page = page_for(request, history.received_by(request.viewer), 20)
    context = {
        "page_obj": page,
        "rows": history.sending_rows(page.object_list),
        "refuses": SmsRefusal.objects.filter(person=me).exists(),
    }
    return render(request, "campaigns/received.html", context)


@opens(Person, to=rules.follows_pupil, by="public_id")
@require_safe
def sent(request: HttpRequest, pupil: Person) -> HttpResponse:
    """What was sent to families about a pupil."""
    journal.record_read(request.viewer, "campaigns.sendings_read", pupil, subject_id=pupil.pk)
    page = page_for(request, history.sent_about(request.viewer, pupil), 20)
    context = {"pupil": pupil, "page_obj": page, "rows": history.sending_rows(page.object_list)}
    return render(request, "campaigns/sent.html", context)


@opens(Person, to=rules.reaches, by="public_id")
@require_http_methods(["GET", "POST"])
def reach(request: HttpRequest, person: Person) -> HttpResponse:
    """Where the school writes to somebody, and whether they take text messages."""
    known = PostalAddress.objects.in_school(request.viewer).filter(person=person).first()
    refuses = SmsRefusal.objects.filter(person=person).exists()
    initial = {name: getattr(known, name, "") for name in ("street", "postcode", "city")} | {
        "no_sms": refuses
    }
    form = AddressForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        noted = families.note_address(request.viewer, person, form.address())
        has_changed = families.say_sms(request.viewer, person, wanted=not form.cleaned_data["no_sms"])
        tell_outcome(request, noted or has_changed, _("C’est enregistré."), NOTHING_CHANGED)
        return redirect("campaigns:reach", public_id=person.public_id)
    if request.method != "POST":
        journal.record_read(request.viewer, "campaigns.reach_read", person, subject_id=person.pk)
    context = {"person": person, "form": form}
    return render_form(request, "campaigns/reach.html", context)
