"""What people bring: official files."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import uploads
from preau.foundation.fields import SeveralFiles, SeveralFilesInput
from preau.foundation.importers.forms import FilesForm

LIMITS = uploads.Limits()
MEASURES = {"files": LIMITS.files, "size": LIMITS.size // uploads.MEGABYTE}


class DeliveryForm(FilesForm):
    """The files of a delivery; what they hold is for whoever keeps them to say (`uploads.Refused`)."""

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
