"""The page of a person, and the record of a pupil."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory import rules
from preau.directory.models import Person
from preau.directory.queries import profiles, record, seen
from preau.directory.queries.authority import parts_for
from preau.directory.rules.groups import reads_family, reads_what_family_sees
from preau.directory.rules.office import by_hand, corrects
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.access import opens


@opens(Person, to=rules.reads_person, by="public_id")
@require_safe
def person(request: HttpRequest, person: Person) -> HttpResponse:
    """Who a person is in the school. Whoever of the staff reads a pupil's, or their family's, leaves a line."""
    seated = record.alone_with(request.viewer, person)
    schooling = record.schooling_of(seated, person)
    if schooling:
        return _record(request, seated, person, schooling)
    profile = profiles.profile_of(request.viewer, person)
    if request.viewer.is_staff and profile.is_of_a_pupil and person.pk != request.viewer.person.pk:
        journal.record_read(request.viewer, "directory.person_read", person, subject_id=person.pk)
    may_correct = corrects(request.viewer, person)
    context = {
        "person": person,
        "profile": profile,
        "opens_groups": request.viewer.works_with_pupils,
        "office": record.office_facts(seated, person),
        "may_correct": may_correct,
        "may_dismiss": bool(may_correct and profile.functions and by_hand(request.viewer, person).exists()),
    }
    return render(request, "directory/person.html", context)


def _record(request: HttpRequest, viewer: Viewer, pupil: Person, schooling: record.Schooling) -> HttpResponse:
    """The record of a pupil: what each house shows of them to this adult, and what may be done for them."""
    if viewer.is_staff and pupil.pk != viewer.person.pk:
        journal.record_read(viewer, "directory.person_read", pupil, subject_id=pupil.pk)
    beside = record.beside(viewer, pupil, schooling)
    context = {
        "pupil": pupil,
        "schooling": schooling,
        "leaves": schooling.last_day if viewer.is_staff else None,
        "subtitle": record.subtitle_of(viewer, pupil, schooling),
        "blocks": record.blocks_of(viewer, pupil),
        "gestures": record.gestures_of(viewer, pupil),
        "beside": beside,
        "face": record.face_of(viewer, pupil, beside),
    }
    return render(request, "directory/record.html", context)


@opens(Person, to=rules.reads_acts, by="public_id")
@require_safe
def acts(request: HttpRequest, person: Person) -> HttpResponse:
    """Whom to ask, and whom to tell, about a pupil."""
    if request.viewer.is_staff:
        journal.record_read(request.viewer, "directory.person_read", person, subject_id=person.pk)
    parts, doubts = parts_for(request.viewer, person)
    return render(request, "directory/acts.html", {"person": person, "parts": parts, "doubts": doubts})


@opens(Person, to=reads_what_family_sees, by="public_id")
@require_safe
def seen_by_family(request: HttpRequest, person: Person) -> HttpResponse:
    """What each guardian of a pupil opens, one at a time. Each reading leaves a line."""
    viewer, wanted = request.viewer, request.GET.get("responsable")
    followers = seen.followers_of(viewer, person)
    if not followers and not reads_family(viewer, person) and rules.reads_families(viewer):
        raise Http404
    asked = [one for one in followers if one.person.public_id == wanted] or followers
    chosen = next((one for one in asked if not one.why), asked[0] if asked else None)
    family = seen.as_family(viewer, person, chosen.person) if chosen and not chosen.why else None
    context = {
        "person": person,
        "followers": followers,
        "chosen": chosen,
        "seen": seen.seen_by(viewer, family) if family else None,
    }
    journal.record_read(viewer, "directory.seen_read", person, subject_id=person.pk)
    return render(request, "directory/seen_by_family.html", context)
