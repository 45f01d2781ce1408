"""Sources added and changed by whoever runs the platform."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from preau.domains.catalogue.models import Collection, Institution, Source
from preau.foundation import journal
from preau.foundation.locks import lock

# After the collections of the house.
LAST = 900


class KeyTaken(Exception):
    """Another source, or a collection, has this key already."""


@transaction.atomic
def add_source(viewer: Any, slug: str, facts: Mapping[str, Any], institution: str) -> Source:
    """A new source, its collection, and the house whose resources it names. Raises KeyTaken."""
    if Source.objects.filter(slug=slug).exists() or Collection.objects.filter(slug=slug).exists():
        raise KeyTaken
    shelf = Collection.objects.create(slug=slug, title=facts["name"], abstract="", order=LAST)
    source = Source(
        slug=slug, collection=shelf, institution=_house(institution), due_at=timezone.now(), **facts
    )
    source.save()
    _name(source)
    journal.record(viewer, "catalogue.source_added", source)
    return source


@transaction.atomic
def change_source(viewer: Any, source: Source, facts: Mapping[str, Any], institution: str) -> bool:
    """What is said of a source. The next reading is a whole one, so that its records follow; False when nothing changed."""
    row = lock(Source, source.pk)
    house = _house(institution)
    wanted = dict(facts) | {"institution": house}
    if all(getattr(row, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(row, name, value)
    row.marks = {}
    row.save(update_fields=[*wanted, "marks"])
    _name(row)
    journal.record(viewer, "catalogue.source_changed", row)
    return True


def _name(source: Source) -> None:
    """Its collection is called as it is."""
    abstract = f"{source.institution.name}. {source.name}."[:400]
    Collection.objects.filter(pk=source.collection_id).update(title=source.name, abstract=abstract)


def _house(name: str) -> Institution:
    known = Institution.objects.filter(name__iexact=name).first()
    if known:
        return known
    slug, number = slugify(name)[:50] or "institution", 1
    while Institution.objects.filter(slug=slug if number == 1 else f"{slug}-{number}").exists():
        number += 1
    return Institution.objects.create(slug=slug if number == 1 else f"{slug}-{number}", name=name)
