"""The class whose pupils a form shows: choosing another one keeps what was typed and who was ticked."""

from typing import Any

from django.http import HttpRequest

from preau.directory.models import Group
from preau.domains.liaison.forms import GroupForm
from preau.domains.liaison.queries.words import groups_for

# No key is longer.
LONGEST_KEY = 18


def shows_class(request: HttpRequest) -> bool:
    """Another class is to be shown: nothing is sent yet."""
    return request.method == "POST" and request.POST.get("geste") == "classe"


def as_typed(form: Any, data: Any) -> Any:
    """The same form, not sent: what was typed is what it begins with."""
    form.initial |= {
        name: field.widget.value_from_datadict(data, {}, name) for name, field in form.fields.items()
    }
    return form


def kept_pupils(request: HttpRequest) -> list[int]:
    """The keys of the pupils ticked so far, of whatever class; the form says which of them this person may choose."""
    chosen = request.POST.getlist("pupils")
    return [int(key) for key in chosen if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]


def group_shown(request: HttpRequest) -> Group | None:
    return GroupForm(request.viewer, request.POST or request.GET).chosen("classe")


def group_ticked(request: HttpRequest) -> Group | None:
    return GroupForm(request.viewer, request.GET).chosen("groupe")


def classes_context(request: HttpRequest, group: Group | None) -> dict[str, Any]:
    return {"groups_shown": list(groups_for(request.viewer)), "group": group}
