"""What the last file said of each course is kept, with who changed it here since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import ToldCourse, WeeklyPattern
from preau.domains.timetable.queries.told import SlotWords, said_of


@dataclass
class Remembered:
    """A course as a file says it. `said` is asked once what it points at is written; `here`: the weekly lesson that it already is."""

    key: str
    said: Callable[[], SlotWords]
    former: ToldCourse | None = None
    here: WeeklyPattern | None = None
    taken: bool = False


def remember(
    year: SchoolYear, source: str, courses: Sequence[Remembered], gone: Sequence[ToldCourse]
) -> None:
    """Keep what a file says of each course; what it says of none any more is forgotten. Told twice, it writes nothing."""
    own = WeeklyPattern.objects.filter(year=year, source=source).exclude(source_key="")
    made = dict(own.values_list("source_key", "pk"))
    rows = [(course, _row(year, source, course, made)) for course in courses]
    new = [row for one, row in rows if _differs(one.former, row)]
    old = [one.former.pk for one, row in rows if one.former and _differs(one.former, row)]
    old += [told_course.pk for told_course in gone]
    for start in range(0, len(old), 500):
        ToldCourse.objects.filter(pk__in=old[start : start + 500]).delete()
    ToldCourse.objects.bulk_create(new, batch_size=500)


def _row(year: SchoolYear, source: str, remembered: Remembered, made: dict[str, int]) -> ToldCourse:
    former = None if remembered.taken else remembered.former
    here = made.get(remembered.key) or (remembered.here.pk if remembered.here else None)
    return ToldCourse(
        school_id=year.school_id,
        year=year,
        source=source,
        key=remembered.key,
        said=remembered.said().kept(),
        pattern_id=here,
        changed_by_id=former.changed_by_id if former else None,
        changed_at=former.changed_at if former else None,
    )


def _differs(former: ToldCourse | None, row: ToldCourse) -> bool:
    names = ("key", "said", "pattern_id", "changed_by_id", "changed_at")
    return former is None or any(getattr(former, name) != getattr(row, name) for name in names)


def decided_here(viewer: Viewer, before: WeeklyPattern, after: WeeklyPattern | None) -> None:
    """Somebody changes or stops the weekly lesson of a file: the next file is told. To be said before `before` is written."""
    if not before.source:
        return
    rows = ToldCourse.objects.filter(pattern=before)
    if before.source_key and not rows.exists():
        # Imported before what files said was kept: it was this.
        ToldCourse.objects.get_or_create(
            year_id=before.year_id,
            source=before.source,
            key=before.source_key,
            defaults={"school_id": before.school_id, "said": said_of(before).kept(), "pattern": before},
        )
    rows.update(pattern=after, changed_by=viewer.person, changed_at=timezone.now())
