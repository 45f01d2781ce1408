"""The spaces that exist by themselves: one of each class and group of a current year, and one of each of its teachings."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Assignment, Group, School
from preau.directory.models.scoping import active_on
from preau.domains.spaces.models import Space
from preau.foundation.locks import lock
from preau.foundation.text import fold


@transaction.atomic
def gather(school_id: int, today: date) -> int:
    """Make those that are missing in the current year of a school, and follow the names that changed; returns how many were made.

    Four statements when nothing has changed, however many classes there are.
    """
    school = lock(School, school_id, "current_year")
    if school.current_year is None:
        return 0
    wanted = _wanted(school, today)
    known = {
        (one.group_id, one.subject_id): one
        for one in Space.objects.filter(school=school.pk, year=school.current_year_id, group__isnull=False)
    }
    changed = [one for key, one in known.items() if key in wanted and one.title != wanted[key]]
    for one in changed:
        one.title = wanted[one.group_id, one.subject_id]
        one.search_title = fold(one.title)
    Space.objects.bulk_update(changed, ["title", "search_title"], batch_size=500)
    # Projects and teams of the year end with it too; what was announced of another end is announced anew.
    ends = school.current_year.ends
    rows = Space.objects.filter(school=school.pk, year=school.current_year_id)
    rows.exclude(last_day=ends).update(last_day=ends, told=Space.Told.NOTHING)
    missing = [_new(school, key, title) for key, title in wanted.items() if key not in known]
    Space.objects.bulk_create(missing, batch_size=500, ignore_conflicts=True)
    return len(missing)


def _wanted(school: School, today: date) -> dict[tuple[int, int | None], str]:
    """By group and subject (none for the class itself), the name of its space."""
    groups = dict(Group.objects.filter(year=school.current_year).order_by("pk").values_list("pk", "name"))
    found: dict[tuple[int, int | None], str] = {(pk, None): name for pk, name in groups.items()}
    rows = Assignment.objects.filter(active_on(today), school=school.pk, subject__isnull=False)
    for group, subject, name in rows.order_by("pk").values_list("group_id", "subject_id", "subject__name"):
        if group in groups:
            found[group, subject] = f"{name}, {groups[group]}"[:150]
    return found


def _new(school: School, key: tuple[int, int | None], title: str) -> Space:
    year = school.current_year
    group, subject = key
    return Space(
        school=school,
        year=year,
        kind=Space.Kind.TEACHING if subject else Space.Kind.GROUP,
        group_id=group,
        subject_id=subject,
        title=title,
        search_title=fold(title),
        last_day=year.ends if year else None,
        made_at=timezone.now(),
    )


def schools_with_classes() -> list[int]:
    """Those whose year goes on."""
    rows = School.objects.filter(current_year__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))
