"""Pages of activities and of the record: who reads what, what changes, what is exported, what is kept about people."""

import csv
import json
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.lti import rules
from preau.commons.lti.actions import keeping
from preau.commons.lti.models import Activity, Agreement, Column, Score, Tool
from preau.commons.lti.tests.tool import (
    HERE,
    KEY,
    LOGIN,
    OPENED,
    OTHER_KEY,
    another_class,
    given,
    linked,
    public,
)
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.models import Assignment, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role

pytestmark = pytest.mark.django_db
TYPED = {
    "login_url": LOGIN,
    "target": OPENED,
    "redirects": f"{OPENED}\n{HERE}/lti/autre",
    "chooses": "on",
    "keys_url": f"{HERE}/lti/cles",
    "ask_scores": "Dire ce qui est réussi.",
}

# A key of a curve (secp112r1) that our library does not know.
OF_ANOTHER_CURVE = """-----BEGIN PUBLIC KEY-----
MDIwEAYHKoZIzj0CAQYFK4EEAAYDHgAEAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==
-----END PUBLIC KEY-----"""


def got(activity: Activity, pupil: Person, **facts: Any) -> Score:
    defaults = {
        "given": 15.5,
        "maximum": 20,
        "activity": "Completed",
        "grading": "FullyGraded",
        "said_at": NOW,
        "comment": "Bravo.",
    }
    return Score.objects.create(column=Column.objects.get(activity=activity), pupil=pupil, **defaults | facts)


@pytest.fixture
def score(college: World, activity: Activity) -> Score:
    return got(activity, college.people["pupil"])


def page_of(browser: Any, activity: Activity) -> str:
    answer = browser.get(f"/activites/{activity.public_id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_each_reads_their_own_results(college: World, activity: Activity, score: Score, sits: Any) -> None:
    pupil = college.people["pupil"]
    other = next(
        enrolment.pupil
        for enrolment in activity.context.group.enrolments.exclude(pupil=pupil).select_related("pupil")
    )
    got(activity, other, given=3, comment="À reprendre.")
    page = page_of(sits("teacher"), activity)
    assert (
        "15,5 sur 20" in page and "3 sur 20" in page and pupil.list_name in page and other.list_name in page
    )
    for key in ("pupil", "guardian"):
        page = page_of(sits(key), activity)
        assert "15,5 sur 20" in page and "Note donnée par Exercices" in page
        assert "À reprendre" not in page and other.family_name not in page and "3 sur 20" not in page
        listed = sits(key).get("/activites/").content.decode()
        assert "15,5 sur 20" in listed and "À reprendre" not in listed


def test_a_closed_service_shows_no_activity_to_pupils(activity: Activity, sits: Any) -> None:
    assert "Fractions<" in sits("pupil").get("/activites/").content.decode()
    Opening.objects.filter(pk=activity.context.opening_id).update(is_on=False)
    assert ">Fractions<" not in sits("pupil").get("/activites/").content.decode()
    assert "Service fermé" in sits("teacher").get("/activites/").content.decode()


def test_whoever_is_in_charge_changes_takes_back_and_gives_again(
    college: World, activity: Activity, score: Score, sits: Any
) -> None:
    teacher, here = sits("teacher"), f"/activites/{activity.public_id}/"
    data = {"title": "Fractions, la suite", "text": "Trois séries.", "due_on": "2026-12-01"}
    assert teacher.post(f"{here}modifier/", data).status_code == 302
    assert "Fractions, la suite" in page_of(sits("pupil"), activity)
    assert "Rien n’a changé" in teacher.post(f"{here}modifier/", data, follow=True).content.decode()
    assert teacher.post(f"{here}modifier/", data | {"title": ""}).status_code == 422
    assert teacher.post(f"{here}retirer/").status_code == 302
    assert sits("pupil").get(here).status_code == 404
    assert "15,5 sur 20" in page_of(teacher, activity)
    assert teacher.post(f"{here}remettre/").status_code == 302
    assert sits("pupil").get(here).status_code == 200
    verbs = Line.objects.filter(verb__startswith="lti.").values_list("verb", flat=True)
    assert sorted(verbs) == ["lti.changed", "lti.ended", "lti.restored"]


def test_the_head_reads_and_changes_nothing(activity: Activity, score: Score, sits: Any) -> None:
    head, here = sits("head"), f"/activites/{activity.public_id}/"
    assert "15,5 sur 20" in page_of(head, activity)
    for path in ("modifier/", "retirer/", "remettre/"):
        assert head.post(f"{here}{path}").status_code == 403


def test_a_teacher_of_another_class_sees_nothing(college: World, tool: Tool, sits: Any) -> None:
    activity = given(college, tool, another_class(college))
    Assignment.objects.filter(group=activity.context.group, teacher=college.people["teacher"]).update(
        ends=NOW.date()
    )
    assert sits("teacher").get(f"/activites/{activity.public_id}/").status_code == 404


def test_results_are_taken_away_and_no_cell_is_a_formula(
    college: World, activity: Activity, sits: Any
) -> None:
    got(activity, college.people["pupil"], comment='=HYPERLINK("https://autre.example")')
    answer = sits("teacher").get(f"/activites/{activity.public_id}/resultats.csv")
    rows = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines(), delimiter=";"))
    assert len(rows) == 7
    own = next(row for row in rows if row[0] == college.people["pupil"].list_name)
    assert own[2] == "15,5 sur 20" and own[4].startswith("'=")
    assert Line.objects.filter(verb="lti.exported").count() == 1
    assert sits("pupil").get(f"/activites/{activity.public_id}/resultats.csv").status_code == 403


def test_who_gives_activities(holder: Any) -> None:
    assert {role for role in Role if rules.gives_activities(holder(role))} == {Role.TEACHER}


def test_services_lead_to_activities(activity: Activity, sits: Any) -> None:
    page = sits("pupil").get("/services-relies/").content.decode()
    assert 'href="/activites/"' in page and f'href="{HERE}/"' not in page
    group = activity.context.group.pk
    assert (
        f"/activites/?classe={group}" in sits("teacher").get(f"/annuaire/classes/{group}/").content.decode()
    )


# The record


@pytest.fixture
def service(college: World) -> Service:
    service = Service.objects.create(
        school=college.school,
        name="Calculs",
        text="Essayer.",
        address=f"{HERE}/",
        protocol=Protocol.LTI,
        changed_at=NOW,
    )
    Opening.objects.create(service=service, school=college.school, is_on=True)
    return service


@pytest.fixture
def head(college: World, sits: Any) -> SchoolClient:
    browser: SchoolClient = sits("head")
    return browser


def test_a_head_settles_a_service_and_reads_what_its_maker_asks(
    head: SchoolClient, service: Service, settings: Any
) -> None:
    here = f"/services-relies/registre/{service.public_id}/"
    assert f"{here}lti/" in head.get(here).content.decode()
    page = head.post(f"{here}lti/", TYPED, follow=True).content.decode()
    tool = Tool.objects.get(service=service)
    assert tool.redirects == [OPENED, f"{HERE}/lti/autre"] and tool.wants == ["scores"]
    opening = Opening.objects.get(service=service)
    for value in (
        tool.client_id,
        f"preau-{opening.pk}",
        settings.PUBLIC_URL,
        "/lti/token",
        "/lti/authorize",
        "/oidc/jwks",
    ):
        assert value in page
    assert "Rien n’a changé" in head.post(f"{here}lti/", TYPED, follow=True).content.decode()
    page = head.post(f"{here}accord/", {"allowed": ["scores"]}, follow=True).content.decode()
    assert "C’est enregistré" in page
    assert Agreement.objects.get(opening=opening).allowed == ["scores"]
    verbs = list(Line.objects.filter(verb__startswith="lti.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["lti.tool_changed", "lti.agreed"]
    # It then asks for more: nothing more is allowed here until the head agrees.
    head.post(f"{here}lti/", TYPED | {"ask_members": "Voir qui manque."})
    assert Agreement.objects.get(opening=opening).allowed == ["scores"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login_url": ""}, "obligatoire"),
        ({"login_url": "http://exercices.example/"}, "ne convient pas"),
        ({"target": "https://*.example/"}, "ne convient pas"),
        ({"target": "https://127.0.0.1/"}, "ne convient pas"),
        ({"redirects": ""}, "obligatoire"),
        ({"redirects": f"{OPENED}#x"}, "ne convient pas"),
        ({"redirects": "\n".join(f"https://a{n}.example/" for n in range(11))}, "Dix adresses au plus"),
        ({"keys_url": ""}, "l’adresse des clés"),
        ({"keys_url": "https://10.0.0.7/cles"}, "ne convient pas"),
        ({"keys_url": "", "keys": "bonjour"}, "Aucune clé publique"),
        ({"keys_url": "", "keys": "[" * 10_000}, "Aucune clé publique"),
        ({"keys_url": "", "keys": '{"keys": [{"pem": 1}]}'}, "Aucune clé publique"),
        ({"keys_url": "", "keys": OF_ANOTHER_CURVE}, "Aucune clé publique"),
        ({"keys_url": "", "keys": json.dumps(public(KEY)[0] | {"kid": "\ud800"})}, "Aucune clé publique"),
        ({"keys_url": "", "keys": '{"kty": "oct", "k": "AAAA"}'}, "ne servent pas à signer"),
        ({"keys_url": "", "keys": KEY.as_pem(private=True).decode()}, "clé privée"),
        ({"keys": KEY.as_pem(private=False).decode()}, "L’adresse suffit"),
    ],
)
def test_a_mistake_is_said(head: SchoolClient, service: Service, wrong: dict[str, str], said: str) -> None:
    answer = head.post(f"/services-relies/registre/{service.public_id}/lti/", TYPED | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Tool.objects.filter(service=service).exists()


def test_keys_are_pasted_as_pem_or_as_a_set(head: SchoolClient, service: Service) -> None:
    here = f"/services-relies/registre/{service.public_id}/lti/"
    two = f"{KEY.as_pem(private=False).decode()}\n{OTHER_KEY.as_pem(private=False).decode()}"
    assert head.post(here, TYPED | {"keys_url": "", "keys": two}).status_code == 302
    kept = Tool.objects.get(service=service).keys
    assert [one["n"] for one in kept] == [one.as_dict(private=False)["n"] for one in (KEY, OTHER_KEY)]
    # The page shows them as it would take them again.
    assert head.get(here).status_code == 200
    assert "d" not in {name for one in kept for name in one}


def test_only_the_keeper_settles_and_only_a_school_agrees(
    college: World, service: Service, sits: Any
) -> None:
    here = f"/services-relies/registre/{service.public_id}/"
    for key in ("teacher", "cpe", "pupil", "guardian"):
        for page in ("lti/", "accord/"):
            assert sits(key).get(f"{here}{page}").status_code in {403, 404}


def test_a_service_of_another_protocol_has_no_such_page(college: World, head: SchoolClient) -> None:
    own = Service.objects.get(school=college.school, protocol=Protocol.CAS)
    for page in ("lti/", "accord/"):
        answer = head.get(f"/services-relies/registre/{own.public_id}/{page}", follow=True)
        assert "ne se connecte pas par LTI" in answer.content.decode()


def test_what_is_kept_goes_with_the_person(
    college: World, activity: Activity, score: Score, sits: Any
) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    sits("pupil").post(f"/activites/{activity.public_id}/ouvrir/")
    assert "15.5" in sits("pupil").get("/mes-donnees/lti-score/").content.decode().replace(",", ".")
    assert keeping.forget_passing(pupil.pk) == 1
    assert keeping.forget_scores(pupil.pk) >= 1
    assert not Score.objects.filter(pupil=pupil).exists()
    Activity.objects.filter(pk=activity.pk).update(text="Un mot de Claire.")
    keeping.forget_activities(teacher.pk)
    activity.refresh_from_db()
    assert (activity.title, activity.text) == ("Exercices", "")


def test_a_tool_of_the_platform_serves_each_school_apart(college: World, twin: World, sits: Any) -> None:
    tool = linked(college)
    Service.objects.filter(pk=tool.service_id).update(school=None)
    beside = Opening.objects.create(service=tool.service, school=twin.school, is_on=True)
    mine, theirs = given(college, tool), given(twin, tool)
    assert beside.pk == theirs.context.opening_id != mine.context.opening_id
    assert mine.context.number != theirs.context.number
    listed = sits("head").get("/activites/").content.decode()
    assert theirs.public_id not in listed and mine.public_id in listed
