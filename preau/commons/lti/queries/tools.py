"""Services that speak LTI: by their number, and what each school lets them do."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.commons.lti.models import Agreement, Tool
from preau.commons.lti.words import ALLOWED
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.models import School

SHAPE = re.compile(r"preau-lti-[0-9a-f]{24}")


def tool_of(client_id: str) -> Tool | None:
    """The service of this number, while it is on and speaks LTI."""
    if not SHAPE.fullmatch(client_id):
        return None
    known = Tool.objects.select_related("service").filter(
        client_id=client_id, service__protocol=Protocol.LTI, service__is_on=True
    )
    return known.first()


def tool_for(service: Service) -> Tool | None:
    """What was said of this service, if anything was."""
    return Tool.objects.filter(service=service).first()


def deployment_of(opening: Opening) -> str:
    """A school where the service is open, as the service knows it. Number of a row that is never given to another."""
    return f"preau-{opening.pk}"


def allowed_in(opening: Opening, tool: Tool) -> list[str]:
    """What the service may do by itself in this school: asked, and agreed to."""
    agreed = Agreement.objects.filter(opening=opening.pk).values_list("allowed", flat=True).first() or []
    return [key for key in tool.wants if key in agreed]


def scopes_of(tool: Tool) -> list[str]:
    """What a token of this service may hold: asked, and agreed to by at least one school where it is open."""
    rows = Agreement.objects.filter(opening__service=tool.service_id, opening__is_on=True)
    agreed = {key for allowed in rows.values_list("allowed", flat=True) for key in allowed}
    return [scope for key in tool.wants if key in agreed for scope in ALLOWED[key].scopes]


def today_in(school: School, now: datetime | None = None) -> date:
    """The date on the wall of a school."""
    return timezone.localdate(now or timezone.now(), ZoneInfo(school.timezone))


def is_open(opening: Opening, today: date) -> bool:
    """Is the service on, between its dates, and open in this school?"""
    return opening.is_on and Service.objects.on(today).filter(pk=opening.service_id).exists()
