"""Correcting what was handed in, remarks in its margin, and giving it back: one at a time, or all that are ready."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.homework.actions import telling
from preau.domains.homework.actions.hand_ins import join
from preau.domains.homework.models import Annotation, HandIn, Homework
from preau.foundation import journal
from preau.foundation.locks import lock


class HandInConflict(Exception):
    """The pupil or a colleague has changed it since the page was opened: `hand_in` is as it is now."""

    def __init__(self, hand_in: HandIn) -> None:
        super().__init__(hand_in.pk)
        self.hand_in = hand_in


@dataclass(frozen=True)
class Remark:
    """A remark in the margin: on which page, at which place in words, and what is said."""

    sheet: int | None
    place: str
    text: str


@dataclass(frozen=True)
class CorrectionFacts:
    """What a teacher says of it. `back`: the pupil and the family read it from now on; `done`: nothing is left to be said of it."""

    comment: str
    mark: str
    files: Sequence[StoredFile]
    back: bool
    remarks: Sequence[Remark] = ()
    done: bool = False


@transaction.atomic
def correct(viewer: Viewer, hand_in: HandIn, given: CorrectionFacts, seen: int) -> bool:
    """Write what is thought of it, and give it back when that is asked. False when nothing had to change.

    `seen` is the version that the page had shown. Raises HandInConflict.
    """
    known = lock(HandIn, hand_in.pk)
    joined = set(known.papers.filter(of_teacher=True).values_list("file_id", flat=True))
    noted = list(known.annotations.all())
    goes_back = given.back and known.returned_at is None
    # Once it is given back, there is nothing left to say that it is done.
    done = given.back or given.done or known.returned_at is not None
    state = (
        known.comment,
        known.mark,
        joined,
        [_remark(annotation) for annotation in noted],
        known.corrected_at is not None,
    )
    wanted = (given.comment, given.mark, {file.pk for file in given.files}, list(given.remarks), done)
    if state == wanted and not goes_back:
        return False
    if known.version != seen:
        raise HandInConflict(known)
    now = timezone.now()
    known.comment, known.mark, known.corrected_by = given.comment, given.mark, viewer.person
    known.corrected_at = (known.corrected_at or now) if done else None
    known.version += 1
    if goes_back:
        known.returned_at = now
    known.save()
    join(known, given.files, of_teacher=True)
    _annotate(viewer, known, noted, given.remarks)
    _written(viewer, known, back=goes_back)
    if goes_back:
        telling.tell_returned(known)
    telling.settle_to_correct(known.homework)
    return True


def _remark(annotation: Annotation) -> Remark:
    return Remark(annotation.sheet, annotation.place, annotation.text)


def _annotate(viewer: Viewer, known: HandIn, noted: Sequence[Annotation], wanted: Sequence[Remark]) -> None:
    """These remarks and no other, in this order; one that has not changed stays its author's."""
    left, now = list(noted), timezone.now()
    for rank, remark in enumerate(wanted):
        same = next((one for one in left if _remark(one) == remark), None)
        if same is None:
            Annotation.objects.create(
                hand_in=known,
                rank=rank,
                sheet=remark.sheet,
                place=remark.place,
                text=remark.text,
                author=viewer.person,
                written_at=now,
            )
            continue
        left.remove(same)
        if same.rank != rank:
            same.rank = rank
            same.save(update_fields=["rank"])
    Annotation.objects.filter(pk__in=[one.pk for one in left]).delete()


def _written(viewer: Viewer, known: HandIn, *, back: bool) -> None:
    # What was already given back is read at once; before that, the pupil does not learn that something is written.
    verb = "homework.corrected" if known.returned_at else "homework.correction_drafted"
    journal.record(viewer, verb, known, subject_id=known.pupil_id, back=int(back))


@transaction.atomic
def give_back(viewer: Viewer, homework: Homework) -> int:
    """Give back every correction of a homework that is ready; how many. A second click finds none."""
    lock(Homework, homework.pk)
    ready = list(
        homework.hand_ins.ready()
        .select_for_update(of=("self",))
        .select_related("homework__record__subject", "homework__school")
        .order_by("pk")
    )
    now = timezone.now()
    for one in ready:
        one.returned_at, one.version = now, one.version + 1
        _written(viewer, one, back=True)
    HandIn.objects.bulk_update(ready, ["returned_at", "version"])
    telling.tell_returned(*ready)
    return len(ready)
