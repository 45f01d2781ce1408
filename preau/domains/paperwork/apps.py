from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperworkConfig(AppConfig):
    name = "preau.domains.paperwork"
    verbose_name = _("Pièces à fournir")
