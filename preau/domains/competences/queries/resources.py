"""Resources of the catalogue for what a pupil is to work on next, where a referential says which place of the programmes it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person
from preau.directory.words import level_said
from preau.domains.catalogue.models import Node, Resource
from preau.domains.competences.models import Competence
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url


@dataclass(frozen=True)
class ResourceLink:
    """« Ressources : Mathématiques, 5e », and the search that shows them."""

    label: str
    href: str


def _level(pupil: int, school: int, today: date) -> "QuerySet[Enrolment, str]":
    learnt = Enrolment.objects.active(today).filter(pupil=pupil, school=school, group__kind=Group.Kind.CLASS)
    return learnt.order_by("pk").values_list("group__level", flat=True)


LEVEL = Prepared(_level)


def resources_for(
    pupil: Person, school_id: int, today: date, competences: Iterable[Competence]
) -> dict[int, ResourceLink]:
    """By competence, those of its subject at the level of the pupil's class, else of its subject; nothing where there are none.
    Two statements, and none where no competence says its place."""
    placed = {one.pk: one.node for one in competences if one.node}
    if not placed:
        return {}
    level = level_said(LEVEL.first(pupil.pk, school_id, today) or "").lower()
    published = Resource.objects.published().filter(nodes=OuterRef("pk"))
    of_level = published.filter(
        pk__in=Resource.objects.filter(nodes__kind=Node.Kind.LEVEL, nodes__key=level).values("pk")
    )
    nodes = Node.objects.in_force().filter(kind=Node.Kind.SUBJECT, key__in=set(placed.values()))
    found = nodes.filter(Exists(published)).annotate(is_of_level=Exists(of_level))
    links = {
        key: _link(key, label, level if is_of_level else "")
        for key, label, is_of_level in found.values_list("key", "label", "is_of_level")
    }
    return {pk: links[key] for pk, key in placed.items() if key in links}


def _link(subject: str, label: str, level: str) -> ResourceLink:
    asked = {"matiere": subject} | ({"niveau": level} if level else {})
    title = _("Ressources : %(subject)s, %(level)s") if level else _("Ressources : %(subject)s")
    return ResourceLink(
        title % {"subject": label, "level": level}, f"{url('catalogue:search')}?{urlencode(asked)}"
    )
