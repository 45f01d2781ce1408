"""Publishing a scenario, taking it back from the public, going back to what it said before."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Node
from preau.domains.scenarios.actions.writing import keep
from preau.domains.scenarios.models import LICENCES, Content, Scenario, Version
from preau.domains.scenarios.rules import licences_after
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.richtext import showing
from preau.foundation.text import fold

MOST_WORDS = 8_000


class NotReady(Exception):
    """Something that must be said before it is published is not."""


class WrongLicence(Exception):
    """What it was adapted from does not let this licence be chosen."""


@transaction.atomic
def publish(viewer: Viewer, scenario: Scenario, licence: str) -> Version:
    """Let anyone read what it says now, under a licence, signed as each author chose: a version is frozen.

    The same again makes no other version. Raises NotReady, WrongLicence.
    """
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    if content.missing:
        raise NotReady
    if licence not in allowed(scenario):
        raise WrongLicence
    signatures = [author.signed for author in scenario.authors.writing().select_related("person")]
    body = content.frozen().told()
    last = scenario.versions.first()
    if (
        last
        and scenario.is_public
        and scenario.shown_id == last.pk
        and _says(last, body, licence, signatures)
    ):
        return last
    version = _freeze(viewer, scenario, content, licence, signatures, published=True)
    scenario.state, scenario.shown, scenario.licence = Scenario.State.PUBLISHED, version, licence
    nodes = nodes_of(content)
    scenario.words = words_of(content, [node.label for node in nodes], signatures)
    scenario.save(update_fields=["state", "shown", "licence", "words"])
    scenario.nodes.set(nodes)
    journal.record(viewer, "scenarios.published", scenario, number=version.number)
    return version


def _says(version: Version, body: dict[str, Any], licence: str, signatures: list[str]) -> bool:
    return (version.body, version.licence, version.signatures) == (body, licence, signatures)


def allowed(scenario: Scenario) -> tuple[str, ...]:
    """The licences that its authors may choose: those that what it was adapted from lets them."""
    source = scenario.origin.get("licence", "")
    return tuple(licences_after(source)) if source else tuple(LICENCES)


def _freeze(
    viewer: Viewer,
    scenario: Scenario,
    content: Content,
    licence: str,
    signatures: list[str],
    *,
    published: bool,
) -> Version:
    number = (scenario.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made: Version = Version.objects.create(
        scenario=scenario,
        number=number,
        title=content.facts.title,
        body=content.frozen().told(),
        licence=licence,
        signatures=signatures,
        is_published=published,
        made_by=viewer.person,
        made_at=timezone.now(),
    )
    return made


def nodes_of(content: Content) -> list[Node]:
    """Its places in the programmes in force."""
    facts = content.facts
    found = Node.objects.in_force()
    levels = found.filter(kind=Node.Kind.LEVEL, key__in=facts.levels)
    return [*levels, *found.filter(kind=Node.Kind.SUBJECT, key=facts.subject)]


def words_of(content: Content, labels: list[str], signatures: list[str]) -> str:
    """By what it is found, folded as `foundation.lookup` looks for it: the title first."""
    facts = content.facts
    texts = [facts.title, facts.abstract, *labels, *signatures, showing.plain(facts.objectives)]
    for step in content.steps:
        texts += [step.title, showing.plain(step.teacher), showing.plain(step.pupils)]
    return fold(" ".join(texts))[:MOST_WORDS]


@transaction.atomic
def withdraw(viewer: Viewer, scenario: Scenario) -> bool:
    """The public reads it no more; its authors keep all of it. False when it was not public."""
    scenario = lock(Scenario, scenario.pk)
    if scenario.state != Scenario.State.PUBLISHED:
        return False
    scenario.state = Scenario.State.WITHDRAWN
    scenario.save(update_fields=["state"])
    journal.record(viewer, "scenarios.withdrawn", scenario)
    return True


@transaction.atomic
def go_back(viewer: Viewer, version: Version) -> bool:
    """Write again what a version said; what is written now is kept as a version first, where no version holds it yet.

    The public reads what it did. False when it says that already.
    """
    scenario = lock(Scenario, version.scenario.pk)
    content = scenario.content
    if content.frozen().told() == version.body:
        return False
    if content.frozen().told() not in [version.body for version in scenario.versions.all()]:
        _freeze(viewer, scenario, content, scenario.licence, [], published=False)
    before = version.content
    seen = {one.key: one.seen for one in (*content.steps, *(one for _place, one in content.removed))}
    # Whoever is writing a step or the facts meanwhile is told.
    steps = tuple(replace(step, seen=seen.get(step.key, 0) + 1) for step in before.steps)
    keep(scenario, Content(facts=before.facts, steps=steps, seen=content.seen + 1))
    journal.record(viewer, "scenarios.gone_back", scenario, number=version.number)
    return True
