from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignonConfig(AppConfig):
    name = "preau.commons.signon"
    label = "signon"
    verbose_name = _("Applications reliées")
