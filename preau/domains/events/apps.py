from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "preau.domains.events"
    verbose_name = _("Événements et réunions")
