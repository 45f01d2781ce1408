from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttentionConfig(AppConfig):
    name = "preau.domains.attention"
    verbose_name = _("Accompagnement des élèves")
