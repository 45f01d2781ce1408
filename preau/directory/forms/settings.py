"""What a person types in the settings of a school."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Closure, Period, School, SchoolYear
from preau.directory.queries import settings
from preau.directory.viewer import Viewer
from preau.directory.words import Palette, Zone, level_said
from preau.foundation import boards
from preau.foundation.fields import Day

PHONE = RegexValidator(
    r"^\+?[\d .()-]{6,30}$",
    _("Un numéro de téléphone n’a que des chiffres, des espaces, des points et un +."),
)
A_YEAR = timedelta(days=366)


class Hour(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class IdentityForm(forms.Form):
    """Name and contacts of a school."""

    name = forms.CharField(
        label=_("Nom de l’établissement"),
        max_length=160,
        help_text=_(
            "Tel qu’il apparaît sur chaque page. S’il change ici, les fichiers officiels ne le changent plus."
        ),
    )
    address = forms.CharField(label=_("Adresse postale"), max_length=240, required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False, validators=[PHONE])
    email = forms.EmailField(label=_("Courriel"), required=False, max_length=254)
    website = forms.URLField(label=_("Site internet"), required=False, max_length=200, assume_scheme="https")
    privacy_contact = forms.CharField(
        label=_("Contact pour les données personnelles"),
        max_length=240,
        required=False,
        help_text=_(
            "Le délégué à la protection des données : son nom ou son service, et comment lui écrire."
        ),
    )

    @classmethod
    def of(cls, school: School, data: Any = None) -> "IdentityForm":
        return cls(data, initial={name: getattr(school, name) for name in cls.base_fields})

    def clean_website(self) -> str:
        address: str = self.cleaned_data["website"]
        if address and not address.startswith(("https://", "http://")):
            raise ValidationError(_("Une adresse de site commence par https://."))
        return address


class PaletteForm(forms.Form):
    palette = forms.ChoiceField(label=_("Couleurs"), choices=Palette.choices, widget=forms.RadioSelect)


class HoursForm(forms.Form):
    opens_at = Hour(label=_("Début de la journée"), required=False)
    closes_at = Hour(label=_("Fin de la journée"), required=False)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        opens_at, closes_at = typed.get("opens_at"), typed.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("La fin doit venir après le début."))
        return typed


class PeriodForm(forms.Form):
    """A term of a year: inside it, and after its own start."""

    name = forms.CharField(label=_("Nom"), max_length=40, help_text=_("Par exemple « Trimestre 1 »."))
    starts = Day(label=_("Premier jour"))
    ends = Day(label=_("Dernier jour"))

    def __init__(self, year: SchoolYear, period: Period | None, data: Any = None) -> None:
        self.year, self.period = year, period
        shown = {name: getattr(period, name) for name in self.base_fields} if period else {}
        super().__init__(data, initial=shown)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        starts, ends = typed.get("starts"), typed.get("ends")
        for name, day in (("starts", starts), ("ends", ends)):
            if day and not self.year.starts <= day <= self.year.ends:
                sentence = _("Hors de l’année scolaire %(year)s.") % {"year": self.year.name}
                self.add_error(name, sentence)
        if starts and ends and ends < starts:
            self.add_error("ends", _("La fin précède le début."))
        return typed

    def typed(self) -> Period:
        """The period as typed, not saved."""
        period = self.period or Period(school_id=self.year.school_id, year=self.year)
        for name in self.base_fields:
            setattr(period, name, self.cleaned_data[name])
        return period


class ZoneForm(forms.Form):
    zone = forms.ChoiceField(
        label=_("Zone de vacances"),
        choices=Zone.choices,
        required=False,
        help_text=_(
            "Les vacances des zones A, B et C sont celles du ministère. Ailleurs, Préau ne connaît que les jours fériés : ajoutez les vacances vous-même."
        ),
    )


class ClosureForm(forms.Form):
    """Days without lessons, to come."""

    name = forms.CharField(label=_("Nom"), max_length=80, help_text=_("Par exemple « Pont de l’Ascension »."))
    starts = Day(label=_("Premier jour"))
    ends = Day(label=_("Dernier jour"))

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        self.viewer = viewer
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts and starts <= self.viewer.today:
            self.add_error("starts", _("Une fermeture s’annonce au plus tard la veille."))
        if starts and ends and ends < starts:
            self.add_error("ends", _("La fin précède le début."))
        elif ends and self.viewer.year and ends > self.viewer.year.ends + A_YEAR:
            self.add_error("ends", _("C’est trop loin : pas au-delà de l’année prochaine."))
        return typed

    def typed(self) -> Closure:
        return Closure(school_id=self.viewer.school_id, **self.cleaned_data)


class ServiceForm(forms.Form):
    """Is a service open, to which levels, and under which words?"""

    def __init__(self, row: settings.ServiceRow, levels: list[str], data: Any = None) -> None:
        super().__init__(data)
        self.row = row
        self.entries = [one for one in boards.menu if one.service == row.service.key]
        if row.service.can_be_off:
            self.fields["open"] = forms.BooleanField(
                label=_("Ce service est ouvert"), required=False, initial=not row.off
            )
            if levels:
                self.fields["levels"] = forms.MultipleChoiceField(
                    label=_("Fermé aux élèves et aux familles de ces niveaux"),
                    help_text=_("Les personnels le gardent."),
                    choices=[(level, level_said(level)) for level in levels],
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                    initial=row.levels,
                )
        for number, entry in enumerate(self.entries):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Nom dans le menu, au lieu de « %(name)s »") % {"name": entry.label},
                max_length=30,
                required=False,
                initial=row.names.get(entry.url_name, ""),
            )

    def said(self) -> dict[str, Any]:
        """As `School.services` keeps it; an empty value says nothing."""
        typed = self.cleaned_data
        names = {
            entry.url_name: typed[f"name_{number}"]
            for number, entry in enumerate(self.entries)
            if typed[f"name_{number}"] not in {"", str(entry.label)}
        }
        return {"off": not typed.get("open", True), "levels": typed.get("levels", []), "names": names}
