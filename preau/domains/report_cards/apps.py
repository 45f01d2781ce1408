from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportCardsConfig(AppConfig):
    name = "preau.domains.report_cards"
    verbose_name = _("Bulletins et conseils")
