"""Work for later: telling of the marks that pupils, then families, have come to read, and of those that changed since."""

from typing import Any

from django.utils import timezone

from preau.domains.gradebook.actions import telling
from preau.foundation.tasks import job


@job()
def tell_published() -> int:
    """Tell pupils and families of the marks that have just become theirs to read."""
    return telling.tell_published(timezone.now())


@job()
def tell_written(assessment_id: int, added: list[int], changed: list[int]) -> bool:
    """Tell those who were told of an assessment of the marks that were typed in it since."""
    return telling.tell_written(assessment_id, added, changed)


def enqueue_telling(assessment_id: int, added: list[int], changed: list[int], **_: Any) -> None:
    tell_written.enqueue(assessment_id, added, changed)
