from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LtiConfig(AppConfig):
    name = "preau.commons.lti"
    label = "lti"
    verbose_name = _("Activités")
