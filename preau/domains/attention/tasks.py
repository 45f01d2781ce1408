"""Work of the night: erase, end, count, remind. In this order, so that nothing is said of what goes."""

from preau.directory.models import School
from preau.domains.attention.actions import watching
from preau.foundation.tasks import job


@job()
def every_night() -> int:
    """Erase what is past its term, end what is past its day, count the facts, remind of steps; returns how many facts wait."""
    waiting = 0
    for school in School.objects.select_related("current_year").order_by("pk"):
        today = watching.today_in(school)
        watching.erase(school, today)
        watching.end_of_term(school, today)
        if school.current_year:
            waiting += watching.watch(school, today)
            watching.remind(school, today)
    return waiting
