"""The proofs of levels: whose file it is, and to whom it is shown."""

from typing import Any

from django.db.models import QuerySet

from preau.directory.viewer import Viewer
from preau.domains.competences.models import Level


def proof_files(viewer: Viewer) -> "QuerySet[Level, Any]":
    """The files that prove levels which the viewer reads, as their keys."""
    return Level.objects.visible_to(viewer).exclude(proof=None).values("proof_id")


def level_of_proof(viewer: Viewer, file_id: int) -> Level | None:
    """The level that a file proves."""
    return Level.objects.visible_to(viewer).filter(proof=file_id).first()
