"""Numbers as a school types them: a comma or a point."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.domains.gradebook.rules.marking import plain

NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")


class NumberField(forms.Field):
    """A number with two decimals at most; `least` may be excluded (`above`)."""

    def __init__(
        self,
        *args: Any,
        least: Decimal = Decimal(0),
        most: Decimal = Decimal(999),
        above: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("error_messages", {"required": _("Écrivez un nombre, comme 20 ou 0,5.")})
        super().__init__(*args, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)
        self.least, self.most, self.above = least, most, above

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        text = "".join(str(value or "").split())
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise forms.ValidationError(_("Écrivez un nombre, comme 20 ou 0,5."), code="invalid")
        number = Decimal(text.replace(",", "."))
        if number < self.least or (self.above and number == self.least):
            raise forms.ValidationError(_("Écrivez un nombre plus grand que zéro."), code="least")
        if number > self.most:
            raise forms.ValidationError(_("Au plus %(most)s.") % {"most": plain(self.most)}, code="most")
        return number
