from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConductConfig(AppConfig):
    name = "preau.domains.conduct"
    verbose_name = _("Incidents, punitions et sanctions")
