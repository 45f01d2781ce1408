"""The API for programs, through its addresses: what a token reads, what it does not, and how it is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preau.commons.agenda.queries import gathered
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.foundation import boards, notices, webapi
from preau.identity import keys
from preau.identity.actions.keys import make_key, revoke_keys
from preau.identity.models import AccessKey
from preau.portal import api

pytestmark = pytest.mark.django_db
SCOPES = (
    "api",
    "api.agenda",
    "api.devoirs",
    "api.notes",
    "api.competences",
    "api.carnet",
    "api.sondages",
    "api.documents",
    "api.espaces",
    "api.notifications",
)


def token_of(viewer: Any, *scopes: str) -> str:
    last = AccessKey.objects.filter(account_id=viewer.account_id).first()
    _key, drawn = make_key(
        viewer, "token", "Programme", scopes or SCOPES, days=30, seen=last.pk if last else 0
    )
    return keys.as_token(drawn)


def ask(path: str, token: str = "", **query: Any) -> Any:
    """A program: no cookie comes, none leaves."""
    program = Client(headers={"Authorization": f"Bearer {token}"} if token else {})
    response = program.get(f"/api/v1/{path}", query)
    assert not response.cookies
    assert not program.cookies
    assert response["Cache-Control"] == "no-store"
    assert "Authorization" in response["Vary"]
    return response


def refused(response: Any, status: int) -> str:
    assert response.status_code == status
    assert response["Content-Type"] == webapi.PROBLEM
    problem = response.json()
    assert problem["status"] == status
    return str(problem["detail"])


def test_a_token_says_whose_it_is(seat_of: Any, college: World) -> None:
    teacher = seat_of("teacher")
    response = ask("moi", token_of(teacher))
    assert response.status_code == 200
    body = response.json()
    assert (body["nom"], body["profil"]) == (teacher.person.family_name, "staff")
    assert [etablissement["uai"] for etablissement in body["etablissements"]] == [college.school.uai]
    assert response["RateLimit-Policy"] == '"heure";q=1000;w=3600'
    assert response["RateLimit"] == '"heure";r=999'


def test_the_agenda_is_the_one_of_the_page_without_what_stays_on_the_site(seat_of: Any) -> None:
    guardian = seat_of("guardian")
    first, last = guardian.today, guardian.today + timedelta(days=13)
    response = ask("agenda", token_of(guardian), du=first.isoformat(), au=last.isoformat())
    body = response.json()
    expected = [entry.uid for entry in gathered(guardian, first, last, for_feed=True)]
    assert [element["uid"] for element in body["elements"]] == expected
    assert body["total"] == len(expected) > 0
    lesson = next(element for element in body["elements"] if not element["journee"])
    assert lesson["debut"].endswith("+01:00")


def test_homework_is_that_of_the_child_and_no_other(seat_of: Any, twin: World) -> None:
    guardian, elsewhere = seat_of("guardian"), seat_of("guardian", world=twin)
    mine = ask("devoirs", token_of(guardian), du="2026-11-16", au="2026-12-18")
    theirs = ask("devoirs", token_of(elsewhere), du="2026-11-16", au="2026-12-18")
    assert mine.status_code == theirs.status_code == 200
    assert mine.json()["total"] > 0
    assert theirs.json()["total"] > 0
    names = {element["eleve"] for element in mine.json()["elements"]}
    assert names == {child.given_name for child in _children(guardian)}


def _children(viewer: Any) -> Any:
    return Person.objects.filter(pk__in=viewer.own_pupils())


@pytest.mark.parametrize(
    "path", ["moi", "agenda", "devoirs", "notes", "carnet", "documents", "espaces", "notifications"]
)
def test_nothing_of_the_school_beside_is_said(path: str, seat_of: Any, twin: World) -> None:
    """Each of its people is told something that carries its mark; whoever is here reads none of it."""
    for key in ("teacher", "guardian", "head"):
        viewer = seat_of(key)
        response = ask(path, token_of(viewer))
        assert response.status_code in {200, 403}
        assert twin.mark not in response.content.decode(), key
        other = ask(path, token_of(seat_of(key, world=twin)))
        if path in {"moi", "agenda"}:
            assert twin.mark in other.content.decode()


def test_the_news_of_another_profile_are_not_read(seat_of: Any, college: World) -> None:
    guardian = seat_of("guardian")
    Holding.objects.create(
        person=guardian.person, school=college.school, role=Role.TEACHER, starts=timezone.localdate()
    )
    teacher = viewer_for(guardian.person, guardian.account_id, timezone.now(), f"staff-{college.school.pk}")
    assert teacher is not None
    kind = next(iter(boards.notification_kinds)).key
    child = guardian.own_pupils()[0]
    notices.publish(
        notices.News(
            kind=kind,
            person_id=guardian.person.pk,
            key="famille",
            url="/x/",
            about_id=child,
            seat="guardian",
            facts={},
        ),
        notices.News(
            kind=kind, person_id=guardian.person.pk, key="classe", url="/y/", seat=teacher.key, facts={}
        ),
    )
    addresses = {}
    for viewer in (guardian, teacher):
        rows = ask("notifications", token_of(viewer)).json()["elements"]
        addresses[viewer.key] = {row["adresse"] for row in rows}
    assert "/x/" in addresses["guardian"]
    assert "/y/" not in addresses["guardian"]
    assert "/y/" in addresses[teacher.key]
    assert "/x/" not in addresses[teacher.key]


def test_each_refusal_is_said_to_a_program(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    narrow = token_of(teacher, "api")
    anonymous = ask("moi")
    assert "accès d’application" in refused(anonymous, 401)
    assert anonymous["WWW-Authenticate"] == 'Bearer realm="Preau"'
    refused(ask("moi", "preau_" + "a" * 40), 401)
    refused(ask("agenda", narrow), 403)
    refused(ask("devoirs", token_of(teacher, "api.devoirs")), 403)
    revoke_keys(teacher)
    assert "révoqué" in refused(ask("moi", narrow), 401)


def test_a_session_opens_nothing_here(client: Any, college: World) -> None:
    client.sit(college.people["teacher"])
    assert client.get("/api/v1/moi").status_code == 401


def test_nothing_is_written(seat_of: Any) -> None:
    token = token_of(seat_of("teacher"))
    program = Client(headers={"Authorization": f"Bearer {token}"}, enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete", "head", "options"):
        response = getattr(program, method)("/api/v1/moi")
        assert (response.status_code, response["Allow"]) == (405, "GET"), method


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"du": "hier"}, "du"),
        ({"au": "2026-13-40"}, "au"),
        ({"du": "2026-11-24", "au": "2026-11-23"}, "au"),
        ({"du": "2026-01-01", "au": "2026-12-31"}, "au"),
        ({"du": "9999-12-31"}, "du"),
        ({"page": "0"}, "page"),
        ({"page": "mille"}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"du": "\x00"}, "du"),
    ],
)
def test_what_is_badly_written_is_said_beside_its_parameter(
    query: dict[str, str], parameter: str, seat_of: Any
) -> None:
    response = ask("agenda", token_of(seat_of("guardian")), **query)
    refused(response, 422)
    assert list(response.json()["parametres"]) == [parameter]


def test_an_hour_has_its_limit(seat_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(seat_of("teacher"))
    door = boards.doors.named("api")
    monkeypatch.setitem(door.__dict__, "most", 2)
    assert [ask("moi", token).status_code for _ in range(2)] == [200, 200]
    stopped = ask("moi", token)
    refused(stopped, 429)
    assert 0 < int(stopped["Retry-After"]) <= 3600
    assert stopped["RateLimit"] == '"heure";r=0'


def test_lists_come_by_pages() -> None:
    rows, pagination = webapi.cut(list(range(250)), 3)
    assert (list(rows), pagination) == (list(range(200, 250)), {"total": 250, "page": 3, "pages": 3})
    assert webapi.cut([], 1) == ([], {"total": 0, "page": 1, "pages": 1})
    assert list(webapi.cut([1], 2)[0]) == []


@pytest.mark.parametrize(
    ("path", "most"), [("moi", 8), ("agenda", 12), ("devoirs", 8), ("notes", 8), ("notifications", 9)]
)
def test_few_queries(path: str, most: int, seat_of: Any, django_assert_max_num_queries: Any) -> None:
    token = token_of(seat_of("guardian"))
    ask(path, token)
    with django_assert_max_num_queries(most):
        assert ask(path, token).status_code == 200


def test_the_description_is_openapi_and_every_answer_is_as_it_says(seat_of: Any) -> None:
    description = Client().get(reverse("portal:openapi")).json()
    assert description["openapi"] == "3.1.0"
    # What anybody reads without a key: catalogue/tests/test_open_api.py.
    open_ones = {path for path in description["paths"] if path.startswith("/api/v1/ressources")}
    assert set(description["paths"]) - open_ones == {
        f"/api/v1/{part.key}" for part in boards.api if part.door
    }
    schemas = description["components"]["schemas"]
    for path in set(description["paths"]) - open_ones:
        one = description["paths"][path]["get"]
        assert one["security"] == [{"jeton": [boards.api.named(path.rsplit("/", 1)[-1]).door]}]
        shape = one["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        # Families enter no space: a teacher does.
        answers = (
            ask(path.removeprefix("/api/v1/"), token_of(seat_of(key))) for key in ("guardian", "teacher")
        )
        answer = next(one.json() for one in answers if one.status_code == 200)
        assert set(answer) == set(schemas[shape]["properties"])


def test_the_page_names_each_address_and_no_other_site(client: Any) -> None:
    page = client.get(reverse("portal:api"))
    body = page.content.decode()
    for part in api.read_aloud():
        assert part["path"] in body
        assert part["scope"] or part["path"].startswith("/api/v1/ressources")
    assert "cdn" not in body
