"""The pages as gunicorn serves them, on the morning of the worlds: `gunicorn bench.peak_site:application`."""

import time_machine

from bench.worlds import NOW

time_machine.travel(NOW, tick=True).start()

from preau.wsgi import application  # noqa: E402 - the clock first

__all__ = ["application"]
