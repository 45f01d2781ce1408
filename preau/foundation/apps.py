from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from preau.foundation import translations


class FoundationConfig(AppConfig):
    name = "preau.foundation"
    verbose_name = _("Fondations")

    def ready(self) -> None:
        translations.install()
        from django.db.backends.signals import connection_created  # noqa: PLC0415 - as the next one

        from preau.foundation.db import teach_natural_order  # noqa: PLC0415 - knows models, which are not there before

        connection_created.connect(teach_natural_order, dispatch_uid="natural order")
        from preau.foundation import checks  # noqa: F401, PLC0415 - registers the deployment checks

        autodiscover_modules("manifest")
