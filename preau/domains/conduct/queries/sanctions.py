"""Sanctions as lists show them, the register, and what a family follows of its own children."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, QuerySet, Value, When, Window
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.conduct.models import (
    Acknowledgement,
    Contract,
    Incident,
    Involvement,
    Observation,
    Punition,
    RegisterLine,
    Sanction,
)
from preau.domains.conduct.queries.engagements import contracts_of
from preau.domains.conduct.queries.punitions import PunitionRow, with_hours
from preau.domains.conduct.queries.punitions import rows_of as punition_rows
from preau.foundation import dates

TONES = {"open": "todo", "pronounced": "changed", "dropped": "neutral"}
COLUMNS = (
    "pk",
    "pupil__family_name",
    "pupil__given_name",
    "kind",
    "state",
    "told_on",
    "defend_until",
    "pronounced_on",
    "kept_until",
)


@dataclass(frozen=True)
class SanctionRow:
    """One procedure as lists show it: what was decided, else where it stands."""

    pk: int
    list_name: str
    given_name: str
    label: str
    told_on: date
    defend_until: date
    pronounced_on: date | None
    kept_until: date | None
    is_open: bool
    tag: tuple[str, str]


def rows_of(lines: Iterable[Mapping[str, Any]]) -> list[SanctionRow]:
    return [_row(line) for line in lines]


def lines_of(sanctions: "QuerySet[Sanction]") -> "QuerySet[Sanction, dict[str, Any]]":
    """Those that wait first, then the newest."""
    return sanctions.order_by("-told_on", "-pk").values(*COLUMNS)


def _row(line: Mapping[str, Any]) -> SanctionRow:
    state = Sanction.State(line["state"])
    return SanctionRow(
        pk=line["pk"],
        list_name=f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}".strip(),
        given_name=line["pupil__given_name"],
        label=str(Sanction.Kind(line["kind"]).label) if line["kind"] else _("Procédure disciplinaire"),
        told_on=line["told_on"],
        defend_until=line["defend_until"],
        pronounced_on=line["pronounced_on"],
        kept_until=line["kept_until"],
        is_open=state == Sanction.State.OPEN,
        tag=(str(state.label), TONES[state]),
    )


def sanctions_of(viewer: Viewer, chosen: str = "") -> "QuerySet[Sanction, dict[str, Any]]":
    """The procedures and sanctions that a viewer sees, in one state or all."""
    found = Sanction.objects.visible_to(viewer)
    return lines_of(found.filter(state=chosen) if chosen in Sanction.State.values else found)


def whole_sanction(pk: int) -> Sanction:
    return Sanction.objects.select_related(
        "pupil", "school", "opened_by", "pronounced_by", "register_line"
    ).get(pk=pk)


def observations_of(viewer: Viewer, sanction: Sanction) -> list[Observation]:
    """The answers that this viewer may read."""
    seen = Observation.objects.visible_to(viewer).filter(sanction=sanction)
    return list(seen.select_related("by").order_by("pk"))


def register_of(viewer: Viewer) -> "QuerySet[RegisterLine]":
    """The register of the school, newest first."""
    return RegisterLine.objects.visible_to(viewer).order_by("-pronounced_on", "-pk")


# What a family follows


@dataclass(frozen=True)
class ToldRow:
    """What a family reads of an incident: the sentence written for it."""

    given_name: str
    day: date
    kind: str
    sentence: str


@dataclass(frozen=True)
class Followed:
    """Everything that a family follows of its children, or of one."""

    told: list[ToldRow]
    punitions: list[PunitionRow]
    sanctions: list[SanctionRow]
    contracts: Sequence[Contract]
    # By punition, when this guardian said that they had seen it.
    seen: Mapping[int, datetime]
    # Of each of the four, how many there are beyond those shown.
    more: Mapping[str, int]


MOST = 50
# How many rows there are, in the statement that reads the first of them.
NUMBER = Window(Count("pk"))


def followed_by(viewer: Viewer, child_id: int | None = None) -> Followed:
    """The newest of each, fifty at most, and how many more there are in « Mes données » (five queries); what is to be done comes first, so
    that what is awaited is there."""
    involvements = Involvement.objects.visible_to(viewer)
    punitions = Punition.objects.visible_to(viewer)
    sanctions, contracts = Sanction.objects.visible_to(viewer), contracts_of(viewer)
    if child_id:
        involvements, punitions = involvements.filter(person=child_id), punitions.filter(pupil=child_id)
        sanctions, contracts = sanctions.filter(pupil=child_id), contracts.filter(pupil=child_id)
    lines = involvements.order_by("-incident__day", "-pk").values(
        "person__given_name", "incident__day", "incident__kind", "for_family"
    )
    to_do = Case(When(state=Punition.State.TO_DO, then=Value(0)), default=Value(1))
    facts, more_facts = _cut(lines)
    due, more_due = _cut(with_hours(punitions.order_by(to_do, "-day", "-pk")))
    shown, more_shown = _cut(lines_of(sanctions))
    agreed = list(contracts.annotate(number=NUMBER)[:MOST])
    seen = Acknowledgement.objects.visible_to(viewer).filter(punition__in=[line["pk"] for line in due])
    return Followed(
        [
            ToldRow(
                line["person__given_name"],
                line["incident__day"],
                str(Incident.Kind(line["incident__kind"]).label),
                line["for_family"],
            )
            for line in facts
        ],
        punition_rows(due),
        rows_of(shown),
        agreed,
        dict(seen.order_by("-pk").values_list("punition_id", "at")) if viewer.is_guardian else {},
        {
            "told": more_facts,
            "punitions": more_due,
            "sanctions": more_shown,
            "contracts": agreed[0].number - len(agreed) if agreed else 0,
        },
    )


def _cut(lines: "QuerySet[Any, dict[str, Any]]") -> tuple[list[dict[str, Any]], int]:
    """The first of these, and how many there are beyond (one query)."""
    found = list(lines.annotate(number=NUMBER)[:MOST])
    return found, found[0]["number"] - len(found) if found else 0


def said_of_term(sanction: Sanction) -> str:
    """When it leaves the file, as a family reads it."""
    if not sanction.is_pronounced:
        return ""
    if sanction.kept_until is None:
        return _("Elle quitte le dossier à la fin de la scolarité au lycée.")
    return _("Elle quitte le dossier après le %(day)s.") % {"day": dates.plain_day(sanction.kept_until)}
