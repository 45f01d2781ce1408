"""The page of a pupil's family."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory.models import Person
from preau.directory.queries.families import family_of
from preau.directory.queries.finding import classes_of
from preau.directory.rules import groups as rules
from preau.foundation import journal
from preau.foundation.access import opens


@opens(Person, to=rules.reads_family, by="public_id")
@require_safe
def family(request: HttpRequest, person: Person) -> HttpResponse:
    """Whom to call for a pupil, and the other children of the same adults. Each reading leaves a line."""
    viewer = request.viewer
    context = {
        "person": person,
        "school_class": classes_of(viewer, [person.pk]).get(person.pk, ""),
        "family": family_of(viewer, person),
    }
    journal.record_read(viewer, "directory.family_read", person, subject_id=person.pk)
    return render(request, "directory/family.html", context)
