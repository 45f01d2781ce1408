from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "preau.commons.delivery"
    label = "delivery"
    verbose_name = _("Heures d’envoi")
