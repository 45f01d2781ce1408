from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    name = "preau.domains.exams"
    verbose_name = _("Annales d’examens")
