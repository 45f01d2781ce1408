"""What somebody chooses of the list of a class or a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person, WorkGroup
from preau.directory.models.work_groups import LONGEST_NAME
from preau.directory.queries.lists import LABELS, Column, columns_for
from preau.directory.viewer import Viewer
from preau.foundation.fields import SeveralPeople

MOST_BOXES = 8


class ListForm(forms.Form):
    """The columns that the viewer may read. A wrong value is ignored, never an error page."""

    colonnes = forms.MultipleChoiceField(
        label=_("Colonnes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cases = forms.TypedChoiceField(
        label=_("Colonnes vides, à remplir à la main"),
        required=False,
        coerce=int,
        empty_value=0,
        choices=[(number, str(number)) for number in range(MOST_BOXES + 1)],
    )

    def __init__(self, viewer: Viewer, group: Group, data: Any = None) -> None:
        super().__init__(data)
        chosen: Any = self.fields["colonnes"]
        chosen.choices = [(column.value, LABELS[column]) for column in columns_for(viewer, group)]

    def chosen(self) -> tuple[list[Column], int]:
        """The columns, in their order, and how many empty ones."""
        self.is_valid()
        columns = self.cleaned_data.get("colonnes") or []
        known = [column for column in Column if column.value in columns]
        return known, self.cleaned_data.get("cases") or 0


class WorkGroupForm(forms.Form):
    """Some pupils of a class, and the name under which they are ticked together."""

    name = forms.CharField(
        label=_("Nom du groupe"),
        max_length=LONGEST_NAME,
        help_text=_("Par exemple « Demi-classe A » ou « Îlot 2 ». Un élève peut le lire dans ses données."),
        error_messages={"required": _("Donnez un nom à ce groupe.")},
    )
    pupils = SeveralPeople(
        Person.objects.none(),
        label=_("Élèves"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins un élève.")},
    )

    def __init__(self, pupils: Any, chosen: WorkGroup | None, data: Any = None) -> None:
        held = {"name": chosen.name, "pupils": [one.pk for one in chosen.pupils.all()]} if chosen else {}
        super().__init__(data, initial=held)
        people: Any = self.fields["pupils"]
        people.queryset = pupils


class SplitForm(forms.Form):
    """In how many groups a class is shared out."""

    nombre = forms.TypedChoiceField(
        label=_("Nombre de groupes"),
        coerce=int,
        choices=[(number, str(number)) for number in range(2, 9)],
    )
