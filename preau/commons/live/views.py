"""What the live process asks before it holds a stream open: an ordinary page, behind the ordinary doors."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.commons.live import queries
from preau.foundation.access import opens, signed_in
from preau.identity import sessions
from preau.identity.rules import limits_of


@opens(to=signed_in, stamped=False)
@require_safe
def rights(request: HttpRequest) -> JsonResponse:
    """Of the topics of a page, those that its viewer may hear of, by the names that our bus gives them."""
    viewer = request.viewer
    limits = limits_of(seat.profile for seat in viewer.seats)
    ends = sessions.ends_at(request.session, limits, timezone.now())
    return JsonResponse(queries.described(viewer, request.GET.getlist("sujet"), ends))
