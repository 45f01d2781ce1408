"""The page where somebody splits a class into groups of work."""

from string import ascii_uppercase

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.directory.actions import work_groups as actions
from preau.directory.forms.groups import SplitForm, WorkGroupForm
from preau.directory.models import Group, WorkGroup
from preau.directory.queries import work_groups as queries
from preau.directory.queries.groups import pupils_of
from preau.directory.rules.groups import keeps_work_groups
from preau.foundation.access import opens
from preau.foundation.pages import render_form

REMOVE, SPLIT = "supprimer", "partager"


@opens(Group, to=keeps_work_groups)
@require_http_methods(["GET", "POST"])
def work_groups(request: HttpRequest, group: Group) -> HttpResponse:
    """One's own groups of this class: the list, and the one that is made or changed."""
    viewer, sent = request.viewer, request.POST or None
    kept = queries.work_groups_of(viewer, group)
    asked = (sent or request.GET).get("selection", "")
    chosen = next((one for one in kept if str(one.pk) == asked), None)
    gesture = sent.get("geste") if sent else ""
    pupils = pupils_of(viewer, group)
    if gesture == REMOVE or (asked and chosen is None):
        return _removed(request, group, chosen if gesture == REMOVE else None)
    split = SplitForm(sent if gesture == SPLIT else None)
    form = WorkGroupForm(pupils, chosen, sent if gesture != SPLIT else None)
    done = (
        _split(request, group, split, list(pupils))
        if split.is_valid()
        else _kept(request, group, form, chosen)
    )
    if done:
        return redirect("directory:work_groups", pk=group.pk)
    here = {pupil.pk for pupil in pupils}
    context = {
        "group": group,
        "kept": [(one, [pupil for pupil in one.pupils.all() if pupil.pk in here]) for one in kept],
        "chosen": chosen,
        "form": split if split.errors else form,
        "group_form": form,
        "split": split,
    }
    return render_form(request, "directory/work_groups.html", context)


def _kept(request: HttpRequest, group: Group, form: WorkGroupForm, chosen: WorkGroup | None) -> bool:
    if not form.is_valid():
        return False
    name = form.cleaned_data["name"]
    try:
        new = actions.keep(request.viewer, group, name, form.cleaned_data["pupils"], chosen)
    except actions.NameTaken:
        form.add_error("name", _("Vous avez déjà un groupe de ce nom dans cette classe."))
        return False
    told = (
        _("Le groupe « %(name)s » est enregistré.")
        if new
        else _("Le groupe « %(name)s » était déjà enregistré.")
    )
    messages.success(request, told % {"name": name})
    return True


def _split(request: HttpRequest, group: Group, form: SplitForm, pupils: list) -> bool:  # type: ignore[type-arg]
    names = [
        _("Groupe %(letter)s") % {"letter": one} for one in ascii_uppercase[: form.cleaned_data["nombre"]]
    ]
    if not pupils:
        form.add_error("nombre", _("Cette classe n’a pas encore d’élève."))
        return False
    try:
        new = actions.split(request.viewer, group, names, pupils)
    except actions.NameTaken:
        form.add_error(
            "nombre",
            _(
                "Vous avez déjà un « Groupe A » ou un autre de ces noms : renommez-le ou supprimez-le d’abord."
            ),
        )
        return False
    messages.success(
        request, _("La classe est partagée.") if new else _("La classe était déjà partagée ainsi.")
    )
    return True


def _removed(request: HttpRequest, group: Group, chosen: WorkGroup | None) -> HttpResponse:
    if chosen is None:
        messages.info(request, _("Ce groupe n’est plus là."))
    else:
        actions.remove(request.viewer, chosen)
        messages.success(request, _("Le groupe « %(name)s » est supprimé.") % {"name": chosen.name})
    return redirect("directory:work_groups", pk=group.pk)
