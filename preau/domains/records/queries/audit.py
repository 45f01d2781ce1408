"""What the head looks at: who may open how many records, and those that nobody opens any more. Nothing of what they say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.records import rules
from preau.domains.records.models import Kind, Orphan, Reader


def people_who_read(viewer: Viewer) -> "QuerySet[Reader, dict[str, int | str]]":
    """One line a person of the school, those who read most first."""
    active = Reader.objects.active(viewer.today).filter(school_id=viewer.school_id, record__state="open")
    here = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id)
    staff = here.exclude(role__in=[Role.PUPIL, Role.AGENT]).values("person_id")
    counted = active.filter(person__in=staff).values(
        "person_id", "person__family_name", "person__given_name", "person__search_name"
    )
    return counted.annotate(records=Count("record", distinct=True)).order_by(
        "-records", "person__search_name"
    )


@dataclass(frozen=True)
class OrphanRow:
    """A record without a reader, as the head meets it: its kind and its age, without a name."""

    public_id: str
    kind: str
    opened_on: date
    came_from: str


def orphan_rows(found: Iterable[Orphan]) -> list[OrphanRow]:
    return [
        OrphanRow(
            orphan.public_id,
            str(Kind(orphan.kind).label),
            orphan.opened_at.date(),
            orphan.came_from.name if orphan.came_from else "",
        )
        for orphan in found
    ]


MOST = 50


def orphans_of(viewer: Viewer) -> list[OrphanRow]:
    """The fifty that have waited longest (one query)."""
    found = Orphan.objects.visible_to(viewer).select_related("came_from").order_by("opened_at", "pk")
    return orphan_rows(found[:MOST])


def staff_to_entrust(viewer: Viewer, record: Orphan) -> "QuerySet[Person]":
    """Those whose work lets them open a record of this kind, without whoever answers for the pupil. The head who hands it on
    does not open it, unless nobody else of the school may."""
    held = Holding.objects.active(viewer.today).filter(school_id=record.school_id)
    power = rules.OPENERS[Kind(record.kind)][1]
    able = [
        holding.person_id
        for holding in held.exclude(role__in=[Role.PUPIL, Role.AGENT]).only("person_id", "role", "scope")
        if rules.may_listen(record.kind, [Role(holding.role)]) or power in holding.given_on(viewer.today)
    ]
    family = record.pupil.guardianships.values("guardian_id")
    found = Person.objects.filter(pk__in=able).exclude(pk__in=family).order_by("search_name", "pk")
    others = found.exclude(pk=viewer.person.pk)
    return others if others.exists() else found
