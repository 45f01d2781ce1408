"""Contracts and measures of responsibility, as pages show them."""

from django.db.models import QuerySet

from preau.directory.viewer import Viewer
from preau.domains.conduct.models import Contract, ContractWeek, Responsibility, Sanction


def contracts_of(viewer: Viewer) -> "QuerySet[Contract]":
    """Those that a viewer sees: running first, the newest first."""
    return Contract.objects.visible_to(viewer).select_related("pupil").order_by("-state", "-starts", "-pk")


def whole_contract(pk: int) -> Contract:
    return Contract.objects.select_related("pupil", "opened_by").get(pk=pk)


def weeks_of(contract: Contract) -> list[ContractWeek]:
    return list(contract.weeks.select_related("noted_by").order_by("-monday"))


def responsibility_of(sanction: Sanction) -> Responsibility | None:
    """How the measure of a sanction is carried out, when that is written."""
    return Responsibility.objects.filter(sanction=sanction).first()
