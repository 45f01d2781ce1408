"""Work of the night: whoever keeps a record is told that its review is near."""

from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import School
from preau.domains.records.actions import writing
from preau.foundation.tasks import job


@job()
def remind_of_reviews() -> int:
    """Tell, in every school, those on the lists of records to look at again; returns how many records."""
    return sum(
        writing.remind_of_reviews(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )
