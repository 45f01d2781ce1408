"""What attendance shows in the record of a pupil, and what is done from there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.queries import record
from preau.domains.timetable.rules import reads_timetable
from preau.foundation import boards
from preau.foundation.boards import Column, GroupFact, PupilFact

KEY = "attendance"


def title_of_month(context: Mapping[str, Any]) -> str:
    return _now("Présence, %(month)s") % {"month": context["month"]}


def every_absence(viewer: Viewer, pupil: Person) -> str:
    """All the absences of this pupil: the list of the school, or that of the family; a head teacher has no such list."""
    if viewer.is_staff and not rules.runs_school_life(viewer):
        return ""
    if viewer.is_staff:
        return f"{reverse('attendance:entries')}?{urlencode({'nom': pupil.list_name})}"
    return f"{reverse('attendance:absences')}?{urlencode({'enfant': pupil.public_id})}"


def arrangements_page(viewer: Viewer, pupil: Person) -> str:
    """Where they are noted and ended; a family reads its own; a teacher has no page of them."""
    if rules.keeps_arrangements(viewer):
        return reverse("attendance:pupil_arrangements", kwargs={"public_id": pupil.public_id})
    return "" if viewer.is_staff else reverse("attendance:own_arrangements")


def announcing_page(public_id: str) -> str:
    return f"{reverse('attendance:announce')}?{urlencode({'enfant': public_id})}"


def leaving_page(public_id: str) -> str:
    return f"{reverse('attendance:depart', kwargs={'public_id': public_id})}?fiche=oui"


def calling_page(public_id: str) -> str:
    return f"{reverse('attendance:note_call', kwargs={'public_id': public_id})}?fiche=oui"


for fact in [
    PupilFact(
        "attendance.now",
        _("En ce moment"),
        "attendance/facts/_now.html",
        record.whereabouts_of,
        reads_timetable,
        Column.NOW,
        order=10,
        service=KEY,
    ),
    PupilFact(
        "attendance.needs",
        _("Ce qu’il faut faire"),
        "attendance/facts/_needs.html",
        record.needs,
        rules.reads_arrangements,
        Column.WHO,
        icon="adjustments",
        summary=record.needs_said,
        more_label=_("Le détail"),
        more=arrangements_page,
        tone="ardoise",
        order=20,
        service=KEY,
    ),
    PupilFact(
        "attendance.month",
        _("Présence"),
        "attendance/facts/_month.html",
        record.month_shown,
        rules.reads_presence,
        Column.PRESENCE,
        icon="calendar",
        summary=record.month_said,
        heading=title_of_month,
        unfolded=True,
        order=10,
        service=KEY,
    ),
    PupilFact(
        "attendance.recent",
        _("Absences récentes"),
        "attendance/facts/_recent.html",
        record.recent,
        rules.reads_presence,
        Column.PRESENCE,
        icon="calendar-off",
        summary=record.recent_said,
        more_label=_("Toutes les absences"),
        more=every_absence,
        order=20,
        service=KEY,
    ),
]:
    boards.pupil_facts.add(fact)
boards.group_facts.add(
    GroupFact(
        "attendance.missing",
        _("Qui manque en ce moment"),
        "attendance/facts/_missing.html",
        record.missing_now,
        rules.runs_school_life,
        order=10,
        service=KEY,
    )
)
for label, address, icon, open_to, order in [
    (_("Annoncer une absence"), announcing_page, "calendar-event", rules.answers_for_absences, 10),
    (_("Un parent appelle"), calling_page, "phone", rules.runs_school_life, 15),
    (_("Noter un départ"), leaving_page, "logout", rules.runs_school_life, 20),
]:
    boards.pupil_links.add(boards.PupilLink(label, address, icon, open_to, order=order, service=KEY))
boards.site_pages.add(
    boards.SitePage(
        _("Annoncer une absence"),
        "attendance:announce",
        "calendar-event",
        rules.answers_for_absences,
        _("malade maladie absent absente"),
        KEY,
    )
)
