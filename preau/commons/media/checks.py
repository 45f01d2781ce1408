"""What this machine cannot make, said by `manage.py check --deploy`: a site may live without films, but not find it out late."""

from typing import Any

from django.core import checks

from preau.commons.media import films
from preau.foundation import documents


@checks.register(deploy=True)
def programs_are_there(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Told, and no more: both are a choice."""
    found: list[checks.CheckMessage] = []
    if not films.is_there():
        hint = "apt install ffmpeg, where pages and workers run; until then films and sounds are refused with a sentence."
        found.append(
            checks.Info(
                "This machine makes neither films nor sounds: ffmpeg is missing.", hint=hint, id="preau.I002"
            )
        )
    if not documents.reads_pdf():
        hint = "apt install poppler-utils; until then a PDF is kept without its picture and its words."
        found.append(
            checks.Info(
                "This machine does not look into PDF: poppler-utils is missing.", hint=hint, id="preau.I003"
            )
        )
    return found
