"""What a published level was: kept, said with who and when to those who work here, and marked once the period is sealed."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment
from preau.directory.seeds.world import World
from preau.domains.competences.actions.levels import prove
from preau.domains.competences.models import Level, LevelChange, Sheet
from preau.domains.competences.queries.history import competence_of, history_of
from preau.domains.competences.tests.scene import (
    class_of,
    column_of,
    competences_of,
    give,
    period_of,
    published,
    sheet,
)
from preau.domains.gradebook.models import PeriodSeal

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def page_of(client: SchoolClient, college: World, key: str) -> Any:
    client.sit(college.people[key])
    address = reverse("competences:history", kwargs={"public_id": college.people["pupil"].public_id})
    return client.get(f"{address}?competence={competences_of(college, 1)[0].pk}")


def test_a_draft_leaves_no_history_and_a_published_level_says_what_it_was(
    college: World, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    draft = sheet(college, teacher)
    give(teacher, draft, pupil, "2")
    give(teacher, draft, pupil, "3")
    assert not LevelChange.objects.exists()
    one = published(college, teacher, pupil, "2")
    give(teacher, one, pupil, "4")
    give(teacher, one, pupil, "4")
    give(teacher, one, pupil, "")
    changes = [(row.former_value, row.value, row.by) for row in LevelChange.objects.order_by("pk")]
    assert changes == [(2, 4, teacher.person), (4, None, teacher.person)]


def test_staff_read_who_when_and_the_former_level_in_the_schools_words(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Sheet.objects.all().delete()
    one = published(college, teacher, pupil, "2", title="Fractions")
    give(teacher, one, pupil, "4")
    level = Level.objects.get(column=column_of(one), pupil=pupil)
    prove(teacher, level, None, "Seule au tableau")
    for key in ("teacher", "head", "cpe"):
        page = page_of(client, college, key).content.decode()
        assert "Maîtrise fragile, puis Très bonne maîtrise" in page, key
        assert teacher.person.formal_name in page and "Fractions" in page and "Seule au tableau" in page
        assert ("Ajouter une photo" in page) == (key == "teacher")
        assert "Période déjà arrêtée" not in page
    for key in ("pupil", "guardian"):
        assert page_of(client, college, key).status_code == 403


def test_what_was_emptied_stays_in_the_history(college: World, client: SchoolClient, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Sheet.objects.all().delete()
    one = published(college, teacher, pupil, "2", title="Fractions")
    give(teacher, one, pupil, "")
    page = page_of(client, college, "head").content.decode()
    assert "Maîtrise fragile, puis effacé" in page and "Fractions" in page


def test_a_level_changed_after_the_bulletin_is_marked_on_its_page_and_on_the_class(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """The period is sealed, opened again to a teacher, who changes a level: whoever has the bulletin in hand is told."""
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Sheet.objects.all().delete()
    one = published(college, teacher, pupil, "2", "3", title="Fractions")
    give(teacher, one, pupil, "3")
    LevelChange.objects.update(at=NOW - 3 * HOUR)
    seal = PeriodSeal.objects.create(
        school=college.school, period=period_of(college), by=college.people["head"], at=NOW - 2 * HOUR
    )
    address = reverse("competences:group", kwargs={"pk": class_of(college).pk})
    client.sit(college.people["head"])
    assert "Changé depuis que la période est arrêtée" not in client.get(address).content.decode()
    assert "Période déjà arrêtée" not in page_of(client, college, "head").content.decode()
    seal.delete()
    give(teacher, one, pupil, "4")
    PeriodSeal.objects.create(
        school=college.school, period=period_of(college), by=college.people["head"], at=NOW - 2 * HOUR
    )
    page = page_of(client, college, "head").content.decode()
    assert page.count("Période déjà arrêtée") == 1
    page = client.get(address).content.decode()
    assert "Changé depuis que la période est arrêtée" in page
    assert "Maîtrise satisfaisante, puis Très bonne maîtrise" in page


def test_a_family_never_reads_what_the_delay_kept_from_it(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = published(college, teacher, pupil, "1")
    give(teacher, one, pupil, "3")
    Sheet.objects.filter(pk=one.pk).update(published_at=NOW - HOUR, guardians_at=NOW)
    LevelChange.objects.update(at=NOW - HOUR / 2)
    mine = LevelChange.objects.filter(column__sheet=one)
    readers = {
        key
        for key in ("teacher", "head", "cpe", "pupil", "guardian", "secretary")
        if mine.visible_to(seat_of(key)).exists()
    }
    assert readers == {"teacher", "head", "cpe", "pupil"}


def test_another_classs_teacher_reads_no_history(college: World, client: SchoolClient, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = published(college, teacher, pupil, "2")
    give(teacher, one, pupil, "3")
    Assignment.objects.filter(teacher=college.people["teacher_1"]).update(ends=NOW.date())
    assert page_of(client, college, "teacher_1").status_code in {403, 404}
    assert not LevelChange.objects.visible_to(seat_of("teacher_1")).exists()


def test_an_address_that_asks_for_nothing_shows_what_was_assessed_last(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Sheet.objects.all().delete()
    assert competence_of(seat_of("head"), pupil, "") is None
    published(college, teacher, pupil, "2")
    (named,) = competences_of(college, 1)
    for asked in ("", "x", "999999", str(named.pk)):
        found = competence_of(seat_of("head"), pupil, asked)
        assert found == named
    assert [one.title for one in history_of(seat_of("head"), pupil, named).found] == ["Publié"]
