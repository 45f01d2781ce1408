"""What the views of every house do in the same way: answer a form, say what a gesture did."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPED_WRONG, CONFLICT = 422, 409
# As many digits as the databases hold of a key, whatever they are.
LONGEST_KEY = 18
# What a second click is told.
ALREADY_DONE, NOTHING_CHANGED = _("C’était déjà fait."), _("Rien n’a changé.")


def status_of(form: BaseForm | None, otherwise: int = 200) -> int:
    """Of the page of this form: 422 with mistakes, else what the view says."""
    return TYPED_WRONG if form is not None and form.errors else otherwise


def render_form(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of `form`, a key of the context: it answers 422 with mistakes, and keeps what was typed."""
    return render(request, template, dict(context), status=status_of(context["form"]))


def keys_of(typed: QueryDict, name: str) -> list[int]:
    """The keys of rows sent under a name; what is none is as if it had not been sent."""
    return [
        int(key)
        for key in typed.getlist(name)
        if key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY
    ]


@contextmanager
def refusals(
    request: HttpRequest,
    mistakes: Mapping[type[Exception], object],
    idle: Mapping[type[Exception], object] | None = None,
) -> Iterator[None]:
    """What an action refuses is said on the page that follows: `mistakes`, to be mended; `idle`, where nothing was left to do."""
    nothing = idle or {}
    try:
        yield
    except (*mistakes, *nothing) as refusal:
        # The name of a kind is also that of those drawn from it.
        idle_words = next((sentence for kind, sentence in nothing.items() if isinstance(refusal, kind)), None)
        if idle_words is not None:
            messages.info(request, str(idle_words))
        else:
            messages.error(
                request,
                str(next(sentence for kind, sentence in mistakes.items() if isinstance(refusal, kind))),
            )


def tell_outcome(
    request: HttpRequest, changed: object, sentence: str, otherwise: str | Promise = ALREADY_DONE
) -> None:
    """After a gesture: what it did, or why nothing changed, on the page that follows."""
    if changed:
        messages.success(request, sentence)
    else:
        messages.info(request, str(otherwise))
