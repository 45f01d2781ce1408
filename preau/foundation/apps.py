from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FoundationConfig(AppConfig):
    name = "preau.foundation"
    verbose_name = _("Fondations")

    def ready(self) -> None:
        from preau.foundation import checks  # noqa: F401, PLC0415 - registers the deployment checks

        autodiscover_modules("manifest")
