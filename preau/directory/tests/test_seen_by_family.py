"""What each guardian of a pupil sees, told to the school by the guardians' own boards and rules."""

from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import FamilyClosure, Guardianship, Person
from preau.directory.queries import seen
from preau.directory.rules.groups import reads_what_family_sees
from preau.directory.seeds.world import World
from preau.directory.words import Authority
from preau.foundation import boards
from tests.pages import counted
from tests.statements import MOST_QUERIES

pytestmark = pytest.mark.django_db


def page(client: SchoolClient, college: World, key: str, rest: str = "", status: int = 200) -> str:
    client.sit(college.people[key])
    pupil = college.people["pupil"]
    response = client.get(f"/annuaire/personnes/{pupil.public_id}/vu-par-la-famille/{rest}")
    assert response.status_code == status
    return response.content.decode()


def links_of(college: World, key: str) -> Any:
    return Guardianship.objects.filter(pupil=college.people["pupil"], guardian=college.people[key])


def seen_as(viewer: Any, college: World, key: str = "guardian") -> seen.Seen:
    pupil = college.people["pupil"]
    family = seen.as_family(viewer, pupil, college.people[key])
    assert family is not None
    return seen.seen_by(viewer, family)


def test_it_says_what_the_guardian_opens_and_nothing_else(college: World, seat_of: Any) -> None:
    """The same blocks and pages as from their own seat: were a rule to change, both would."""
    own = seat_of("guardian").for_child(college.people["pupil"].pk)
    theirs = {
        str(fact.title) for fact, seated in boards.offered(boards.pupil_facts, own) if fact.open_to(seated)
    }
    menu = {str(entry.label) for entry, seated in boards.offered(boards.menu, own) if entry.open_to(seated)}
    told = seen_as(seat_of("secretary"), college)
    assert {one.label for one in told.blocks} == theirs
    assert {one.label for one in told.pages} <= menu and {"Notes", "Absences"} <= {
        one.label for one in told.pages
    }
    assert "Qui appeler" in {one.label for one in told.kept}


def test_nothing_is_said_of_what_stands_in_a_block(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An appointment with the nurse is the family's own, whatever the reader opens elsewhere: no block is even asked."""
    asked: list[str] = []
    for fact in boards.pupil_facts:
        key = fact.key
        monkeypatch.setitem(fact.__dict__, "content", lambda *_seat, key=key: asked.append(key))
    for key in ("head", "cpe", "secretary", "teacher"):
        assert "Sur la fiche de l’élève" in page(client, college, key)
    assert asked == []


def test_a_service_closed_to_families_is_said_closed(college: World, seat_of: Any) -> None:
    school = college.school
    school.services = {"gradebook": {"off": True}}
    school.save(update_fields=["services"])
    told = seen_as(seat_of("head"), college)
    assert "Notes" in {one.label for one in told.closed}
    assert "Notes" not in {one.label for one in [*told.pages, *told.blocks]}


def test_whoever_may_not_be_informed_sees_nothing_and_the_page_says_why(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    mother, pupil = college.people["guardian"], college.people["pupil"]
    for change, why in [
        ({"may_not_be_informed": True}, "ne doit recevoir aucune information"),
        ({"may_not_be_informed": False, "authority": Authority.CONTACT}, "n’a pas l’autorité parentale"),
    ]:
        links_of(college, "guardian").update(**change)
        assert seen.as_family(seat_of("head"), pupil, mother) is None
        said = page(client, college, "head", f"?responsable={mother.public_id}")
        assert "Ne lit rien de cet élève" in said and why in said and "Ouvert dans son menu" not in said
        # The head teacher is told of nobody why they do not follow.
        said = page(client, college, "teacher", f"?responsable={mother.public_id}")
        assert mother.full_name not in said and why not in said and "Ouvert dans son menu" in said


def test_a_pupil_of_age_who_closed_their_file_closes_it_to_all(college: World, client: SchoolClient) -> None:
    FamilyClosure.objects.create(pupil=college.people["pupil"], closed_at=NOW)
    assert "L’élève majeur a fermé" in page(client, college, "cpe")
    assert "Personne ne suit cet élève" in page(client, college, "teacher")


def test_who_reads_it_leaves_a_line_and_the_others_read_nothing(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    for key in ("head", "cpe", "secretary", "teacher"):
        assert reads_what_family_sees(seat_of(key), pupil)
        page(client, college, key)
    for key in ("teacher_1", "guardian", "pupil"):
        assert not reads_what_family_sees(seat_of(key), pupil)
        page(client, college, key, status=403)
    client.sit(college.people["head"])
    for person in (college.people["teacher"], college.people["guardian"]):
        assert client.get(f"/annuaire/personnes/{person.public_id}/vu-par-la-famille/").status_code == 404
    lines = Line.objects.filter(verb="directory.seen_read", subject=pupil, is_read=True)
    assert lines.count() == 4


def test_it_takes_no_more_statements_than_a_page_may(college: World, client: SchoolClient) -> None:
    pupil: Person = college.people["pupil"]
    for key in ("head", "cpe", "teacher"):
        client.sit(college.people[key])
        response, count = counted(client, f"/annuaire/personnes/{pupil.public_id}/vu-par-la-famille/")
        assert response.status_code == 200 and count <= MOST_QUERIES, (key, count)
