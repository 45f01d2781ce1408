from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from preau.foundation import translations


class FoundationConfig(AppConfig):
    name = "preau.foundation"
    verbose_name = _("Fondations")

    def ready(self) -> None:
        translations.install()
        from django.db.backends.signals import connection_created  # noqa: PLC0415 - as the next one

        from preau.foundation.db import teach  # noqa: PLC0415 - knows models, which are not there before

        connection_created.connect(teach, dispatch_uid="our database")
        from preau.foundation import checks, checks_deployed  # noqa: F401, PLC0415 - registers the deployment checks

        autodiscover_modules("manifest")
        tell_elsewhere()


def tell_elsewhere() -> None:
    """Faults and traces, where the operator said: two extras, which are not imported otherwise."""
    if settings.SENTRY_DSN:
        from preau.foundation import faultreports  # noqa: PLC0415 - an extra

        faultreports.begin(settings.SENTRY_DSN)
    if settings.OTLP_ENDPOINT:
        from preau.foundation import traces  # noqa: PLC0415 - an extra

        traces.begin(settings.OTLP_ENDPOINT)
