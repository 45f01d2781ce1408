"""The settings of production, and the two floors that pages are compared with."""

import os

from preau.settings import *  # noqa: F403
from preau.settings import BASE_DIR, DATABASES, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
# Only here: the key signs the sessions of invented people, in a database that is dropped.
SECRET_KEY = os.environ.get("SECRET_KEY") or "bench-only-" * 6
# One thread, one connection: on a busy machine the pool would open a second one, and the CPU of the process behind the
# first, which is what is read, would be half of the story. A site that is served has the pool of production.
is_postgresql = DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
if is_postgresql and os.environ.get("BENCH_POOL") != "production":
    DATABASES["default"]["OPTIONS"]["pool"] |= {"min_size": 1, "max_size": 1}
