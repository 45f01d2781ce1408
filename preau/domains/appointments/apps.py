from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "preau.domains.appointments"
    verbose_name = _("Rencontres et rendez-vous")
