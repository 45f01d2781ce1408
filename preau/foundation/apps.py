from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FoundationConfig(AppConfig):
    name = "preau.foundation"
    verbose_name = "Fondations"

    def ready(self) -> None:
        from preau.foundation import checks  # noqa: F401, PLC0415 - registers the deployment checks

        autodiscover_modules("manifest")
