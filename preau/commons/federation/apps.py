from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FederationConfig(AppConfig):
    name = "preau.commons.federation"
    label = "federation"
    verbose_name = _("Connexion par un autre compte")

    def ready(self) -> None:
        from preau.commons.federation import checks  # noqa: F401, PLC0415 - registered by being read
