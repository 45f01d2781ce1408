"""Whoever reads in « Mes données » that their file was opened reads why: no page of a file is opened without a reason."""

import re
from pathlib import Path

from django.apps import apps

from preau.foundation import boards

WRITTEN = re.compile(r'record_reads?\(\s*[\w.]+,\s*"(?P<verb>[a-z_]+\.[a-z_]+)"')


def verbs_of_reading() -> set[str]:
    """As the code writes them."""
    root = Path(apps.get_app_config("foundation").path).parent
    sources = [one.read_text() for one in root.rglob("*.py") if "tests" not in one.parts]
    return {found["verb"] for source in sources for found in WRITTEN.finditer(source)}


def test_every_reading_has_its_reason() -> None:
    reasons = {reason.verb for reason in boards.reasons_to_read}
    words = {journal_word.verb for journal_word in boards.journal_words}
    found = verbs_of_reading()
    assert {"directory.person_read", "attendance.paper_read"} <= found
    assert found - reasons == set()
    assert reasons <= words


def test_a_reason_is_a_sentence() -> None:
    for reason in boards.reasons_to_read:
        assert re.fullmatch(r"[A-ZÀÉ].{10,80}\.", str(reason.why)), reason
