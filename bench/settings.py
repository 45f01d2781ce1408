"""The settings of production, and the two floors that pages are compared with."""

import os

from preau.settings import *  # noqa: F403
from preau.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
# Only here: the key signs the sessions of invented people, in a database that is dropped.
SECRET_KEY = os.environ.get("SECRET_KEY") or "bench-only-" * 6
