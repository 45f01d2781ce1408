"""The filters of the hours held."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.timetable.forms.changes import FilterForm
from preau.foundation.fields import OneRow


class HoursForm(FilterForm):
    """From when to when, which class. A wrong value is ignored, never an error page."""

    classe = OneRow(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Group.objects.visible_to(viewer).filter(kind=Group.Kind.CLASS, year=viewer.year)
        self.fields["classe"].queryset = here.order_by("rank", "name")  # type: ignore[attr-defined]
