"""The WSGI entry point of the servers."""

import os

from django.core.wsgi import get_wsgi_application

from preau.foundation import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
starting.check(pages=True)
application = get_wsgi_application()
