"""What people bring: official files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.foundation import uploads
from preau.foundation.fields import SeveralFiles, SeveralFilesInput

LIMITS = uploads.Limits()
MEASURES = {"files": LIMITS.files, "size": LIMITS.size // uploads.MEGABYTE}


class DeliveryForm(forms.Form):
    """The files of a delivery; what they hold is for the action that keeps them to say (`uploads.Refused`).

    `cut`: they were heavier than what is read, and did not arrive.
    """

    files = SeveralFiles(
        label=_("Fichiers de la livraison"),
        help_text=_(
            "Un seul fichier .zip, ou les fichiers .xml choisis tous ensemble : %(files)s fichiers et %(size)s Mo au plus, "
            "une fois décompressés."
        )
        % MEASURES,
        widget=SeveralFilesInput(attrs={"accept": ".xml,.zip"}),
        error_messages={"required": _("Choisissez les fichiers de la livraison.")},
    )

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cut:
            too_heavy = _("C’est trop lourd : pas plus de %(size)s Mo à la fois.") % MEASURES
            self.files.clear()
            self.fields["files"].error_messages["required"] = too_heavy
