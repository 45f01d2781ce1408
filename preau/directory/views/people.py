"""The page of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory import queries, rules
from preau.directory.models import Person
from preau.directory.queries.authority import parts_for
from preau.foundation import boards, journal
from preau.foundation.access import opens


@opens(Person, to=rules.reads_person, by="public_id")
@require_safe
def person(request: HttpRequest, person: Person) -> HttpResponse:
    """Who a person is in the school. Whoever of the staff reads a pupil's, or their family's, leaves a line."""
    profile = queries.profile_of(request.viewer, person)
    if request.viewer.is_staff and profile.is_of_a_pupil and person.pk != request.viewer.person.pk:
        journal.record_read(request.viewer, "directory.person_read", person, subject_id=person.pk)
    links = [
        (link, link.address(person.public_id))
        for link, seated in boards.offered(boards.pupil_links, request.viewer)
        if profile.is_pupil and link.open_to(seated)
    ]
    context = {"person": person, "profile": profile, "links": links}
    return render(request, "directory/person.html", context)


@opens(Person, to=rules.reads_acts, by="public_id")
@require_safe
def acts(request: HttpRequest, person: Person) -> HttpResponse:
    """Whom to ask, and whom to tell, about a pupil."""
    if request.viewer.is_staff:
        journal.record_read(request.viewer, "directory.person_read", person, subject_id=person.pk)
    parts, doubts = parts_for(request.viewer, person)
    return render(request, "directory/acts.html", {"person": person, "parts": parts, "doubts": doubts})
