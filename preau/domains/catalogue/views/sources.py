"""Pages of whoever runs the platform: the sources of the catalogue, each of their readings, the links that are dead."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.actions import sources as actions
from preau.domains.catalogue.actions.harvesting import NotNow
from preau.domains.catalogue.actions.publishing import LONGEST_MISS
from preau.domains.catalogue.actions.publishing import clear_miss as clear
from preau.domains.catalogue.forms.sources import SourceForm
from preau.domains.catalogue.models import Harvest, Source
from preau.domains.catalogue.queries import sources as queries
from preau.foundation.access import opens
from preau.foundation.downloads import csv_file
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_of
from preau.identity.rules import runs_platform

A_PAGE = 30


@opens(to=runs_platform)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source and how it is doing."""
    page = page_of(queries.sources_of(request.viewer), request.GET.get("page"), A_PAGE)
    context = {
        "page_obj": page,
        "rows": [queries.row_of(one) for one in page.object_list],
        "waiting": queries.waiting(request.viewer),
        "dead": queries.dead_links(request.viewer).count(),
    }
    return render(request, "catalogue/sources.html", context)


@opens(to=runs_platform)
@require_http_methods(["GET", "POST"])
def add_source(request: HttpRequest) -> HttpResponse:
    """One more."""
    form = SourceForm(None, request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_source(
                request.viewer, form.cleaned_data["slug"], form.facts(), form.cleaned_data["institution"]
            )
        except actions.KeyTaken:
            form.add_error("slug", _("Une source ou une collection porte déjà cette clé."))
        else:
            messages.success(request, _("La source est ajoutée. Essayez-la, puis moissonnez-la."))
            return redirect("catalogue:source", slug=made.slug)
    return _form(request, form, None)


@opens(Source, to=runs_platform, by="slug")
@require_http_methods(["GET", "POST"])
def change_source(request: HttpRequest, source: Source) -> HttpResponse:
    """What is said of a source."""
    form = SourceForm(source, request.POST or None)
    if form.is_valid():
        changed = actions.change_source(
            request.viewer, source, form.facts(), form.cleaned_data["institution"]
        )
        tell_outcome(
            request,
            changed,
            _("C’est enregistré. La prochaine moisson relira toute la source."),
            NOTHING_CHANGED,
        )
        return redirect("catalogue:source", slug=source.slug)
    return _form(request, form, source)


def _form(request: HttpRequest, form: SourceForm, source: Source | None) -> HttpResponse:
    return render_form(request, "catalogue/source_form.html", {"form": form, "source": source})


@opens(Source, to=runs_platform, by="slug")
@require_safe
def source(request: HttpRequest, source: Source) -> HttpResponse:
    """One source: what it is, and its readings."""
    page = page_of(queries.harvests_of(source), request.GET.get("page"), A_PAGE)
    rows = [(one, *queries.look_of(one)) for one in page.object_list]
    known = queries.sources_of(request.viewer).get(pk=source.pk)
    context = {"source": known, "row": queries.row_of(known), "page_obj": page, "rows": rows}
    return render(request, "catalogue/source.html", context)


@opens(Source, to=runs_platform, by="slug")
@require_POST
def try_source(request: HttpRequest, source: Source) -> HttpResponseRedirect:
    """Read its first records, and change nothing."""
    return _begin(request, source, is_trial=True)


@opens(Source, to=runs_platform, by="slug")
@require_POST
def harvest_source(request: HttpRequest, source: Source) -> HttpResponseRedirect:
    """Read it now."""
    return _begin(request, source, is_trial=False)


def _begin(request: HttpRequest, source: Source, *, is_trial: bool) -> HttpResponseRedirect:
    try:
        with transaction.atomic():
            made = harvesting.begin(source, by_hand=True, is_trial=is_trial, viewer=request.viewer)
            tasks.harvest.enqueue(made.pk)
    except NotNow:
        messages.info(request, _("Une lecture de cette source est déjà en cours."))
        return redirect("catalogue:source", slug=source.slug)
    return redirect("catalogue:harvest", pk=made.pk)


@opens(Source, to=runs_platform, by="slug")
@require_POST
def pause_source(request: HttpRequest, source: Source) -> HttpResponseRedirect:
    """Read it no more by itself, or again."""
    is_paused = request.POST.get("state") == "pause"
    try:
        harvesting.pause(request.viewer, source, is_paused=is_paused)
    except NotNow:
        messages.info(request, _("C’était déjà fait."))
    else:
        done = (
            _("La source est en pause. Ce qu’elle a apporté reste.") if is_paused else _("La source reprend.")
        )
        messages.success(request, done)
    return redirect("catalogue:source", slug=source.slug)


@opens(Harvest, to=runs_platform)
@require_safe
def harvest(request: HttpRequest, harvest: Harvest) -> HttpResponse:
    """What one reading did, what it could not take, and what waits for an agreement."""
    tone, icon = queries.look_of(harvest)
    context = {
        "harvest": harvest,
        "source": harvest.source,
        "tone": tone,
        "icon": icon,
        "counts": queries.counts_of(harvest),
        "sample": queries.sample_of(harvest),
    }
    return render(request, "catalogue/harvest.html", context)


@opens(Harvest, to=runs_platform)
@require_POST
def settle_harvest(request: HttpRequest, harvest: Harvest) -> HttpResponseRedirect:
    """Agree that what a source has lost goes, or keep it; or stop a reading."""
    done: dict[str, Any] = {
        "retirer": lambda: _agreed(request, harvest),
        "garder": lambda: _kept(request, harvest),
        "arreter": lambda: _stopped(request, harvest),
    }
    try:
        done.get(request.POST.get("geste", ""), lambda: None)()
    except NotNow:
        messages.info(request, _("Cette moisson n’attend plus rien."))
    return redirect("catalogue:harvest", pk=harvest.pk)


def _agreed(request: HttpRequest, harvest: Harvest) -> None:
    count = harvesting.agree(request.viewer, harvest)
    sentence = ngettext("%(num)s ressource est retirée.", "%(num)s ressources sont retirées.", count)
    messages.success(request, sentence % {"num": count})


def _kept(request: HttpRequest, harvest: Harvest) -> None:
    harvesting.keep(request.viewer, harvest)
    messages.success(request, _("Tout reste. La prochaine moisson redemandera."))


def _stopped(request: HttpRequest, harvest: Harvest) -> None:
    harvesting.stop(request.viewer, harvest)
    messages.success(request, _("La lecture s’arrête. Ce qui est lu reste."))


@opens(Source, to=runs_platform, by="slug")
@require_safe
def export_harvests(request: HttpRequest, source: Source) -> StreamingHttpResponse:
    """Every reading of a source, for a spreadsheet."""
    header = [
        _("Commencée"),
        _("État"),
        _("Essai"),
        _("Secondes"),
        _("Pages"),
        _("Octets"),
        _("Lues"),
        _("Ajoutées"),
        _("Modifiées"),
        _("Inchangées"),
        _("Déjà connues"),
        _("Retirées"),
        _("Refusées"),
        _("Motif"),
    ]
    return csv_file(f"moissons-{source.slug}", header, queries.lines_of(source))


@opens(Harvest, to=runs_platform)
@require_safe
def export_problems(request: HttpRequest, harvest: Harvest) -> StreamingHttpResponse:
    """What a reading could not take, to send to whoever keeps the source."""
    return csv_file(f"moisson-{harvest.pk}", [_("Où"), _("Pourquoi")], queries.problem_lines(harvest))


@opens(to=runs_platform)
@require_safe
def dead_links(request: HttpRequest) -> HttpResponse:
    """The resources whose address leads nowhere any more."""
    page = page_of(queries.dead_links(request.viewer), request.GET.get("page"), A_PAGE)
    return render(request, "catalogue/dead_links.html", {"page_obj": page})


@opens(to=runs_platform)
@require_safe
def export_dead_links(request: HttpRequest) -> StreamingHttpResponse:
    header = [_("Ressource"), _("Titre"), _("Adresse"), _("Lien mort depuis le"), _("Dernière réponse")]
    return csv_file("liens-morts", header, queries.dead_lines(request.viewer))


@opens(to=runs_platform)
@require_safe
def misses(request: HttpRequest) -> HttpResponse:
    """The words that people told us find nothing: what to look for, to harvest or to write."""
    page = page_of(queries.misses(request.viewer), request.GET.get("page"), A_PAGE)
    return render(request, "catalogue/misses.html", {"page_obj": page})


@opens(to=runs_platform)
@require_safe
def export_misses(request: HttpRequest) -> StreamingHttpResponse:
    return csv_file(
        "recherches-sans-resultat",
        [_("Mots"), _("Fois"), _("Dernière fois")],
        queries.miss_lines(request.viewer),
    )


@opens(to=runs_platform)
@require_POST
def clear_miss(request: HttpRequest) -> HttpResponseRedirect:
    """Something answers these words now, or never will: they leave the list, until somebody tells them again. Twice is once."""
    words = request.POST.get("mots", "")
    clear(request.viewer, words)
    messages.success(request, _("« %(words)s » n’est plus dans la liste.") % {"words": words[:LONGEST_MISS]})
    return redirect("catalogue:misses")
