"""How a family is reached."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

POSTCODE = r"^[0-9A-Za-z][0-9A-Za-z -]{2,9}$"


class AddressForm(forms.Form):
    """A postal address, whole or not at all; and whether text messages are refused."""

    street = forms.CharField(
        label=_("Voie"), required=False, max_length=160, help_text=_("12 rue des Lilas, bâtiment B")
    )
    postcode = forms.RegexField(
        POSTCODE,
        label=_("Code postal"),
        required=False,
        max_length=10,
        error_messages={"invalid": _("Écrivez le code postal : 35000.")},
    )
    city = forms.CharField(label=_("Commune"), required=False, max_length=80)
    no_sms = forms.BooleanField(
        label=_("Ne veut pas recevoir de SMS"),
        required=False,
        help_text=_("La personne peut aussi le dire elle-même, sur sa page « Messages reçus »."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = [name for name in ("street", "postcode", "city") if data.get(name)]
        for name in ("street", "postcode", "city"):
            if names and name not in names and name not in self.errors:
                self.add_error(name, gettext("Une adresse se donne en entier."))
        return data

    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("street", "postcode", "city")}


class SmsForm(forms.Form):
    """What a person says of text messages."""

    geste = forms.ChoiceField(choices=[("accepter", "accepter"), ("refuser", "refuser")])

    @property
    def wanted(self) -> bool:
        return bool(self.cleaned_data["geste"] == "accepter")
