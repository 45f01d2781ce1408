"""« Mes données »: what is held, who has read, the archive."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.privacy import exports, rules
from preau.commons.privacy.actions import copies
from preau.commons.privacy.queries import held, sentences, taken
from preau.directory.models import Person
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.paging import page_for


def subject_of(request: HttpRequest, asked: str) -> tuple[held.Subject, list[Person]]:
    """The child that the address names, else oneself: somebody else's child is just a wrong choice."""
    own, children = request.viewer.person, rules.children_of(request.viewer)
    person = next((child for child in children if child.public_id == asked), own)
    return held.Subject(person, own), children


@opens(to=rules.has_data)
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """What is held about me, or about my child, by kind."""
    subject, children = subject_of(request, request.GET.get("pour", ""))
    context = {
        "subject": subject,
        "people": [request.viewer.person, *children] if children else [],
        "sections": sentences.sections_of(subject),
        "contacts": held.contacts_of(request.viewer),
        "copies": taken.copies_of(request.viewer, subject),
    }
    return render(request, "privacy/own_data.html", context)


@opens(to=rules.has_data)
@require_safe
def part(request: HttpRequest, key: str) -> HttpResponse:
    """One kind of data, row by row in sentences; behind a fold why, for how long, and who reads it."""
    subject, _children = subject_of(request, request.GET.get("pour", ""))
    entry = held.entry_of(key)
    if entry is None:
        raise Http404
    page = page_for(request, sentences.rows_shown(entry, subject), 20)
    rows = list(sentences.sentences_of(entry, subject, page.object_list)) if page.paginator.count else []
    context = {"subject": subject, "entry": entry, "key": key, "page_obj": page, "rows": rows}
    return render(request, "privacy/part.html", context)


@opens(to=rules.has_data)
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Who has opened my file, or my child's: in which role, and when."""
    subject, _children = subject_of(request, request.GET.get("pour", ""))
    page = page_for(request, held.readings_of(subject), 30)
    rows = held.said_of_readings(page.object_list) if page.paginator.count else []
    return render(request, "privacy/readings.html", {"subject": subject, "page_obj": page, "rows": rows})


@opens(to=rules.has_data)
@confirmed()
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything in one archive, to keep or to take elsewhere; what takes long is made by a task."""
    subject, _children = subject_of(request, request.POST.get("pour", ""))
    school = taken.school_for(request.viewer)
    if school and taken.is_large(subject, request.viewer):
        copies.ask_copy(request.viewer, subject, school)
        messages.success(
            request, _("La copie se prépare. Elle sera ici, et dans vos travaux, pour sept jours.")
        )
        address = reverse("privacy:own_data")
        return redirect(address if subject.is_own else f"{address}?pour={subject.person.public_id}")
    archive = exports.archive_of(subject, timezone.now(), request.viewer)
    journal.record(request.viewer, "privacy.data_exported", subject.person, subject_id=subject.person.pk)
    name = f"{_('mes-donnees')}-{request.viewer.today:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(archive, content_type="application/zip", headers=headers)
