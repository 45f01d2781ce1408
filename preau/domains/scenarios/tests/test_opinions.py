"""Teachers say what they think; anybody signed in may report; moderators decide, and who wrote it may appeal once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person, Territory
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios import rules, seeds
from preau.domains.scenarios.actions import moderation, publishing
from preau.domains.scenarios.actions.opinions import Opinion, OwnWork, forget_reviews, review
from preau.domains.scenarios.models import CRITERIA, Case, Report, Review, Scenario
from preau.domains.scenarios.queries.opinions import summary_of
from preau.domains.scenarios.tests.scene import an_operator, draft, published
from preau.identity.models import Account
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

PAGE = "/ressources/maths-au-college/le-theoreme-de-thales/"
REVIEW = "/mon-espace/avis/"
TEXT = "Mes élèves ont tout de suite compris."


@pytest.fixture
def resource(college: World) -> Resource:
    return Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")


@pytest.fixture
def teacher(seat_of: Any) -> Any:
    return seat_of("teacher")


@pytest.fixture
def operator(college: World) -> SchoolClient:
    return an_operator()


def typed(**others: Any) -> dict[str, Any]:
    marks = {"clarity": "5", "interest": "4", "access": "3", "ease": "4"}
    return {"adresse": PAGE, "level": "4e", "context": "", "text": TEXT, "signature": "role"} | marks | others


def opinion(mark: int = 4, text: str = TEXT, signature: str = "role") -> Opinion:
    return Opinion(dict.fromkeys(CRITERIA, mark), "4e", "4e", "", text, signature)


def test_one_review_a_teacher_read_by_all_signed_as_chosen(
    client: SchoolClient, college: World, resource: Resource, teacher: Any
) -> None:
    client.sit(college.people["teacher"])
    assert TEXT not in Client().get(PAGE).content.decode()
    wrong = client.post(REVIEW, typed(clarity="6"))
    assert wrong.status_code == 422 and TEXT in wrong.content.decode()
    for _ in range(2):
        client.post(REVIEW, typed())
    made = Review.objects.get(resource=resource)
    answer = Client().get(PAGE)
    shown = answer.content.decode()
    assert not answer.cookies and TEXT in shown and "Enseignante de 4<sup>e</sup>" in shown
    assert teacher.person.family_name not in shown and "Moyenne de 1\u202favis" in shown.replace(
        "1 avis", "1\u202favis"
    )
    client.post(REVIEW, typed(text="Changé", signature="name", clarity="1"))
    shown = Client().get(PAGE).content.decode()
    assert "Changé" in shown and teacher.person.full_name in shown and Review.objects.count() == 1
    # The same form taken away twice says so kindly.
    for _ in range(2):
        answer = client.post(reverse("scenarios:remove_review", kwargs={"pk": made.pk}))
        assert answer.status_code == 302
    assert not Review.objects.exists() and "Changé" not in Client().get(PAGE).content.decode()


def test_averages_are_said_with_their_number(resource: Resource, seat_of: Any) -> None:
    review(seat_of("teacher"), resource, opinion(5))
    review(seat_of("teacher_1"), resource, opinion(2, "Bof"))
    summary = summary_of(resource)
    assert summary.count == 2 and summary.averages[0] == ("Clarté", "3,5")


def test_who_reviews_and_who_changes_it(
    college: World, resource: Resource, seat_of: Any, holder: Any, twin: World
) -> None:
    assert {role for role in Role if rules.writes(holder(role))} == {Role.TEACHER}
    review(seat_of("teacher"), resource, opinion())
    made = Review.objects.get()
    for key in ("head", "pupil", "guardian"):
        client = SchoolClient().sit(college.people[key])
        assert client.get(REVIEW, {"adresse": PAGE}).status_code == 403, key
    for person in (college.people["teacher_1"], twin.people["teacher"]):
        answer = SchoolClient().sit(person).post(reverse("scenarios:remove_review", kwargs={"pk": made.pk}))
        assert answer.status_code == 404
    assert Review.objects.exists()
    assert forget_reviews(college.people["teacher"].pk) == 1


def test_nobody_reviews_their_own_scenario_and_its_authors_are_told_of_others(
    teacher: Any, seat_of: Any
) -> None:
    made = published(teacher)
    with pytest.raises(OwnWork):
        review(teacher, made, opinion())
    for text in ("Très bien", "Très bien, vraiment"):
        review(seat_of("teacher_1"), made, opinion(text=text))
    assert Item.objects.filter(kind="scenarios.reviewed", person=teacher.person).count() == 1
    assert "Très bien, vraiment" in Client().get(made.address).content.decode()


def test_a_draft_is_neither_reviewed_nor_reported(client: SchoolClient, college: World, seat_of: Any) -> None:
    hidden = draft(seat_of("teacher_1"), "Privé")
    client.sit(college.people["teacher"])
    for address in (hidden.address, "//ailleurs.example", "/absences/"):
        assert client.get(REVIEW, {"adresse": address}).status_code == 404
        assert client.post(REVIEW, typed(adresse=address)).status_code == 404
        assert client.get("/signaler/", {"adresse": address}).status_code == 404
    for number in ("0", "x", "²", "9" * 30):
        assert client.get("/signaler/", {"avis": number}).status_code == 404


@pytest.fixture
def reported(resource: Resource, teacher: Any, college: World) -> Case:
    """A review of the cast's teacher, reported by a parent."""
    review(teacher, resource, opinion(text="Blessant"))
    client = SchoolClient().sit(college.people["guardian"])
    body = {"avis": Review.objects.get().pk, "reason": "hurtful", "words": "Lisez donc."}
    assert client.post("/signaler/", body | {"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post("/signaler/", body).status_code == 302
    assert Report.objects.count() == 1
    return Case.objects.get()


def test_only_moderators_see_the_queue_and_nobody_learns_who_reported(
    reported: Case, college: World, operator: SchoolClient, holder: Any, seat_of: Any
) -> None:
    assert {role for role in Role if rules.moderates(holder(role))} == {Role.OPERATOR}
    for key in ("teacher", "teacher_1", "head", "guardian", "pupil"):
        client = SchoolClient().sit(college.people[key])
        assert client.get("/plateforme/moderation/").status_code == 403, key
        assert client.get(reverse("scenarios:case", kwargs={"pk": reported.pk})).status_code == 404, key
        assert reported not in Case.objects.visible_to(seat_of(key))
    assert "Avis" in operator.get("/plateforme/moderation/").content.decode()
    shown = operator.get(reverse("scenarios:case", kwargs={"pk": reported.pk})).content.decode()
    assert "Lisez donc." in shown and college.people["guardian"].family_name not in shown


def test_whoever_runs_one_territory_decides_nothing_of_what_all_read(
    reported: Case, operator: SchoolClient
) -> None:
    academy = Territory.objects.create(kind=Territory.Kind.ACADEMIE, code="14", name="Académie")
    person = Person.objects.create(family_name="Régional", given_name="Ada")
    Holding.objects.create(person=person, role=Role.OPERATOR, territory=academy)
    Account.objects.create(person=person, login="regional.essai", password="!")
    regional = SchoolClient().sit(person)
    case = reverse("scenarios:case", kwargs={"pk": reported.pk})
    for address in (
        "/plateforme/moderation/",
        "/qualification/",
        reverse("catalogue:desk"),
        reverse("media:shelf"),
        case,
    ):
        assert regional.get(address).status_code in {403, 404}, address
        assert operator.get(address).status_code == 200, address


def test_hidden_with_a_reason_appealed_once_and_shown_again(
    reported: Case, college: World, operator: SchoolClient
) -> None:
    address = reverse("scenarios:case", kwargs={"pk": reported.pk})
    assert operator.post(address, {"decision": "masquer", "why": ""}).status_code == 422
    for _ in range(2):
        assert (
            operator.post(address, {"decision": "masquer", "why": "Un élève est reconnaissable."}).status_code
            == 302
        )
    assert "Blessant" not in Client().get(PAGE).content.decode()
    author = SchoolClient().sit(college.people["teacher"])
    notices = Item.objects.filter(kind="scenarios.moderated", person=college.people["teacher"])
    assert notices.count() == 1
    appeal = reverse("scenarios:appeal", kwargs={"pk": reported.pk})
    assert "Un élève est reconnaissable." in author.get(appeal).content.decode()
    assert SchoolClient().sit(college.people["teacher_1"]).get(appeal).status_code == 404
    assert operator.get(appeal).status_code == 403
    assert author.post(appeal, {"words": ""}).status_code == 422
    for _ in range(2):
        author.post(appeal, {"words": "Personne n’est nommé."})
    reported.refresh_from_db()
    assert reported.state == Case.State.APPEALED
    assert "Personne n’est nommé." in operator.get(address).content.decode()
    operator.post(address, {"decision": "garder", "why": ""})
    assert "Blessant" in Client().get(PAGE).content.decode()
    assert notices.count() == 2
    # The second decision is the last.
    operator.post(address, {"decision": "masquer", "why": "Encore"})
    author.post(appeal, {"words": "Encore"})
    reported.refresh_from_db()
    assert reported.state == Case.State.CLOSED and not reported.hidden
    verbs = list(
        Line.objects.filter(verb__startswith="scenarios.").values_list("verb", flat=True).order_by("pk")
    )
    assert verbs[-4:] == [
        "scenarios.reported",
        "scenarios.moderated",
        "scenarios.appealed",
        "scenarios.moderated",
    ]


def test_what_is_kept_and_reported_again_is_looked_at_again(
    reported: Case, seat_of: Any, operator: Any
) -> None:
    address = reverse("scenarios:case", kwargs={"pk": reported.pk})
    operator.post(address, {"decision": "garder", "why": ""})
    reported.refresh_from_db()
    assert not reported.is_waiting and not Item.objects.filter(kind="scenarios.moderated").exists()
    moderation.report(seat_of("pupil"), Review.objects.get(), "wrong", "")
    reported.refresh_from_db()
    assert reported.is_waiting and reported.reports.count() == 2


def test_a_scenario_is_hidden_from_every_public_page_and_its_authors_keep_it(
    client: SchoolClient, teacher: Any, seat_of: Any, operator: SchoolClient, college: World
) -> None:
    made = published(teacher, "Scénario signalé")
    moderation.report(seat_of("guardian"), made, "rights", "")
    case = Case.objects.get(scenario=made)
    operator.post(reverse("scenarios:case", kwargs={"pk": case.pk}), {"decision": "masquer", "why": "Copié."})
    for address in (made.address, made.address + "papier/"):
        assert Client().get(address).status_code == 404
    assert "Scénario signalé" not in Client().get(reverse("scenarios:home")).content.decode()
    client.sit(college.people["teacher"])
    assert client.get(reverse("scenarios:workshop", kwargs={"pk": made.pk})).status_code == 200
    # Publishing again does not undo it.
    publishing.publish(teacher, Scenario.objects.get(pk=made.pk), "cc-by-sa")
    assert Client().get(made.address).status_code == 404
    assert operator.get(reverse("scenarios:case", kwargs={"pk": case.pk})).status_code == 200


def test_the_demonstration_says_what_colleagues_think(college: World) -> None:
    people = [college.people["teacher"], college.people["teacher_1"]]
    seeds.say_what_they_think(college.school, people)
    assert Review.objects.exclude(scenario=None).exists() and Review.objects.exclude(resource=None).exists()
    for one in Review.objects.exclude(scenario=None):
        assert not one.scenario.authors.filter(person=one.person).exists()


def test_decisions_are_kept_six_months(reported: Case, operator: SchoolClient, clock: Any) -> None:
    operator.post(
        reverse("scenarios:case", kwargs={"pk": reported.pk}), {"decision": "masquer", "why": "Non."}
    )
    clock.shift(timedelta(days=182))
    assert moderation.drop_cases() == 0
    clock.shift(timedelta(days=2))
    assert moderation.drop_cases() == 1
    assert not Report.objects.exists() and Review.objects.get().hidden_at is not None


def test_thirty_cases_and_thirty_reports_cost_what_one_does(
    reported: Case, resource: Resource, operator: SchoolClient
) -> None:
    pages = [reverse("scenarios:cases"), reverse("scenarios:case", kwargs={"pk": reported.pk})]
    few = [counted(operator, page) for page in pages]
    row = Review.objects.get()
    for number in range(30):
        person = Person.objects.create(family_name=f"Avis {number}", given_name="Ana")
        Report.objects.create(
            case=reported, person=person, reason="wrong", words="Regardez.", made_at=row.made_at
        )
        row.pk, row.person = None, person
        row.save(force_insert=True)
        case = Case.objects.create(review=row, opened_at=row.made_at)
        Report.objects.create(case=case, person=person, reason="wrong", made_at=row.made_at)
    for (before, queries_before), address in zip(few, pages, strict=True):
        answer, after = counted(operator, address)
        assert after == queries_before <= MOST_QUERIES
        assert len(before.content) < len(answer.content) <= MOST_BYTES
        assert list(faults(answer.content.decode())) == []
