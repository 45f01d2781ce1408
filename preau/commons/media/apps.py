from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "preau.commons.media"
    label = "media"
    verbose_name = _("Médias")

    def ready(self) -> None:
        from preau.commons.media import checks  # noqa: F401, PLC0415 - registered by being read
