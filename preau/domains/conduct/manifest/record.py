"""What conduct shows in the record of a pupil, and what is reported from there."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.conduct import rules
from preau.domains.conduct.queries import record
from preau.foundation import boards
from preau.foundation.boards import Column, PupilFact

KEY = "conduct"


def every_fact(viewer: Viewer, pupil: Person) -> str:
    """All that was noted: the incidents of this pupil that the viewer reads; for a family, its own page."""
    if viewer.is_staff:
        return f"{reverse('conduct:incidents')}?{urlencode({'nom': pupil.list_name})}"
    return reverse("conduct:followed")


def reporting_page(public_id: str) -> str:
    return f"{reverse('conduct:report')}?{urlencode({'eleve': public_id})}"


def giving_page(public_id: str) -> str:
    return f"{reverse('conduct:give')}?{urlencode({'eleve': public_id})}"


boards.pupil_facts.add(
    PupilFact(
        "conduct.facts",
        _("Faits et mesures"),
        "conduct/facts/_facts.html",
        record.facts_shown,
        rules.has_detentions,
        Column.PRESENCE,
        icon="scale",
        summary=record.facts_said,
        more_label=_("Tout l’historique"),
        more=every_fact,
        order=30,
        service=KEY,
    )
)
boards.pupil_links.add(
    boards.PupilLink(
        _("Signaler un incident"), reporting_page, "pencil", rules.reports_incidents, order=30, service=KEY
    )
)
boards.pupil_links.add(
    boards.PupilLink(
        _("Donner une punition"), giving_page, "clock", rules.gives_punitions, order=35, service=KEY
    )
)
