"""Papers and calendars: a sheet for each who receives and each family, and the evening for the calendar of a phone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from preau.directory.models import Person
from preau.domains.appointments.models import Evening, Meeting
from preau.domains.appointments.queries.days import entry_of
from preau.domains.appointments.queries.pages import HostEvening, Step
from preau.foundation import pdf
from preau.foundation.calendars import calendar_of

STYLE = Path(__file__).parent / "static" / "appointments" / "papers.css"


def page_of(template: str, context: dict[str, Any]) -> str:
    """What is to be printed, as a page of its own."""
    return render_to_string(template, context, using="pages")


def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(page, STYLE)


def hosts_page(evening: Evening, sheets: Sequence[HostEvening], *, with_phones: bool) -> str:
    """`with_phones`: the numbers of families who are met on the telephone, for whoever may read them."""
    context = {"evening": evening, "sheets": sheets, "with_phones": with_phones}
    return page_of("appointments/sheets_hosts_pdf.html", context)


def families_page(evening: Evening, sheets: Sequence[tuple[Person, list[Step]]]) -> str:
    return page_of("appointments/sheets_families_pdf.html", {"evening": evening, "sheets": sheets})


def calendar_file(meetings: Sequence[Meeting], places: dict[int, str], *, for_host: bool) -> bytes:
    """One's own meetings of an evening, for a calendar."""
    entries = [entry_of(one, for_host=for_host, place=places.get(one.host_id, "")) for one in meetings]
    now = timezone.now()
    opened = min((one.made_at for one in meetings), default=now)
    return calendar_of(entries, opened_at=opened, now=now)
