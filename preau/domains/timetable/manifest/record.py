"""The lessons of the day, in the record of a pupil."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.queries.record import schooling_of
from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.queries import record
from preau.foundation import boards
from preau.foundation.boards import Column, GroupFact, PupilFact


def week_of(viewer: Viewer, pupil: Person) -> str:
    """Their week: by their class for whoever works here."""
    if not viewer.is_staff:
        return f"{reverse('timetable:week')}?{urlencode({'enfant': pupil.public_id})}"
    schooling = schooling_of(viewer, pupil)
    places = (*schooling.classes, *schooling.groups) if schooling else ()
    if not places:
        return ""
    asked = {"par": "classe", "classe": places[0][0], "eleve": pupil.public_id}
    return f"{reverse('timetable:week')}?{urlencode(asked)}"


def week_of_group(_viewer: Viewer, group: Group) -> str:
    return f"{reverse('timetable:week')}?{urlencode({'par': 'classe', 'classe': group.pk})}"


boards.group_facts.add(
    GroupFact(
        "timetable.day",
        _("Cours du jour"),
        "timetable/facts/_day.html",
        record.day_of_group,
        rules.reads_timetable,
        more_label=_("La semaine"),
        more=week_of_group,
        order=20,
        service="timetable",
    )
)
boards.pupil_facts.add(
    PupilFact(
        "timetable.day",
        _("Cours du jour"),
        "timetable/facts/_day.html",
        record.day_shown,
        rules.reads_timetable,
        Column.SCHOOL,
        icon="clock",
        summary=record.day_said,
        more_label=_("La semaine"),
        more=week_of,
        order=20,
    )
)
