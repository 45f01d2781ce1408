"""What the gradebook shows in the record of a pupil."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.queries import record
from preau.domains.gradebook.rules import access
from preau.foundation import boards
from preau.foundation.text import ordinals


def title_of_period(context: Mapping[str, Any]) -> str:
    return ordinals(_now("Notes, %(period)s") % {"period": context["read"].period})


def every_mark(viewer: Viewer, pupil: Person) -> str:
    """The marks of this pupil; for whoever teaches them and reads no more, those of their course."""
    read = record.marks_of_record(viewer, pupil)
    if read is None:
        return ""
    if read.whole:
        return reverse("gradebook:pupil", kwargs={"public_id": pupil.public_id})
    group, subject = read.course
    period = read.rows[-1].line.period_id
    grid = reverse("gradebook:grid", kwargs={"pk": group})
    return f"{grid}?matiere={subject}&periode={period}&eleve={pupil.public_id}"


boards.pupil_facts.add(
    boards.PupilFact(
        "gradebook.marks",
        _("Notes"),
        "gradebook/facts/_marks.html",
        record.marks_shown,
        access.reads_marks,
        boards.Column.SCHOOL,
        icon="chart-line",
        summary=record.marks_said,
        heading=title_of_period,
        more_label=_("Toutes les notes"),
        more=every_mark,
        order=10,
        service="gradebook",
    )
)
