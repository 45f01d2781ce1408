"""The platform in figures: its schools, what waits in them, and the deliveries brought for many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from preau.commons.platform.models import Figures, OperatedDelivery, OperatedSchool, share
from preau.commons.platform.rules import SILENCE
from preau.directory.models import Delivery, DeliveryShare, Group, Holding, School
from preau.directory.models.scoping import active_on
from preau.directory.queries import deliveries
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards

State = Delivery.State
WATCHED = {
    "attente": _lazy("Une livraison y attend une décision"),
    "silence": _lazy("Aucune livraison depuis trente jours"),
    "annee": _lazy("Sans année scolaire en cours"),
}
ORDERS = {
    "nom": ("name", "pk"),
    "eleves": ("figures__pupils", "name", "pk"),
    "personnels": ("figures__staff", "name", "pk"),
    "livraison": ("figures__delivered_at", "name", "pk"),
}
SOURCES = {
    "aaf": "AAF",
    "siecle": "SIECLE",
    "onde": "ONDE",
    "oneroster": "OneRoster",
    "tableau": _lazy("Tableaux"),
}
LAST_DELIVERIES = 10
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Totals:
    schools: int
    pupils: int
    staff: int
    guardians: int
    opened: int
    keys: int
    counted_at: datetime | None

    @property
    def people(self) -> int:
        return self.pupils + self.staff + self.guardians

    @property
    def share_opened(self) -> str:
        return share(self.opened, self.people)


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery in the operator's words: its state, its figures, and how many schools wait for a second person."""

    pk: int
    source: str
    brought_at: datetime
    settled_at: datetime | None
    label: str
    tone: str
    icon: str
    figures: Sequence[str]
    refused: Sequence[dict[str, Any]]
    blocked: Sequence[dict[str, Any]]
    aside: int
    has_stopped: bool = False


def totals_of(viewer: Viewer) -> Totals:
    """Everybody of the schools that the viewer runs, as last counted: two queries over one row a school."""
    counted = Figures.objects.visible_to(viewer).aggregate(
        pupils=Sum("pupils"),
        staff=Sum("staff"),
        guardians=Sum("guardians"),
        opened=Sum("opened"),
        keys=Sum("keys"),
        at=Max("counted_at"),
    )
    schools = OperatedSchool.objects.visible_to(viewer).count()
    pupils, staff, guardians, opened, keys = (
        counted[name] or 0 for name in ("pupils", "staff", "guardians", "opened", "keys")
    )
    return Totals(schools, pupils, staff, guardians, opened, keys, counted["at"])


def _watched(viewer: Viewer) -> dict[str, Q]:
    """What deserves a look, by the key that addresses name it by; `waits` is annotated."""
    return {
        "attente": Q(waits=True),
        "silence": Q(figures__delivered_at=None) | Q(figures__delivered_at__lt=viewer.moment - SILENCE),
        "annee": Q(current_year=None) | Q(current_year__ends__lt=viewer.today),
    }


def _operated(viewer: Viewer) -> "QuerySet[OperatedSchool]":
    waiting = Delivery.objects.filter(school=OuterRef("pk"), state__in=[State.PREVIEW, State.BLOCKED])
    return OperatedSchool.objects.visible_to(viewer).annotate(waits=Exists(waiting))


def to_watch(viewer: Viewer) -> dict[str, int]:
    """How many schools the viewer runs (`all`), and how many of them deserve each kind of look, in one query."""
    counts = {key: Count("pk", filter=condition) for key, condition in _watched(viewer).items()}
    return _operated(viewer).order_by().aggregate(all=Count("pk"), **counts)


def schools_of(
    viewer: Viewer,
    *,
    text: str = "",
    kind: str = "",
    watched: str = "",
    order: Sequence[str] = ("name", "pk"),
) -> "QuerySet[OperatedSchool]":
    """The schools that the viewer runs, with their figures; `text` is a part of a name, or a UAI."""
    found = _operated(viewer)
    for word in text.split():
        # Names are few: a part of one is looked for as it is typed, whatever its capitals.
        found = found.filter(Q(name__icontains=word) | Q(uai__iexact=word))
    if kind in School.Kind:
        found = found.filter(kind=kind)
    found = found.filter(_watched(viewer).get(watched, Q()))
    return found.select_related("figures", "current_year").order_by(*order)


def lines_of(schools: "QuerySet[OperatedSchool]") -> Iterator[Sequence[object]]:
    """Each school for a spreadsheet."""
    for school in schools.iterator():
        figures = getattr(school, "figures", None)
        day = f"{figures.delivered_at:%d/%m/%Y}" if figures and figures.delivered_at else ""
        counts = (
            [figures.pupils, figures.staff, figures.guardians, figures.opened]
            if figures
            else ["", "", "", ""]
        )
        year = school.current_year.name if school.current_year else ""
        yield [school.uai, school.name, school.get_kind_display(), year, *counts, day]


def roles_in(viewer: Viewer, school: OperatedSchool) -> list[tuple[str, int]]:
    """How many people hold each role today."""
    held = Holding.objects.filter(active_on(viewer.today), school=school).order_by().values("role")
    counts = dict(held.annotate(n=Count("person", distinct=True)).values_list("role", "n"))
    return [(str(role.label), counts[role]) for role in Role if role in counts]


def heads_of(viewer: Viewer, school: OperatedSchool) -> list[str]:
    """Whom to call: the names of those who direct the school."""
    held = Holding.objects.filter(active_on(viewer.today), school=school, role=Role.HEAD)
    rows = held.select_related("person").order_by("person__search_name")[:10]
    return [row.person.formal_name for row in rows]


def groups_in(school: OperatedSchool) -> tuple[int, int]:
    """Classes and groups of the current year."""
    counted = Group.objects.filter(school=school, year=school.current_year_id).aggregate(
        classes=Count("pk", filter=Q(kind=Group.Kind.CLASS)),
        groups=Count("pk", filter=Q(kind=Group.Kind.GROUP)),
    )
    return counted["classes"], counted["groups"]


def closed_services(school: OperatedSchool) -> list[str]:
    """The services that the school has switched off."""
    return [
        str(service.label) for service in boards.services if school.services.get(service.key, {}).get("off")
    ]


def deliveries_in(school: OperatedSchool) -> list[DeliveryRow]:
    """The last deliveries of a school, its own and its share of those brought for many: two queries."""
    own = Q(school=school) | Q(shares__school=school)
    found = list(Delivery.objects.filter(own).defer("preview").distinct()[:LAST_DELIVERIES])
    shares = DeliveryShare.objects.filter(school=school, delivery__in=[delivery.pk for delivery in found])
    counts = dict(shares.values_list("delivery_id", "counts"))
    return [_brought(delivery, counts.get(delivery.pk)) for delivery in found]


def deliveries_of(viewer: Viewer) -> "QuerySet[OperatedDelivery]":
    """Those brought for several schools, the latest first."""
    return OperatedDelivery.objects.visible_to(viewer).defer("preview")


def brought(page: "Sequence[OperatedDelivery]") -> list[DeliveryRow]:
    return [_brought(operated_delivery, None) for operated_delivery in page]


def _has_stopped(delivery: Delivery) -> bool:
    """Brought for many schools, and neither ended nor refused a day later: what brought it was killed."""
    working = delivery.school_id is None and delivery.state == State.APPLYING
    return working and delivery.brought_at < timezone.now() - A_DAY


def _brought(delivery: Delivery, counts: Any) -> DeliveryRow:
    stopped = _has_stopped(delivery)
    label, tone, icon = (
        (_("Interrompue"), "changed", "alert-triangle") if stopped else deliveries.state_tag(delivery.state)
    )
    report = delivery.report or {}
    figures = counts if counts is not None else report.get("counts") or {}
    return DeliveryRow(
        delivery.pk,
        str(SOURCES.get(delivery.source, delivery.source)),
        delivery.brought_at,
        delivery.settled_at,
        label,
        tone,
        icon,
        deliveries.figures_of(figures),
        report.get("errors", ()) if delivery.school_id is None else (),
        report.get("blocked", ()) if delivery.school_id is None else (),
        int(report.get("quarantined_count") or len(report.get("quarantined", ()))),
        stopped,
    )
