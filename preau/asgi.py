"""The ASGI entry point of the servers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
application = get_asgi_application()
