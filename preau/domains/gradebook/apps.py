from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GradebookConfig(AppConfig):
    name = "preau.domains.gradebook"
    verbose_name = _("Notes")
