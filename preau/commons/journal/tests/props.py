"""Objects of journal for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.journal.models import Extract, Line
from preau.directory.models import Person
from preau.directory.seeds.world import World


def many_settings_changed(college: World, count: int) -> None:
    for _ in range(count):
        Line.objects.create(
            verb="directory.hours_changed",
            actor=college.people["head"],
            school=college.school,
            target="directory.school",
            target_id=college.school.pk,
            details={"fields": "opens_at"},
        )


def many_readings(college: World, count: int) -> None:
    for _ in range(count):
        Line.objects.create(
            verb="attendance.entry_read",
            actor=college.people["cpe"],
            acting_as=f"staff-{college.school.pk}",
            school=college.school,
            subject=college.people["pupil"],
            is_read=True,
        )


def many_touched(college: World, count: int) -> None:
    """`count` people more whose file the CPE opened today, and as many lists taken out."""
    for _ in range(count):
        number = Person.objects.count()
        pupil = Person.objects.create(family_name=f"Touché {number}", given_name="Ana")
        fields = {"actor": college.people["cpe"], "school": college.school}
        word = ("attendance.entry_read", "directory.person_read", "attention.page_read")[number % 3]
        Line.objects.create(verb=word, subject=pupil, is_read=True, **fields)
        Line.objects.create(verb="attendance.exported", **fields)


def many_extracts(college: World, count: int) -> None:
    for _ in range(count):
        Extract.objects.create(
            school=college.school,
            asked_by=college.people["head"],
            seat=f"staff-{college.school.pk}",
            asked_at=NOW,
            first=NOW.date(),
            last=NOW.date(),
            person=college.people["pupil"],
            expires_on=NOW.date(),
            state="failed",
        )
