"""What a judge decided: noted by head or secretary, in force at once or at midnight, and changed by no file."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import families
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, parent
from preau.directory.tests.test_import_aaf import bring, reasons

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def link(college: World) -> Guardianship:
    return Guardianship.objects.get(pupil=college.people["pupil"], guardian=college.people["other_guardian"])


def page(link: Guardianship) -> str:
    return reverse("directory:guardianship", kwargs={"pk": link.pk})


def typed(link: Guardianship, **fields: str) -> dict[str, str]:
    return {"ruled_on": "2026-11-02", "avant": families.mark_of(link), **fields}


def sees_child(client: SchoolClient, guardian: Person, pupil: Person) -> bool:
    client.sit(guardian)
    return client.get(f"/annuaire/personnes/{pupil.public_id}/").status_code == 200


def test_a_father_whose_authority_ends_tonight(
    college: World, client: SchoolClient, link: Guardianship, clock: Any
) -> None:
    father, pupil = college.people["other_guardian"], college.people["pupil"]
    client.sit(college.people["secretary"])
    assert client.post(page(link), typed(link, last_day=TODAY.isoformat())).status_code == 302
    html = client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()
    assert "compris" in html
    assert sees_child(client, father, pupil)
    clock.shift(timedelta(days=1))
    assert not sees_child(client, father, pupil)
    client.sit(college.people["cpe"])
    assert "N’est plus responsable" in client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()


def test_who_may_not_be_informed_sees_nothing_from_now_on(
    college: World, client: SchoolClient, link: Guardianship
) -> None:
    father, pupil = college.people["other_guardian"], college.people["pupil"]
    assert sees_child(client, father, pupil)
    client.sit(college.people["head"])
    client.post(page(link), typed(link, barred="on"))
    assert not sees_child(client, father, pupil)
    line = Line.objects.get(verb="directory.guardianship_ruled")
    assert (line.subject_id, line.actor_id) == (pupil.pk, college.people["head"].pk)


def test_what_was_noted_is_taken_back(college: World, client: SchoolClient, link: Guardianship) -> None:
    client.sit(college.people["head"])
    client.post(page(link), typed(link, barred="on"))
    link.refresh_from_db()
    lift = reverse("directory:lift_ruling", kwargs={"pk": link.pk})
    for _click in range(2):
        assert client.post(lift, {"avant": families.mark_of(link)}).status_code == 302
    link.refresh_from_db()
    assert (link.ruled_on, link.may_not_be_informed, link.ends) == (None, False, None)
    assert sees_child(client, college.people["other_guardian"], college.people["pupil"])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"ruled_on": ""}, "obligatoire"),
        ({"ruled_on": "2027-01-01", "barred": "on"}, "ne se note pas encore"),
        ({}, "Cochez la case, ou donnez un dernier jour"),
        ({"last_day": "hier"}, "date"),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(
    fields: dict[str, str], says: str, college: World, client: SchoolClient, link: Guardianship
) -> None:
    client.sit(college.people["secretary"])
    response = client.post(page(link), typed(link, **fields))
    assert response.status_code == 422 and says in response.content.decode()
    link.refresh_from_db()
    assert link.ruled_on is None


def test_two_people_do_not_write_over_each_other(
    college: World, client: SchoolClient, link: Guardianship
) -> None:
    client.sit(college.people["secretary"])
    before = typed(link, last_day="2026-12-31")
    client.post(page(link), typed(link, barred="on"))
    response = client.post(page(link), before)
    html = response.content.decode()
    assert response.status_code == 409 and "Quelqu’un d’autre" in html and "2026-12-31" in html
    link.refresh_from_db()
    assert (link.may_not_be_informed, link.ends) == (True, None)


def test_nobody_else_notes_anything(
    college: World, twin: World, client: SchoolClient, link: Guardianship
) -> None:
    for key in ("cpe", "teacher", "pupil", "guardian", "other_guardian", "nurse"):
        if key in college.people:
            client.sit(college.people[key])
            assert client.post(page(link), typed(link, barred="on")).status_code in {403, 404}, key
    client.sit(twin.people["head"])
    assert client.post(page(link), typed(link, barred="on")).status_code == 404
    link.refresh_from_db()
    assert link.ruled_on is None


def test_a_secretary_decides_nothing_of_their_own_family(
    college: World, client: SchoolClient, link: Guardianship
) -> None:
    Guardianship.objects.create(
        pupil=college.people["pupil"],
        guardian=college.people["secretary"],
        authority="legal",
        kinship="mother",
    )
    client.sit(college.people["secretary"])
    assert client.post(page(link), typed(link, barred="on")).status_code == 403
    assert (
        page(link)
        not in client.get(f"/annuaire/personnes/{college.people['pupil'].public_id}/").content.decode()
    )


@pytest.mark.parametrize("last_day", [date(2026, 12, 31), date(2026, 11, 1), None])
def test_no_file_changes_what_a_judge_decided(last_day: date | None, bring: Any, tmp_path: Path) -> None:
    records = [
        etab(),
        eleve("10", ENTElevePersRelEleve=["20$10$1$1$0$1", "21$20$0$1$0$0"]),
        parent("20"),
        parent("21", given="Marc"),
    ]
    bring(deliver(tmp_path / "d", *records))
    row = Guardianship.objects.get(guardian__external_ids__value="21")
    row.ruled_on, row.may_not_be_informed = date(2026, 10, 1), last_day is None
    row.ends = last_day and last_day + timedelta(days=1)
    row.starts = date(2026, 9, 1)
    row.save()
    kept = Guardianship.objects.filter(pk=row.pk).values().get()
    report = bring(deliver(tmp_path / "d", *records))
    assert (report["created"], report["changed"]) == (0, 0)
    assert ("met fin à ce lien" in str(reasons(report))) == (last_day is not None)
    other = [record.replace("21$20$0$1$0$0", "21$20$1$2$1$1") for record in records]
    bring(deliver(tmp_path / "d", *other))
    without = [record.replace("<value>21$20$0$1$0$0</value>", "") for record in records]
    bring(deliver(tmp_path / "d", *without))
    assert Guardianship.objects.filter(pk=row.pk).values().get() == kept
    assert Guardianship.objects.filter(guardian__external_ids__value="21").count() == 1


def test_without_a_decision_it_is_an_act_and_a_link_by_hand_is_not_the_files(
    college: World, client: SchoolClient
) -> None:
    pupil, link = (
        college.people["pupil"],
        Guardianship.objects.filter(
            pupil=college.people["pupil"], guardian=college.people["other_guardian"]
        ).get(),
    )
    client.sit(college.people["secretary"])
    record = client.get(f"/annuaire/personnes/{pupil.public_id}/").content.decode()
    assert "Noter une décision de justice" in record and ">Décision de justice" not in record
    for source, said in [("", "que l’établissement a noté"), ("siecle", "celui des fichiers officiels")]:
        Guardianship.objects.filter(pk=link.pk).update(source=source)
        assert said in client.get(f"/annuaire/responsabilites/{link.pk}/").content.decode()
