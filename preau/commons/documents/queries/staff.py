"""The documents of the staff of a school: a place that every school has."""

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.documents.boards import PlaceFace
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.directory.words import Role

KIND = "staff"


def entered(viewer: Viewer) -> Any:
    """The school of the seat, for whoever works there (a subquery)."""
    if not viewer.is_staff or viewer.school_id is None:
        return School.objects.none().values("pk")
    return School.objects.filter(pk=viewer.school_id).values("pk")


def run(viewer: Viewer) -> Any:
    """The same, for its head."""
    return entered(viewer) if viewer.holds(Role.HEAD) else School.objects.none().values("pk")


def faces(viewer: Viewer, numbers: Collection[int]) -> Mapping[int, PlaceFace]:
    address = f"{reverse('documents:home')}?lieu={KIND}-"
    detail = _("Tous les personnels de l’établissement, et eux seuls")
    return {
        number: PlaceFace(_("Salle des personnels"), f"{address}{number}", detail, icon="briefcase")
        for number in numbers
        if number == viewer.school_id and viewer.is_staff
    }
