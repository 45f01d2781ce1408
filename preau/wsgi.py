"""The WSGI entry point of the servers."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from preau.foundation import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
starting.check(pages=True)
application = get_wsgi_application()
# All that the addresses open is loaded before the first request, and is never thrown away: the collector leaves it aside.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
