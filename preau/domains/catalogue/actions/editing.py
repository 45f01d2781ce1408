"""Resources that the operator makes of a medium: published, changed, withdrawn, put back. Each is one edition of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from preau.commons.media.models import Medium
from preau.commons.media.queries import players
from preau.directory.viewer import Viewer
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Accessibility, Collection, Institution, Node, Resource
from preau.domains.catalogue.models.edited import PLATFORM
from preau.domains.catalogue.models.resources import this_second
from preau.foundation import journal
from preau.foundation.locks import lock

SHELF = "mediatheque"
# The demonstration wants a film and a sound: a task draws them.
drawing_asked = Signal()


class NotReady(Exception):
    """The medium is being made, or has gone."""


@dataclass(frozen=True)
class Sheet:
    """The record of a resource, as the operator typed it. `nodes`: levels and subjects."""

    title: str
    abstract: str
    authors: Sequence[str]
    institution: str
    type: str
    nodes: Sequence[Node]
    keywords: Sequence[str]
    audiences: Sequence[str]
    duration: int | None
    language: str
    licence: str


@transaction.atomic
def publish_medium(viewer: Viewer, medium: Medium, shelf: Collection | None, sheet: Sheet) -> Resource:
    """Put a medium in the catalogue, with its record. Sent twice, it is there once. Raises NotReady."""
    known: Medium | None = Medium.objects.select_for_update(of=("self",)).filter(pk=medium.pk).first()
    if known is None or not known.is_ready:
        raise NotReady
    former: Resource | None = Resource.objects.filter(medium=known).first()
    if former:
        return former
    row = publish_made(known, shelf, sheet)
    journal.record(viewer, "catalogue.published", row)
    return row


@transaction.atomic
def publish_made(medium: Medium, shelf: Collection | None, sheet: Sheet) -> Resource:
    """The same of what Préau itself has made, for the demonstration."""
    today, shelf = timezone.localdate(), shelf or _own_shelf()
    row = Resource(
        key=_free_key(shelf, sheet.title),
        collection=shelf,
        source=PLATFORM,
        medium=medium,
        published=today,
        changed=today,
    )
    _put(row, sheet)
    _say(row, medium)
    row.edition = next_edition()
    row.save()
    row.nodes.set(sheet.nodes)
    return row


def _own_shelf() -> Collection:
    """Where media are put that no collection asks for."""
    facts = {
        "title": _("Médiathèque"),
        "abstract": _("Vidéos, sons, images et livres à écouter, à voir et à lire."),
        "order": 90,
    }
    return Collection.objects.get_or_create(slug=SHELF, defaults=facts)[0]


def _free_key(shelf: Collection, title: str) -> str:
    # « L’heure »: l-heure, as the addresses of the starter collection.
    slug = slugify(title.replace("’", " ").replace("'", " "))[:60].strip("-")
    stem = f"{shelf.slug}/{slug or 'ressource'}"
    taken = set(Resource.objects.filter(key__startswith=stem).values_list("key", flat=True))
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def _put(row: Resource, sheet: Sheet) -> None:
    name = sheet.institution
    row.institution = Institution.objects.get_or_create(
        slug=slugify(name)[:60] or "plateforme", defaults={"name": name}
    )[0]
    row.title, row.abstract, row.authors, row.type = (
        sheet.title,
        sheet.abstract,
        list(sheet.authors),
        sheet.type,
    )
    row.keywords, row.audiences, row.duration = list(sheet.keywords), list(sheet.audiences), sheet.duration
    row.language, row.licence, row.licence_version = sheet.language, sheet.licence, ""


def _say(row: Resource, medium: Medium) -> bool:
    """What the medium says and how it is made accessible, in the record; was anything changed?"""
    text, means = players.text_of(medium), accessibility_of(medium)
    digest = sha256("\0".join([text, *means]).encode()).hexdigest()
    if row.digest == digest:
        return False
    row.text, row.accessibility, row.digest = text, means, digest
    return True


def accessibility_of(medium: Medium) -> list[str]:
    """By whom it may be followed, from what is there: nobody has to tick it, nobody can tick it wrongly."""
    found: list[str] = []
    if medium.is_timed:
        found.append(Accessibility.KEYBOARD)
        if medium.captions:
            found.append(Accessibility.SUBTITLES)
        if medium.captions or medium.transcript:
            found.append(Accessibility.TRANSCRIPT)
    if medium.kind == Medium.Kind.IMAGE and medium.alternative:
        found.append(Accessibility.DESCRIBED)
    return [str(one) for one in found]


@transaction.atomic
def change(viewer: Viewer, resource: Resource, sheet: Sheet) -> bool:
    """Change the record; its address stays. Was anything changed?"""
    row = lock(Resource, resource.pk)
    before = _told(row)
    _put(row, sheet)
    if before == _told(row) and {node.pk for node in row.nodes.all()} == {node.pk for node in sheet.nodes}:
        return False
    _write(row)
    row.nodes.set(sheet.nodes)
    journal.record(viewer, "catalogue.changed", row)
    return True


def _told(row: Resource) -> list[Any]:
    names = (
        "title",
        "abstract",
        "authors",
        "institution_id",
        "type",
        "keywords",
        "audiences",
        "duration",
        "language",
        "licence",
    )
    return [getattr(row, name) for name in names]


def _write(row: Resource) -> None:
    row.version, row.changed, row.edition = (
        row.version + 1,
        max(timezone.localdate(), row.published),
        next_edition(),
    )
    row.noted_at = this_second()
    row.save()


@transaction.atomic
def withdraw(viewer: Viewer, resource: Resource) -> bool:
    """Show it to nobody any more; nothing of it is erased. False when it was done already."""
    return _turn(viewer, resource, Resource.Status.WITHDRAWN, "catalogue.withdrawn")


@transaction.atomic
def put_back(viewer: Viewer, resource: Resource) -> bool:
    """Show it again. False when it was done already."""
    return _turn(viewer, resource, Resource.Status.PUBLISHED, "catalogue.put_back")


def _turn(viewer: Viewer, resource: Resource, status: str, verb: str) -> bool:
    row = lock(Resource, resource.pk)
    if row.status == status:
        return False
    row.status, row.edition, row.noted_at = status, next_edition(), this_second()
    row.save(update_fields=["status", "edition", "noted_at"])
    journal.record(viewer, verb, row)
    return True


@transaction.atomic
def say_again(medium_id: int, **_kwargs: object) -> None:
    """The words of a medium have changed: those that show it are found by them."""
    for row in (
        Resource.objects.select_for_update(of=("self",)).filter(medium=medium_id).select_related("medium")
    ):
        if row.medium and _say(row, row.medium):
            _write(row)
