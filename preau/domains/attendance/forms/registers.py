"""The filters of the register of absences."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day, FewRows, Filter, OneRow


def _day(label: Any, *, required: bool = False) -> forms.DateField:
    return Day(label=label, required=required, error_messages={"required": _("Choisissez un jour.")})


def classes_offered(viewer: Viewer) -> "QuerySet[Group]":
    """The classes of the year, for a filter."""
    here = Group.objects.visible_to(viewer).filter(kind=Group.Kind.CLASS, year=viewer.year)
    return here.order_by("rank", "name")


# A school year with its summer; and no day before which nobody asks.
LONGEST = timedelta(days=400)


class LongRegisterForm(forms.Form):
    """What a register to prepare is of: from when to when, which class."""

    debut = _day(_("Du"), required=True)
    fin = _day(_("Au"), required=True)
    classe = OneRow(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classe"].queryset = classes_offered(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("debut"), data.get("fin")
        if first and last and not first <= last <= first + LONGEST:
            self.add_error("fin", _("Choisissez une fin après le début, et au plus une année scolaire."))
        return data


class RegisterFilter(Filter):
    """From when to when, which class. A wrong value is ignored, never an error page."""

    du = _day(_("Du"))
    au = _day(_("Au"))
    classe = FewRows(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classe"].queryset = classes_offered(viewer)  # type: ignore[attr-defined]

    def share_classes(self, other: LongRegisterForm) -> None:
        """The same classes are offered by both forms of the page: they are read once."""
        offered: Any = self.fields["classe"]
        same: Any = other.fields["classe"]
        # By `iter`: a list first asks these choices how many they are, which is one more query.
        offered.choices = same.choices = list(iter(offered.choices))
