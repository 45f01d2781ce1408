"""Work of the night: what may not be kept any more is erased."""

from preau.directory.models import School
from preau.domains.conduct.actions import sanctions
from preau.foundation.tasks import job


@job()
def erase_at_term() -> int:
    """Erase the sanctions, incidents and punitions of every school that are past their term; returns how many."""
    return sum(
        sum(sanctions.erase_at_term(school, sanctions.today_in(school)).values())
        for school in School.objects.order_by("pk")
    )
