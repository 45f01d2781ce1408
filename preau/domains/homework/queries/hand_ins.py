"""What was handed in: who did, who did not, and what is said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from preau.commons.files.models import StoredFile
from preau.commons.files.queries import FileRow, rows_of
from preau.commons.files.queries.reading import Reading, readings_of
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Annotation, HandIn, HandInFile, Homework, LessonFile, LessonRecord
from preau.domains.homework.queries.concerned import concerned
from preau.foundation import dates
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class HandInRow:
    """A pupil of whom a homework is expected, and what became of it."""

    name: str
    hand_in: int | None = None
    handed_at: datetime | None = None
    is_late: bool = False
    files: int = 0
    mark: str = ""
    returned_at: datetime | None = None
    corrected_at: datetime | None = None

    @property
    def tag(self) -> tuple[str, str]:
        """The word and the tone of its state."""
        if self.hand_in is None:
            return (_("Pas rendu"), "todo")
        if self.returned_at:
            return (_("Corrigé"), "done")
        if self.corrected_at:
            return (_("Prêt à remettre"), "neutral")
        return (_("Rendu en retard"), "changed") if self.is_late else (_("Rendu"), "neutral")

    @property
    def waits(self) -> bool:
        return self.hand_in is not None and self.corrected_at is None and self.returned_at is None

    @property
    def is_ready(self) -> bool:
        return self.corrected_at is not None and self.returned_at is None

    @property
    def when(self) -> str:
        return dates.day_and_hour(self.handed_at) if self.handed_at else ""


def hand_in_rows(homework: Homework) -> list[HandInRow]:
    """Every pupil it is for, and whoever handed it in, by name (four queries)."""
    counted = Count("papers", filter=Q(papers__of_teacher=False))
    handed = {one.pupil_id: one for one in homework.hand_ins.annotate(joined=counted)}
    people = Person.objects.filter(pk__in=[*concerned(homework), *handed]).order_by("search_name", "pk")
    return [_row(person, handed.get(person.pk)) for person in people]


def _row(person: Person, handed: Any) -> HandInRow:
    if handed is None:
        return HandInRow(person.list_name)
    return HandInRow(
        person.list_name,
        handed.pk,
        handed.handed_at,
        handed.is_late,
        handed.joined,
        handed.mark,
        handed.returned_at,
        handed.corrected_at,
    )


def whole_hand_in(pk: int) -> HandIn:
    """What was handed in, with all that its page says of it."""
    found = HandIn.objects.select_related("pupil", "corrected_by", "homework__record__subject")
    return found.select_related("homework__record__lesson__school").get(pk=pk)


def papers_of(hand_in: HandIn) -> tuple[list[Reading], list[StoredFile]]:
    """The files of the pupil, to be read, and those of the teacher (one query)."""
    papers = list(hand_in.papers.select_related("file"))
    return (
        readings_of(paper.file for paper in papers if not paper.of_teacher),
        [paper.file for paper in papers if paper.of_teacher],
    )


def annotations_of(viewer: Viewer, hand_ins: Iterable[HandIn]) -> dict[int, list[Annotation]]:
    """By what was handed in, the remarks in its margin that the viewer reads (one query)."""
    found: dict[int, list[Annotation]] = {}
    for annotation in Annotation.objects.visible_to(viewer).filter(
        hand_in__in=[hand_in.pk for hand_in in hand_ins]
    ):
        found.setdefault(annotation.hand_in_id, []).append(annotation)
    return found


def own_hand_ins(viewer: Viewer, homework: Homework) -> list[HandIn]:
    """What the viewer's pupils have handed in for a homework, as far as the viewer reads it (one query)."""
    found = HandIn.objects.visible_to(viewer).filter(homework=homework)
    return list(found.select_related("pupil", "corrected_by").order_by("pupil__given_name", "pk"))


def shown_papers(viewer: Viewer, hand_ins: Iterable[HandIn]) -> dict[tuple[int, bool], list[FileRow]]:
    """By what was handed in, and whether they are the teacher's: the files that the viewer may open (one query)."""
    seen = HandInFile.objects.visible_to(viewer).filter(hand_in__in=[hand_in.pk for hand_in in hand_ins])
    found: dict[tuple[int, bool], list[FileRow]] = {}
    for hand_in_file in seen.select_related("file").order_by("pk"):
        found.setdefault((hand_in_file.hand_in_id, hand_in_file.of_teacher), []).extend(
            rows_of([hand_in_file.file])
        )
    return found


PAPERS = Prepared(
    lambda records: LessonFile.objects.filter(record__in=records).select_related("file").order_by("pk")
)


def documents_of(records: Sequence[int]) -> dict[tuple[int, int | None], list[FileRow]]:
    """By record and homework (None: the lesson itself), the documents joined to them (one query)."""
    return by_homework(PAPERS(tuple(records))) if records else {}


def joined_to(record: LessonRecord | None) -> list[LessonFile]:
    """The documents joined to a lesson and to its homework, with their files (one query)."""
    return PAPERS((record.pk,)) if record else []


def by_homework(papers: Sequence[LessonFile]) -> dict[tuple[int, int | None], list[FileRow]]:
    """The same as `documents_of`, of documents that were read."""
    found: dict[tuple[int, int | None], list[FileRow]] = {}
    for paper in papers:
        found.setdefault((paper.record_id, paper.homework_id), []).extend(rows_of([paper.file]))
    return found


def held_by(record: LessonRecord | None, homework: Homework | None) -> list[StoredFile]:
    """The documents of a lesson, or of one of its homework."""
    if record is None:
        return []
    return [paper.file for paper in record.papers.filter(homework=homework).select_related("file")]


def handed_files(viewer: Viewer) -> "QuerySet[HandInFile, Any]":
    """The keys of the files that were handed in or given back, as far as the viewer may open them."""
    return HandInFile.objects.visible_to(viewer).values("file_id")


def lesson_files(viewer: Viewer) -> "QuerySet[LessonFile, Any]":
    """The keys of the documents of the lessons and of the homework that the viewer reads."""
    return LessonFile.objects.visible_to(viewer).values("file_id")


def paper_of(viewer: Viewer, file_id: int) -> HandInFile | None:
    """What a file handed in belongs to."""
    seen = HandInFile.objects.visible_to(viewer).filter(file_id=file_id)
    return seen.select_related("hand_in").order_by("pk").first()
