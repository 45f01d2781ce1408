"""The environment of every test, set before Django reads its settings (`-p tests.environment` in pyproject.toml)."""

import os

os.environ |= {
    "SECRET_KEY": "only for tests",
    "DEMO": "0",
    "DEBUG": "0",
    # The tests speak plain HTTP to a server on this machine; `test_production.py` asks what production says.
    "HTTPS": "0",
    "HASHED_STATIC": "0",
    "EMAIL_URL": "memorymail://",
    "LOG_LEVEL": "CRITICAL",
    "VAR_DIR": os.environ.get("TEST_VAR_DIR", "var/tests"),
}
