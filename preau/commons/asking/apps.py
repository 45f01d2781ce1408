from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AskingConfig(AppConfig):
    name = "preau.commons.asking"
    verbose_name = _("Demandes aux personnes")
