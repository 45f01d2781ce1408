from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "preau.domains.surveys"
    verbose_name = _("Sondages et votes")
