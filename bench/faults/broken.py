"""Settings with a mistake planted, to see that the harness finds it: some forms are answered before anything is written.

The pages say yes at once and do the work a moment later, in a thread: a kill between the two loses what was
acknowledged.
"""

from collections.abc import Callable
from threading import Timer

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from preau.settings import *  # noqa: F403
from preau.settings import MIDDLEWARE as SOUND

MIDDLEWARE = [*SOUND, "bench.faults.broken.AnswersBeforeItWrites"]
LATE = 0.4


class AnswersBeforeItWrites:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith("/appel/"):
            Timer(LATE, self.get_response, [request]).start()
            return HttpResponseRedirect("/")
        return self.get_response(request)
