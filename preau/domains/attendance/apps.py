from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    name = "preau.domains.attendance"
    verbose_name = _("Vie scolaire")
