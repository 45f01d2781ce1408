"""Pages of the people who may be one: compared, merged, told apart, parted again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory import rules
from preau.directory.actions import merging
from preau.directory.forms.duplicates import MergeForm
from preau.directory.models import Merge, Person
from preau.directory.queries import duplicates as queries
from preau.directory.rules import duplicates as judged
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.keeps_directory)
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Who looks like somebody else, the likest first; or those whom somebody set aside."""
    aside = request.GET.get("montrer") == "ecartes"
    page = page_for(request, queries.pairs_of(request.viewer, set_aside=aside), A_PAGE)
    context = {"page_obj": page, "rows": page.object_list, "aside": aside}
    return render(request, "directory/duplicates.html", context)


@opens(Person, to=judged.compares, by="public_id")
@require_safe
def pair(request: HttpRequest, person: Person, other: str) -> HttpResponse:
    """Two people side by side, and what merging them would do."""
    second = queries.other_of(request.viewer, person, other)
    if second is None:
        raise Http404
    compared = queries.comparison_of(request.viewer, person, second)
    for dossier in compared.files_of_pupils():
        pk = dossier.person.pk
        journal.record_read(request.viewer, "directory.person_read", dossier.person, subject_id=pk)
    return _page(request, compared, MergeForm(compared))


@opens(to=rules.keeps_directory)
@require_POST
def merge(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """Make one of two rows. The second of two clicks is sent where the first one led."""
    people = queries.pair_of(request.viewer, one, other)
    if people is None:
        return _merged_already(request, one, other)
    compared = queries.comparison_of(request.viewer, *people)
    form = MergeForm(compared, request.POST)
    if not form.is_valid():
        return _page(request, compared, form, status=TYPED_WRONG)
    try:
        merging.merge(request.viewer, *form.chosen(), form.cleaned_data["avant"])
    except merging.MovedOn:
        return _merged_already(request, one, other)
    except merging.MergeRefused as refused:
        return _page(request, compared, form, status=CONFLICT, refused=refused.reason)
    sentence = _("Les deux fiches n’en font plus qu’une. Vous pouvez les séparer pendant trente jours.")
    messages.success(request, sentence)
    return redirect("directory:merges")


def _merged_already(request: HttpRequest, one: str, other: str) -> HttpResponseRedirect:
    """Where to read what became of two rows that are not what they were."""
    if queries.merge_between(request.viewer, one, other):
        return redirect("directory:merges")
    if queries.pair_of(request.viewer, one, other) is None:
        raise Http404
    messages.warning(request, _("Une de ces fiches vient de changer : relisez, puis recommencez."))
    return redirect("directory:pair", public_id=one, other=other)


def _page(
    request: HttpRequest, compared: queries.Comparison, form: MergeForm, status: int = 200, refused: str = ""
) -> HttpResponse:
    context = {"compared": compared, "form": form, "refused": refused}
    return render(request, "directory/pair.html", context, status=status)


@opens(Person, to=judged.compares, by="public_id")
@require_POST
def tell_apart(request: HttpRequest, person: Person, other: str) -> HttpResponseRedirect:
    """« Ce sont deux personnes », or the contrary."""
    second = queries.other_of(request.viewer, person, other)
    if second is None:
        raise Http404
    if request.POST.get("comparer"):
        merging.compare_again(request.viewer, person, second)
        messages.success(request, _("Ces deux fiches sont de nouveau proposées."))
    else:
        merging.tell_apart(request.viewer, person, second)
        messages.success(request, _("C’est noté : ce sont deux personnes. Elles ne seront plus proposées."))
    return redirect("directory:duplicates")


@opens(to=rules.keeps_directory)
@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """What was merged, and can still be parted."""
    page = page_for(request, queries.merges_of(request.viewer), A_PAGE)
    context = {"page_obj": page, "rows": queries.merge_rows(request.viewer, page.object_list)}
    return render(request, "directory/merges.html", context)


@opens(Merge, to=judged.compares)
@require_POST
def undo_merge(request: HttpRequest, merge: Merge) -> HttpResponseRedirect:
    """Make two rows of one again."""
    try:
        merging.undo(request.viewer, merge)
    except merging.MovedOn:
        messages.info(request, _("Ces deux fiches sont déjà séparées."))
    except merging.MergeRefused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("Les deux fiches sont séparées : chacune a retrouvé ce qu’elle tenait."))
    return redirect("directory:merges")
