"""What the views of every house do in the same way: answer a form, say what a gesture did."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPED_WRONG, CONFLICT = 422, 409
# What a second click is told.
ALREADY_DONE, NOTHING_CHANGED = _("C’était déjà fait."), _("Rien n’a changé.")


def status_of(form: BaseForm | None, otherwise: int = 200) -> int:
    """Of the page of this form: 422 with mistakes, else what the view says."""
    return TYPED_WRONG if form is not None and form.errors else otherwise


def render_form(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The page of `form`, a key of the context: it answers 422 with mistakes, and keeps what was typed."""
    return render(request, template, dict(context), status=status_of(context["form"]))


def tell_outcome(
    request: HttpRequest, changed: object, sentence: str, otherwise: str | Promise = ALREADY_DONE
) -> None:
    """After a gesture: what it did, or why nothing changed, on the page that follows."""
    if changed:
        messages.success(request, sentence)
    else:
        messages.info(request, str(otherwise))
