"""Making something of one's own from what exists: a resource of the catalogue, or a scenario that a colleague published."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import escape

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries.questions import KINDS
from preau.domains.scenarios.actions.writing import begin, keep, new_key
from preau.domains.scenarios.models import Content, Facts, Scenario, Step
from preau.domains.scenarios.rules import MOST_RESOURCES, licences_after
from preau.foundation.locks import lock
from preau.foundation.richtext import cleaning

# A drawing, by its alternative.
DRAWING = re.compile(r"<img [^>]*?alt=\"([^\"]*)\"[^>]*>")


class MayNotAdapt(Exception):
    """Its licence does not let it be adapted."""


@transaction.atomic
def adapt_resource(viewer: Viewer, resource: Resource) -> Scenario:
    """A draft whose first step holds the words of a resource, to be changed, and which links it. Raises MayNotAdapt."""
    if not licences_after(resource.licence):
        raise MayNotAdapt
    facts = Facts(
        title=resource.title[:160],
        abstract=resource.abstract,
        minutes=resource.duration,
        levels=tuple(node.key for node in resource.levels),
        subject=next((node.key for node in resource.subjects), ""),
        resources=(resource.key,),
    )
    step = Step(
        key=new_key(),
        title=_("Avec la ressource « %(title)s »") % {"title": resource.title[:100]},
        minutes=resource.duration,
        pupils=words_to_change(resource.parts),
    )
    origin = {
        "title": resource.title,
        "authors": list(resource.authors),
        "licence": resource.licence,
        "licence_version": resource.licence_version,
        "address": resource.address,
    }
    return begin(viewer, Content(facts, (step,)), adapted_resource=resource, origin=origin)


def words_to_change(parts: list[Mapping[str, Any]]) -> str:
    """The parts of a resource as formatted text: its drawings by what they show, its questions as a list."""
    blocks = []
    for part in parts:
        if part["kind"] not in KINDS:
            blocks.append(_with_words_of_drawings(part["html"]))
            continue
        # Its statement; what there is to choose from, or to put in order. Answers stay on the page of the resource.
        offered = [html for html, _right in part.get("options", ())] or sorted(part.get("items", ()))
        choices = "".join(f"<li>{html}</li>" for html in offered)
        blocks.append(
            f"<h3>{escape(_('Question'))}</h3>{part['html']}" + (f"<ul>{choices}</ul>" if choices else "")
        )
    return cleaning.clean("".join(blocks))


def _with_words_of_drawings(html: str) -> str:
    return DRAWING.sub(lambda found: f"<p><em>{_('Image :')} {found[1]}</em></p>", html)


@transaction.atomic
def adapt_scenario(viewer: Viewer, source: Scenario) -> Scenario:
    """A draft that says what the public reads of a scenario. Raises MayNotAdapt."""
    version = source.shown
    if not source.is_public or version is None or not licences_after(version.licence):
        raise MayNotAdapt
    before = version.content
    steps = tuple(replace(step, key=new_key(), seen=1) for step in before.steps)
    origin = {
        "title": before.facts.title,
        "authors": version.signatures,
        "licence": version.licence,
        "address": reverse("scenarios:scenario", args=[source.code]),
        "from": source.origin,
    }
    return begin(viewer, Content(before.facts, steps), adapted_from=source, origin=origin)


@transaction.atomic
def join_resource(viewer: Viewer, scenario: Scenario, resource: Resource) -> bool:
    """Link a resource of the catalogue to a scenario. False when it is linked already, or when there are too many."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    known = content.facts.resources
    if resource.key in known or len(known) >= MOST_RESOURCES:
        return False
    facts = replace(content.facts, resources=(*known, resource.key))
    keep(scenario, replace(content, facts=facts, seen=content.seen + 1))
    return True
