"""The documents themselves: who opens them, the one to check next, and what an archive holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Group, Guardianship
from preau.directory.viewer import Viewer
from preau.domains.paperwork.models import Bundle, Collection, Piece, Submission
from preau.domains.paperwork.queries.states import classes_of
from preau.foundation.filekinds import drive_name


def document_files(viewer: Viewer) -> Any:
    """The keys of the files that somebody may open: their own, and those that they check at school."""
    return Submission.objects.visible_to(viewer).exclude(file=None).order_by().values("file_id")


def submission_of_file(viewer: Viewer, file_id: int) -> Submission | None:
    rows = Submission.objects.visible_to(viewer).filter(file=file_id).select_related("dossier")
    found: Submission | None = rows.order_by("-pk").first()
    return found


def bundle_files(viewer: Viewer) -> Any:
    return Bundle.objects.visible_to(viewer).exclude(file=None).order_by().values("file_id")


def bundles_of(viewer: Viewer, collection: Collection) -> list[Bundle]:
    """The last archives that this person asked for (one query)."""
    rows = Bundle.objects.visible_to(viewer).filter(collection=collection)
    rows = rows.exclude(state=Bundle.State.DROPPED).select_related("file", "group")
    return list(rows.order_by("-pk")[:3])


def to_check(
    viewer: Viewer, collection: Collection, piece: Piece | None, group: Group | None
) -> "QuerySet[Submission]":
    """What came and this person may read, the oldest first."""
    rows = Submission.objects.visible_to(viewer).to_check().filter(dossier__collection=collection)
    if piece is not None:
        rows = rows.filter(piece=piece)
    if group is not None:
        learnt = Enrolment.objects.active(viewer.today).filter(group=group).values("pupil_id")
        rows = rows.filter(dossier__pupil__in=learnt)
    return rows.order_by("pk")


@dataclass(frozen=True)
class Next:
    """The document to look at, and how many wait with it."""

    submission: Submission | None
    number: int


def next_to_check(rows: "QuerySet[Submission]", after: int) -> Next:
    """The first one past the one that was put aside, else the first (two queries)."""
    keys = list(rows.values_list("pk", flat=True))
    key = next((pk for pk in keys if pk > after), keys[0] if keys else None)
    if key is None:
        return Next(None, 0)
    whole = Submission.objects.select_related(
        "dossier__pupil", "piece", "file", "by", "again_of__dossier__collection"
    )
    return Next(whole.get(pk=key), len(keys))


def _in_archive(
    collection: Collection, group: Group | None, today: date, person_id: int
) -> "QuerySet[Submission]":
    """The documents of an archive: never a confidential one, nor one about a child of whoever takes it away."""
    children = Guardianship.objects.filter(guardian=person_id).values("pupil_id")
    rows = Submission.objects.provided().filter(
        dossier__collection=collection,
        piece__readers=Piece.Readers.OFFICE,
        file__state=StoredFile.State.READY,
    )
    rows = rows.exclude(dossier__pupil__in=children)
    if group is not None:
        learnt = Enrolment.objects.active(today).filter(group=group).values("pupil_id")
        rows = rows.filter(dossier__pupil__in=learnt)
    return rows


def weight_of(collection: Collection, group: Group | None, today: date, person_id: int) -> int:
    return int(_in_archive(collection, group, today, person_id).aggregate(all=Sum("file__size"))["all"] or 0)


@dataclass(frozen=True)
class Paper:
    """One file of an archive: where it lies there, and its bytes' name in the vault."""

    path: str
    public_id: str
    pupil_id: int


def papers_of(bundle: Bundle, today: date) -> Iterable[Paper]:
    """« 5e B/MARTIN Nina/Assurance scolaire.pdf » (two queries)."""
    rows = _in_archive(bundle.collection, bundle.group, today, bundle.made_by_id)
    classes = classes_of(bundle.collection, today)
    found = rows.select_related("dossier__pupil", "piece", "file").order_by(
        "dossier__pupil__search_name", "pk"
    )
    taken: set[str] = set()
    for one in found:
        pupil, file = one.dossier.pupil, one.file
        if file is None:
            continue
        ending = file.name[file.name.rindex(".") :] if "." in file.name else ""
        path = "/".join(
            (
                drive_name(classes.get(pupil.pk, "Sans classe")),
                drive_name(pupil.list_name),
                drive_name(f"{one.piece.label}{ending}"),
            )
        )
        if path in taken:
            path = f"{path.removesuffix(ending)} ({one.pk}){ending}"
        taken.add(path)
        yield Paper(path, file.public_id, pupil.pk)
