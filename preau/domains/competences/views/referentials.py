"""Referentials: the list, one tree, what a school adds, and those brought in files."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Subject
from preau.directory.viewer import Viewer
from preau.domains.competences.actions import referentials as referentials_actions
from preau.domains.competences.forms import CompetenceForm, ReferentialFilesForm
from preau.domains.competences.imports import shipped
from preau.domains.competences.imports.importer import REFERENTIAL_FILES
from preau.domains.competences.models import Competence, Referential, ReferentialImport
from preau.domains.competences.queries import imports as queries
from preau.domains.competences.queries.referentials import referentials_of, tree_of
from preau.domains.competences.rules import access
from preau.domains.gradebook.actions.sealing import AlreadyDone
from preau.foundation.access import opens
from preau.foundation.importers import pages, stages
from preau.foundation.importers.reports import ImportLine, lines_of
from preau.foundation.pages import render_form, tell_outcome

HEAD = access.brings_referentials
EXPORTED = "competences.import_exported"


@opens(to=access.reads_referentials)
@require_safe
def referentials(request: HttpRequest) -> HttpResponse:
    """Those of the school, and how one more comes in."""
    viewer = request.viewer
    brings = access.brings_referentials(viewer)
    context = {
        "rows": referentials_of(viewer),
        "brings": brings,
        "offered": shipped.offered(viewer.school_id or 0) if brings else [],
    }
    return render(request, "competences/referentials.html", context)


@opens(to=access.brings_referentials)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take in one of those that come with Préau."""
    key = request.POST.get("referentiel", "socle")
    if key not in shipped.SHIPPED:
        raise Http404
    made = shipped.take(request.viewer.school, key, request.viewer.person)
    tell_outcome(request, made, _("Le référentiel est là."))
    return redirect("competences:referentials")


@opens(Referential, to=access.reads_referentials)
@require_http_methods(["GET", "POST"])
def referential(request: HttpRequest, referential: Referential) -> HttpResponse:
    """Its tree; in one of the school's own, a teacher or the head adds a competence."""
    viewer = request.viewer
    adds = referential.is_own and referential.replaced_on is None
    parents = Competence.objects.filter(referential=referential, depth=0, retired_on=None)
    subjects = Subject.objects.visible_to(viewer).order_by("name")
    form = CompetenceForm(parents, subjects, request.POST if request.method == "POST" and adds else None)
    if form.is_valid():
        values = form.cleaned_data
        referentials_actions.add_competence(
            viewer, referential, values["name"], values["parent"], values["subject"]
        )
        messages.success(request, _("La compétence est ajoutée : tous les enseignants peuvent l’évaluer."))
        return redirect("competences:referential", pk=referential.pk)
    context = {
        "referential": referential,
        "lines": tree_of(referential, viewer.today),
        "adds": adds,
        "form": form,
        "brings": access.brings_referentials(viewer),
    }
    return render_form(request, "competences/referential.html", context)


@opens(Competence, to=access.brings_referentials)
@require_POST
def retire(request: HttpRequest, competence: Competence) -> HttpResponse:
    """Offer a competence no more, or again: its levels stay in both cases."""
    try:
        if request.POST.get("sens") == "reprendre":
            referentials_actions.restore(request.viewer, competence)
            sentence = _("Cette compétence est proposée de nouveau.")
        else:
            referentials_actions.retire(request.viewer, competence)
            sentence = _("Cette compétence n’est plus proposée. Ses niveaux restent lisibles.")
    except AlreadyDone:
        messages.info(request, _("C’était déjà fait."))
    else:
        messages.success(request, sentence)
    return redirect("competences:referential", pk=competence.referential_id)


def _take(viewer: Viewer, form: ReferentialFilesForm) -> ReferentialImport:
    values = form.cleaned_data
    brought: ReferentialImport = stages.bring(
        REFERENTIAL_FILES,
        viewer,
        values["files"],
        name=values["name"],
        edition=values["edition"],
        source=values["source"],
    )
    return brought


def _lines(rows: Iterable[ReferentialImport]) -> list[ImportLine]:
    return lines_of(REFERENTIAL_FILES, rows, queries.by, lambda one: queries.figures_of(one.report))


def _shown(_viewer: Viewer, brought: ReferentialImport) -> dict[str, Any]:
    return {
        "by": queries.by(brought),
        "figures": queries.figures_of(brought.report),
        "changes": queries.changes_of(brought),
        "notes": [],
    }


imports = pages.home(
    REFERENTIAL_FILES,
    HEAD,
    ReferentialFilesForm,
    _take,
    _lines,
    pages.Heading(
        gettext_lazy("Apporter un référentiel"),
        gettext_lazy("Un texte officiel, ou celui de l’établissement, dans un tableau."),
        gettext_lazy(
            "Rien ne change avant que vous ayez vu l’aperçu. Une seule ligne fausse (un code deux fois, un parent qui manque, des parents qui tournent en rond) et rien n’est pris : vous lisez laquelle. Le fichier est effacé dès que c’est appliqué ou abandonné, au plus tard au bout de sept jours."
        ),
        "competences:referentials",
        gettext_lazy("Référentiels"),
    ),
)
one_import = pages.detail(REFERENTIAL_FILES, HEAD, "competences/import.html", _shown)
import_part = pages.part(REFERENTIAL_FILES, HEAD, queries.part_of, "competences/import_part.html")
apply_import = pages.agree(REFERENTIAL_FILES, HEAD)
drop_import = pages.drop(REFERENTIAL_FILES, HEAD)
import_csv = pages.csv_report(REFERENTIAL_FILES, HEAD, queries.exported, queries.csv_rows, EXPORTED)
import_json = pages.json_report(REFERENTIAL_FILES, HEAD, queries.exported, EXPORTED)
