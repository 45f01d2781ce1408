"""The ASGI entry points of the servers: pages, where no WSGI server is wanted, and the streams of open pages."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
application = get_asgi_application()

from preau.commons.live.stream import Live  # noqa: E402 - it needs the settings

live = Live()
