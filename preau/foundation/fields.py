"""Form fields that Django lacks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class OneRow(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows; a number too large for the database is a wrong choice, not an error page."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class SeveralRows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of them."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            raise ValidationError(
                self.error_messages["invalid_pk_value"] % {"pk": "…"}, code="invalid"
            ) from None


class SeveralFilesInput(forms.FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """At least one file, in the order given; what they are is for who keeps them to say (`foundation.uploads`)."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [file for file in data or () if file]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files


class PictureForm(forms.Form):
    """A picture; what the file really is, is for `pictures.redrawn` to say."""

    picture = forms.FileField(
        label=_("Image"),
        help_text=_(
            "PNG, JPEG ou WebP, 5 Mo au plus. Préau la redessine, sans le lieu ni l’heure de la prise de vue."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"required": _("Choisissez une image."), "empty": _("Ce fichier est vide.")},
    )
