"""A roll that nobody called yesterday is said today."""

from datetime import timedelta

from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.attendance.models import RollCall
from preau.domains.timetable.models import Lesson


def test_a_roll_that_nobody_called_yesterday_is_said_today(
    college: World, client: SchoolClient, twin: World
) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    lessons = Lesson.objects.filter(school=college.school, day=yesterday).held()
    for one in lessons.filter(roll_call=None):
        RollCall.objects.create(
            lesson=one, school=college.school, called_by=college.people["teacher"], called_at=NOW
        )
    client.sit(college.people["cpe"])
    board = reverse("attendance:board")
    assert "d’hier" not in client.get(board).content.decode()
    RollCall.objects.filter(lesson=lessons[0]).delete()
    page = client.get(board).content.decode()
    assert "1 appel d’hier n’a pas été fait" in page and f"?jour={yesterday}#calls" in page
    assert "d’hier" not in client.get(f"{board}?jour={yesterday}").content.decode()
