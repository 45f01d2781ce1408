"""The portfolio of a pupil: what they keep, who reads it, taking it away and bringing it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.domains.spaces import imports, rules
from preau.domains.spaces.actions import bundles, keeping
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.forms import BringForm, KeptForm
from preau.domains.spaces.models import Kept
from preau.domains.spaces.queries import portfolios
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_for, query_of
from preau.foundation.uploads import UploadRefused

A_PAGE = 20


@opens(to=rules.has_portfolio)
@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    """All that one keeps."""
    return _portfolio(request)


def _portfolio(
    request: HttpRequest,
    form: BringForm | None = None,
    brought: imports.Brought | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, path = request.viewer, request.GET.get("parcours", "")
    page = page_for(request, portfolios.kept_of(viewer, viewer.person.pk, path), A_PAGE)
    context = {
        "rows": portfolios.kept_rows(page.object_list),
        "page_obj": page,
        "query": query_of(request),
        "paths": [(label, key, key == path) for key, label in Kept.Path.choices if key],
        "path": path,
        "bundle": portfolios.bundle_of(viewer),
        "form": form or BringForm(),
        "brought": brought,
    }
    return render(request, "spaces/portfolio.html", context, status=status)


@opens(to=rules.has_portfolio)
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Keep one thing more."""
    form = KeptForm(request.viewer, None, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            keeping.keep(request.viewer, form.facts(), data["sent_as"], data.get("work"))
        except TooMany:
            form.add_error(None, _("Votre portfolio est plein : retirez-en d’abord."))
        except UploadRefused as refusal:
            form.add_error("work", str(refusal))
        else:
            messages.success(request, _("C’est dans votre portfolio."))
            return redirect("spaces:portfolio")
    return render_form(request, "spaces/kept.html", {"form": form, "kept": None})


@opens(Kept, to=rules.keeps_kept)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Say it otherwise, show it or not."""
    form = KeptForm(request.viewer, kept, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            keeping.change(request.viewer, kept, form.facts()),
            _("C’est enregistré."),
            _("Rien n’a changé."),
        )
        return redirect("spaces:portfolio")
    return render_form(request, "spaces/kept.html", {"form": form, "kept": kept})


@removes
@opens(Kept, to=rules.keeps_kept)
@require_POST
def throw(request: HttpRequest, kept: Kept) -> HttpResponseRedirect:
    keeping.throw(request.viewer, kept)
    messages.success(request, _("C’est retiré de votre portfolio."))
    return redirect("spaces:portfolio")


@opens(to=rules.has_portfolio)
@require_POST
def take_away(request: HttpRequest) -> HttpResponseRedirect:
    """An archive of everything, made by a task."""
    bundles.ask_bundle(request.viewer)
    messages.success(
        request, _("Votre portfolio se prépare : il sera ici dans un instant, pendant sept jours.")
    )
    return redirect("spaces:portfolio")


@opens(to=rules.has_portfolio)
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """The archive of another school comes in, and the page says what came of each thing."""
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return _portfolio(request, form, status=TYPED_WRONG)
    try:
        brought = imports.bring(request.viewer, form.cleaned_data["archive"].read())
    except imports.NotAPortfolio as wrong:
        form.add_error("archive", str(wrong))
        return _portfolio(request, form, status=TYPED_WRONG)
    return _portfolio(request, brought=brought)


@opens(Person, to=rules.reads_portfolio_of, by="public_id")
@require_safe
def portfolio_of(request: HttpRequest, person: Person) -> HttpResponse:
    """What a pupil shows to the viewer."""
    rows = portfolios.kept_of(request.viewer, person.pk)
    page = page_for(request, rows, A_PAGE)
    context = {"pupil": person, "rows": portfolios.kept_rows(page.object_list), "page_obj": page}
    return render(request, "spaces/portfolio_of.html", context)
