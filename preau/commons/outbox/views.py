from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.commons.outbox.models import Letter
from preau.foundation.access import anyone, opens


@opens(to=anyone)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The letters of the demonstration, newest first. Elsewhere this page does not exist."""
    if not settings.DEMO:
        raise Http404
    letters = Paginator(Letter.objects.visible_to(request.viewer), 20)
    return render(request, "outbox/letters.html", {"page_obj": letters.get_page(request.GET.get("page"))})
