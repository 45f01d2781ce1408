"""Objects of notifications for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.notifications.models import Item, StopLink
from preau.directory.seeds.world import World
from preau.foundation import notices


def own_news(college: World) -> Item:
    """One of the cast's pupil's mother."""
    return tell(college, 1)[0]


def stop_link(college: World) -> StopLink:
    """In a mail to the cast's pupil's mother; whoever has the mail may open it."""
    person = college.people["guardian"]
    return StopLink.objects.get_or_create(
        person=person, kind="attendance.absence", defaults={"made_at": NOW}
    )[0]


def tell(college: World, count: int, start: int = 0) -> list[Item]:
    """`count` news for everyone of the cast, told in the past; those of the mother."""
    for person in college.people.values():
        notices.publish(
            *(
                notices.News(
                    "attendance.absence",
                    person.pk,
                    f"planted-{start + number}",
                    "/absences/",
                    told_at=NOW,
                    facts={"day": "mardi", "hours": "8 h", "school": college.school.name},
                )
                for number in range(count)
            )
        )
    return list(Item.objects.filter(person=college.people["guardian"], key__startswith="planted-"))


def more_news(college: World, count: int) -> None:
    tell(college, count, start=Item.objects.count())
