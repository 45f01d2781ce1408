from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DriveConfig(AppConfig):
    name = "preau.commons.drive"
    label = "drive"
    verbose_name = _("Mes fichiers")
