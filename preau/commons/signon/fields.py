"""Fields that several forms of the register have: days, and addresses as the register accepts them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from preau.commons.signon import addresses
from preau.commons.signon.addresses import Place

MOST_ADDRESSES = 10


class Lines(forms.CharField):
    """Addresses, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=4_000, required=False, **more)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_ADDRESSES:
            raise ValidationError(_("Dix adresses au plus."))
        return list(dict.fromkeys(lines))


def read_address(typed: str, *, whole: bool = False) -> Place:
    """Raises ValidationError, with a sentence."""
    try:
        return addresses.read(typed, whole=whole)
    except addresses.InvalidAddress:
        raise ValidationError(
            _(
                "« %(typed)s » ne convient pas : une adresse commence par https://, avec un nom d’hôte complet, sans joker."
            ),
            params={"typed": typed[:80]},
        ) from None
