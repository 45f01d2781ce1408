"""A document begun, given another title or another place."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.actions import versions, writing
from preau.commons.documents.models import OWN, Document
from preau.commons.documents.queries.places import Place
from preau.directory.viewer import Viewer
from preau.foundation import journal, live
from preau.foundation.richtext import shared
from preau.foundation.text import fold


class TooMany(Exception):
    """This place has as many documents as it may."""


@transaction.atomic
def begin(viewer: Viewer, place: Place, title: str, html: str = "", sent_as: str = "") -> Document:
    """A new document, with this text (canonical HTML) where there is one. `sent_as`: what a form was sent as; sent twice, it begins one.

    Whoever asks has looked at who writes there (`queries.places.named`). Raises TooMany.
    """
    known = Document.objects.filter(begun_by=viewer.person.pk, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    rows = Document.objects.filter(kind=place.kind, place=place.number)
    if place.kind == OWN:
        rows = rows.filter(owner=viewer.person.pk)
    if rows.count() >= rules.MOST_DOCUMENTS:
        raise TooMany
    now = timezone.now()
    document = Document.objects.create(
        school_id=place.school_id,
        kind=place.kind,
        place=place.number,
        owner=viewer.person if place.kind == OWN else None,
        title=title,
        search_title=fold(title),
        begun_by=viewer.person,
        begun_at=now,
        changed_at=now,
        sent_as=sent_as,
    )
    if html:
        writing.add(document, viewer, shared.begun(html), uuid4())
        versions.keep(document, viewer)
    journal.record(viewer, "documents.begun", document)
    return document


@transaction.atomic
def rename(viewer: Viewer, document_id: int, title: str) -> bool:
    """Another title; False when it is the same. Raises NotOpen."""
    document = writing.hold(viewer, document_id)
    if document.title == title:
        return False
    document.title, document.search_title = title, fold(title)
    document.save(update_fields=["title", "search_title"])
    journal.record(viewer, "documents.renamed", document)
    live.touch(writing.topic_of(document.pk))
    return True
