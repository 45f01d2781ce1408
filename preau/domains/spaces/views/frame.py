"""What every page of a space shares: its band, its side menu, what waits."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Space
from preau.domains.spaces.queries import talk


def framed(
    request: HttpRequest,
    template: str,
    space: Space,
    here: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of a space, `here` in its side menu."""
    viewer = request.viewer
    counts = talk.counts_of(viewer, space)
    shared = {
        "space": space,
        "here": here,
        "counts": counts,
        "pages": _pages(request, space, counts),
        "runs": rules.runs(viewer, space),
        "is_over": space.is_over(viewer.today),
        "writes": rules.writes(viewer, space),
    }
    return render(request, template, shared | dict(context), status=status)


def _meetings(viewer: Viewer, space: Space, address: str) -> list[tuple[str, str, str, str, int]]:
    """The page of virtual classes, where there are any."""
    if not rules.has_meetings(viewer, space):
        return []
    return [("meetings", _("Classe virtuelle"), address, "video", 0)]


def _pages(
    request: HttpRequest, space: Space, counts: Mapping[str, int]
) -> list[tuple[str, str, str, str, int]]:
    """Key, name, address, drawing and what waits, of each page of a space."""
    viewer = request.viewer

    def at(name: str) -> str:
        return reverse(f"spaces:{name}", kwargs={"pk": space.pk})

    pages = [("home", _("Accueil de l’espace"), at("space"), "layout-grid", 0)]
    if rules.has_questions(viewer, space):
        pages.append(("questions", _("Questions"), at("questions"), "message-question", counts["questions"]))
    pages += [
        ("shelf", _("Étagère"), at("shelf"), "book", 0),
        ("wall", _("Mur de cartes"), at("wall"), "layout-kanban", 0),
        ("glossary", _("Glossaire"), at("glossary"), "vocabulary", counts["definitions"]),
    ]
    pages += _meetings(viewer, space, at("meetings"))
    if (
        viewer.offers("drive")
        and space.is_of_a_group
        and space.group_id
        and viewer.school_id == space.school_id
    ):
        pages.append(
            ("files", _("Fichiers"), reverse("drive:group", kwargs={"pk": space.group_id}), "folder", 0)
        )
    if viewer.offers("drive") and space.kind == Space.Kind.OWN:
        pages.append(("files", _("Fichiers"), reverse("drive:home"), "folder", 0))
    if space.kind != Space.Kind.OWN:
        pages.append(("members", _("Qui est dans l’espace"), at("members"), "users", 0))
    if counts["reports"]:
        pages.append(("reports", _("Signalements"), at("reports"), "flag", counts["reports"]))
    if rules.settles_space(viewer, space):
        pages.append(("settings", _("Réglages de l’espace"), at("settings"), "settings", 0))
    return pages
