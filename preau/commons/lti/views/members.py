"""Names and Role Provisioning Services 2.0: who is in a class, under the names that the school lets out."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from preau.commons.lti.models import Activity
from preau.commons.lti.queries import messages, people, tools
from preau.commons.lti.views.server import RequestRefused, context_of, json_refusals, page
from preau.commons.lti.words import MEMBERS_KIND, MEMBERSHIP
from preau.foundation.access import anyone, opens


@opens(to=anyone)
@csrf_exempt
@require_safe
@json_refusals
def members(request: HttpRequest, number: str) -> HttpResponse:
    """Everybody of the class, or those of one role."""
    context = context_of(request, number, "members")
    rlid = request.GET.get("rlid", "").replace("\x00", "")[:24]
    if rlid and not Activity.objects.going().filter(context=context, public_id=rlid).exists():
        raise RequestRefused(HTTPStatus.NOT_FOUND, "not_found")
    role = request.GET.get("role", "")
    role = f"{MEMBERSHIP}{role}" if role.isalpha() else role
    found = people.members_of(context, tools.today_in(context.opening.school), role)
    about = {"id": context.number}
    if "classes" in context.opening.leaves:
        about["title"] = context.group.name
    here = messages.address("lti:members", number=number)
    return page(
        request,
        found,
        MEMBERS_KIND,
        lambda part: {"id": here, "context": about, "members": [one.told() for one in part]},
    )
