"""What a school decides of a timetable that it brought, beside the stages of every import. What it writes in the lessons is in `importing`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import TimetableImport
from preau.foundation import journal
from preau.foundation.importers.stages import MovedOn
from preau.foundation.locks import lock

State = TimetableImport.State


def keep(year: SchoolYear, files: Sequence[str], report: Mapping[str, Any]) -> TimetableImport:
    """What the operator brought and applied, with its report."""
    kept = TimetableImport.objects.create(
        school=year.school,
        year=year,
        source=report["format"],
        scope=report["scope"],
        state=State.DONE,
        files=list(files),
        report=dict(report),
        settled_at=timezone.now(),
        moved_at=timezone.now(),
    )
    journal.write(
        journal.Line(
            verb="timetable.import_applied",
            school_id=year.school_id,
            target=kept._meta.label_lower,
            target_id=kept.pk,
            details=figures(report),
        )
    )
    return kept


def figures(report: Mapping[str, Any]) -> dict[str, int]:
    """What the journal says of it."""
    return {name: int(report.get(name) or 0) for name in ("created", "changed", "stopped", "kept", "aside")}


@transaction.atomic
def choose(viewer: Viewer, brought: TimetableImport, shown: Collection[str], taken: Collection[str]) -> None:
    """Say, of what is `shown`, where the file wins over what was decided here. Raises MovedOn."""
    known = lock(TimetableImport, brought.pk)
    if known.state != State.PREVIEW:
        raise MovedOn
    decided = {row["id"] for row in known.preview.get("decided", ())}
    before = set(known.preview.get("take", ()))
    take = sorted(((before - set(shown)) | (set(taken) & set(shown))) & decided)
    if take == sorted(before):
        return
    known.preview["take"] = take
    known.save(update_fields=["preview"])
    journal.record(viewer, "timetable.import_chosen", known, taken=len(take))
