"""Logins, codes, letters: what the office prepares."""

import re
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.directory.words import Authority, Role
from preau.foundation import pdf
from preau.identity.actions import accounts
from preau.identity.codes import ALPHABET, digest_of, new_code
from preau.identity.logins import logins_for, split, stem_of
from preau.identity.models import Account, Activation
from preau.identity.queries import State, account_states
from tests.statements import MOST_QUERIES, Statements

CODE = re.compile(r"[A-HJKMNP-Z2-9]{4}(?:-[A-HJKMNP-Z2-9]{4}){2}")


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def of_class(college: World, kind: str) -> str:
    return reverse(f"identity:{kind}", kwargs={"pk": own_class(college).pk})


# Logins


@pytest.mark.parametrize(
    ("given", "family", "stem"),
    [
        ("Claire", "Moreau", "claire.moreau"),
        ("Aïssatou", "N’Diaye", "aissatou.n-diaye"),
        ("Jean-Noël", "de La Tour d’Auvergne", "jean-noel.de-la-tour-d-auvergne"),
        ("Zoé", "Cœur", "zoe.coeur"),
        ("", "Aide sociale", "aide-sociale"),
        ("李", "王", "compte"),
        ("Ana2", "3 Silva", "ana.silva"),
        ("Marie", "A" * 80, f"marie.{'a' * 38}"),
    ],
)
def test_a_login_is_made_from_the_name(given: str, family: str, stem: str) -> None:
    found = stem_of(Person(given_name=given, family_name=family))
    assert found == stem
    assert len(found) <= 50 and re.fullmatch(r"[a-z.-]+", found)


def test_homonyms_get_numbers() -> None:
    twins = [Person(pk=pk, given_name="Lucas", family_name="Martin") for pk in (1, 2, 3)]
    assert list(logins_for(twins, []).values()) == ["lucas.martin", "lucas.martin2", "lucas.martin3"]
    assert logins_for(twins[:1], ["lucas.martin", "lucas.martin12"]) == {1: "lucas.martin13"}
    assert split("lucas.martin12") == ("lucas.martin", 12)


def newcomers(count: int) -> list[Person]:
    names = [
        Person(given_name="Lou", family_name=f"Arrivée{'bcdefghij'[n % 9] * (n // 9 + 1)}")
        for n in range(count)
    ]
    return [*Person.objects.bulk_create(names)]


def test_accounts_of_a_class_and_of_a_year_cost_the_same(college: World) -> None:
    costs = []
    # Within what one statement may hold on SQLite.
    for count in (30, 80):
        people = newcomers(count)
        with CaptureQueriesContext(connection) as done:
            assert accounts.open_accounts(people) == count
        costs.append(len([q for q in done if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert costs[0] == costs[1] <= 5
    assert (
        Account.objects.filter(
            stem__startswith="lou.arrivee", person__family_name__contains="Arrivée"
        ).count()
        == 110
    )


def test_an_account_is_made_once_and_cannot_sign_in_yet(college: World) -> None:
    person = newcomers(1)[0]
    assert (accounts.open_accounts([person]), accounts.open_accounts([person])) == (1, 0)
    assert not Account.objects.get(person=person).has_usable_password()


def test_whoever_never_finds_a_free_login_gets_an_error_and_not_an_endless_wait(
    college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always_taken(people: Any, taken: Any) -> dict[int, str]:
        return {person.pk: "claire.moreau" for person in people}

    monkeypatch.setattr(accounts, "logins_for", always_taken)
    before = Account.objects.count()
    with pytest.raises(accounts.TooManyHomonyms):
        accounts.open_accounts(newcomers(1))
    assert Account.objects.count() == before


def test_neither_institutions_nor_erased_people_get_an_account(college: World) -> None:
    ward = Person.objects.create(family_name="Aide sociale à l’enfance", is_institution=True)
    gone = Person.objects.create(family_name="Personne effacée", erased_at=timezone.now())
    assert accounts.open_accounts([ward, gone]) == 0


# Codes


def test_codes_have_no_sign_that_looks_like_another() -> None:
    assert set("01OIL").isdisjoint(ALPHABET)
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200 and all(CODE.fullmatch(code) for code in codes)
    assert len(ALPHABET) ** 12 > 2**50


def test_a_code_is_understood_however_it_is_typed() -> None:
    assert digest_of("kq7m 3xwd9rta") == digest_of("KQ7M-3XWD-9RTA") != digest_of("KQ7M-3XWD-9RTB")


# Letters


@pytest.fixture
def secretary(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["secretary"])


def prepare(client: SchoolClient, college: World, who: str = "eleves", **more: Any) -> Any:
    return client.post(of_class(college, "prepare_class"), {"qui": who, "vu": "0", **more})


def codes_in(response: Any) -> dict[int, str]:
    sent = re.findall(r'name="lettre" value="(\d+):([^"]+)"', response.content.decode())
    return {int(number): code for number, code in sent}


def test_the_letters_of_a_class_are_shown_once(college: World, secretary: SchoolClient) -> None:
    response = prepare(secretary, college)
    page = response.content.decode()
    # Six pupils, one of whom is of the cast and has an account.
    assert page.count('class="paper"') == 5
    assert len(set(codes_in(response).values())) == 5
    assert "http://localhost:8000/activation/" in page and "<svg" in page
    for number, code in codes_in(response).items():
        made = Activation.objects.get(pk=number)
        assert made.digest == digest_of(code)
        assert (made.expires_at - made.issued_at).days == 60
        assert made.account.login in page and code not in str(made.__dict__)
    line = Line.objects.get(verb="identity.letters_prepared")
    assert line.details["count"] == 5
    assert not any(code in str(line.details) for code in codes_in(response).values())


def test_the_same_page_sent_again_makes_nothing(college: World, secretary: SchoolClient) -> None:
    prepare(secretary, college)
    before = list(Activation.objects.values_list("pk", "cancelled_at"))
    for more in ({}, {"refaire": "oui"}):
        response = prepare(secretary, college, **more)
        assert response.status_code == 302
        assert "viennent d’être préparés" in secretary.get(response.url).content.decode()
    assert list(Activation.objects.values_list("pk", "cancelled_at")) == before


def test_new_letters_cancel_the_former_ones(college: World, secretary: SchoolClient) -> None:
    prepare(secretary, college)
    page = secretary.get(of_class(college, "class_accounts")).content.decode()
    seen = re.search(r'name="vu" value="(\d+)"', page)
    assert "Refaire 5 courriers" in page
    again = prepare(secretary, college, vu=seen[1], refaire="oui")
    assert again.content.decode().count('class="paper"') == 5
    assert Activation.objects.filter(cancelled_at=None).count() == 5
    assert Activation.objects.count() == 10


def test_a_guardian_of_several_children_gets_one_letter(college: World, secretary: SchoolClient) -> None:
    mother = Person.objects.exclude(account__isnull=False).filter(
        wards__pupil__enrolments__group=own_class(college)
    )[0]
    other = Group.objects.filter(year=college.year).exclude(pk=own_class(college).pk)[0]
    child = Person.objects.filter(enrolments__group=other)[0]
    Guardianship.objects.create(pupil=child, guardian=mother, authority=Authority.LEGAL)
    first = prepare(secretary, college, "responsables").content.decode()
    assert child.full_name in first and "vos enfants" in first
    second = secretary.post(
        reverse("identity:prepare_class", kwargs={"pk": other.pk}), {"qui": "responsables", "vu": "0"}
    )
    assert f"<strong>Mme {mother.full_name}</strong>" not in second.content.decode()
    assert Activation.objects.filter(account__person=mother).count() == 1


@pytest.mark.parametrize(
    "change",
    [{"authority": Authority.CONTACT}, {"may_not_be_informed": True}, {"ends": "2026-11-24"}],
    ids=lambda change: next(iter(change)),
)
def test_whoever_may_not_follow_gets_no_letter(
    college: World, secretary: SchoolClient, change: dict[str, Any]
) -> None:
    Account.objects.filter(person=college.people["guardian"]).delete()
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(**change)
    assert "Julie Abadie" not in prepare(secretary, college, "responsables").content.decode()
    assert not Account.objects.filter(person=college.people["guardian"]).exists()


def test_a_letter_names_no_child_of_another_school(
    college: World, twin: World, secretary: SchoolClient
) -> None:
    add_sibling_elsewhere(college, twin)
    Account.objects.filter(person=college.people["guardian"]).delete()
    # The client fails by itself if the twin's child shows.
    page = prepare(secretary, college, "responsables").content.decode()
    assert "Julie Abadie" in page and "Nina Abadie" in page and "Hugo Abadie" not in page


def test_staff_get_letters_but_not_the_head(college: World, secretary: SchoolClient) -> None:
    Account.objects.filter(person__in=[college.people["head"], college.people["cpe"]]).delete()
    page = secretary.post(reverse("identity:prepare_staff"), {"vu": "0"}).content.decode()
    assert "Samia Haddad" in page and "Hélène Carpentier" not in page


def test_one_person_again(college: World, secretary: SchoolClient) -> None:
    prepare(secretary, college)
    first = Activation.objects.order_by("pk")[0]
    person = first.account.person
    address = reverse("identity:prepare_person", kwargs={"public_id": person.public_id})
    assert secretary.post(address, {"vu": "0"}).status_code == 302
    assert secretary.post(address, {"vu": str(first.pk)}).content.decode().count('class="paper"') == 1
    assert Line.objects.filter(verb="identity.letters_prepared", subject=person).count() == 1
    assert account_states([person.pk])[person.pk].state == State.LETTER


@pytest.mark.parametrize("key", ["teacher", "cpe", "guardian", "pupil"])
def test_only_the_office_prepares_letters(college: World, client: SchoolClient, key: str) -> None:
    client.sit(college.people[key])
    assert prepare(client, college).status_code in {403, 404}
    assert client.post(reverse("identity:prepare_staff")).status_code == 403
    assert client.post(reverse("identity:letters_pdf")).status_code == 403
    assert not Activation.objects.exists()


def test_another_schools_class_does_not_exist(college: World, twin: World, secretary: SchoolClient) -> None:
    other = Group.objects.filter(year=twin.year)[0]
    for name in ("class_accounts", "prepare_class"):
        address = reverse(f"identity:{name}", kwargs={"pk": other.pk})
        answer = secretary.get(address) if name == "class_accounts" else secretary.post(address)
        assert answer.status_code == 404
    for name in ("person", "prepare_person", "give_code"):
        address = reverse(f"identity:{name}", kwargs={"public_id": twin.people["pupil"].public_id})
        answer = secretary.get(address) if name == "person" else secretary.post(address)
        assert answer.status_code == 404


def test_the_pdf_is_made_of_the_codes_of_the_page(college: World, secretary: SchoolClient) -> None:
    if not pdf.is_possible():
        pytest.skip("No Pango on this machine.")
    codes = codes_in(prepare(secretary, college))
    count = Activation.objects.count()
    response = secretary.post(
        reverse("identity:letters_pdf"), {"lettre": [f"{number}:{code}" for number, code in codes.items()]}
    )
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-") and response.content.count(b"/Type /Page\n") in {0, 5}
    assert Activation.objects.count() == count


@pytest.mark.parametrize("wrong", ["1", "x:y", "999999999999999999999:a", "٣:a", "{number}:AAAA-AAAA-AAAA"])
def test_a_wrong_code_makes_no_pdf(college: World, secretary: SchoolClient, wrong: str) -> None:
    number = next(iter(codes_in(prepare(secretary, college))))
    response = secretary.post(reverse("identity:letters_pdf"), {"lettre": wrong.format(number=number)})
    assert response.status_code == 302


def test_where_there_is_no_pango_the_page_says_how_to_print(
    college: World, secretary: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # importing it raises ImportError
    monkeypatch.setattr(pdf, "is_possible", pdf.is_possible.__wrapped__)
    page = prepare(secretary, college).content.decode()
    assert "Télécharger le PDF" not in page and "imprimez cette page avec votre navigateur" in page


# Lists


def test_the_index_counts_who_has_what(college: World, secretary: SchoolClient) -> None:
    prepare(secretary, college)
    page = secretary.get(reverse("identity:accounts")).content.decode()
    row = next(part for part in page.split("<tr") if "5<sup>e</sup> B" in part)
    assert "1 ouvert sur 6" in row and "5 codes donnés" in row
    assert "5 à faire" not in row


def many_more(college: World, count: int) -> None:
    group = own_class(college)
    for number in range(count):
        pupil = Person.objects.create(family_name="Arrivant", given_name=f"Numéro {number}")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
        parent = Person.objects.create(family_name="Arrivant", given_name=f"Parent {number}")
        Guardianship.objects.create(pupil=pupil, guardian=parent, authority=Authority.LEGAL)
        worker = Person.objects.create(family_name="Arrivant", given_name=f"Prof {number}")
        Holding.objects.create(person=worker, role=Role.TEACHER, school=college.school)
        Group.objects.create(
            school=college.school,
            year=college.year,
            kind="class",
            name=f"Z{group.groups_drawn.count()}{count}{number}",
        )


@pytest.mark.parametrize("name", ["accounts", "eleves", "responsables", "personnels"])
def test_thirty_people_cost_the_queries_of_one(college: World, secretary: SchoolClient, name: str) -> None:
    address = {
        "accounts": reverse("identity:accounts"),
        "eleves": of_class(college, "class_accounts"),
        "responsables": f"{of_class(college, 'class_accounts')}?qui=responsables",
        "personnels": reverse("identity:staff_accounts"),
    }[name]
    costs = []
    for count in (1, 30):
        many_more(college, count)
        with Statements(connection) as done:
            page = secretary.get(address)
        costs.append(done.count)
        assert page.status_code == 200
    assert costs[0] == costs[1] <= MOST_QUERIES
    assert len(page.content) <= 60_000


def test_preparing_thirty_letters_costs_what_one_does(college: World, secretary: SchoolClient) -> None:
    costs = []
    for count in (1, 30):
        many_more(college, count)
        seen = Activation.objects.aggregate(last=Max("pk"))["last"] or 0
        with Statements(connection) as done:
            page = prepare(secretary, college, vu=str(seen))
        costs.append(done.count)
    assert page.content.decode().count('class="paper"') == 30
    assert costs[0] == costs[1]


def test_lists_are_filtered(college: World, secretary: SchoolClient) -> None:
    address = of_class(college, "class_accounts")
    assert "ABADIE Nina" in secretary.get(f"{address}?etat=ouvert").content.decode()
    assert "ABADIE Nina" not in secretary.get(f"{address}?etat=sans").content.decode()
    assert "ABADIE Nina" in secretary.post(address, {"nom": "abadie"}).content.decode()
    assert "Personne ne correspond" in secretary.post(address, {"nom": "zzz"}).content.decode()
    assert "ABADIE Nina" in secretary.get(f"{address}?etat=xx&nom=zzz").content.decode()


def test_a_teacher_sees_pupils_and_no_family(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    page = client.get(f"{of_class(college, 'class_accounts')}?qui=responsables").content.decode()
    assert "ABADIE Nina" in page and "ABADIE Julie" not in page and "Préparer" not in page


# A code on the screen


def give(client: SchoolClient, person: Person, seen: int = 0) -> Any:
    address = reverse("identity:give_code", kwargs={"public_id": person.public_id})
    return client.post(address, {"vu": str(seen)})


def test_a_teacher_gives_a_pupil_a_code(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    elsewhere = SchoolClient().sit(pupil)
    client.sit(college.people["teacher"])
    response = give(client, pupil)
    page = response.content.decode()
    assert CODE.search(page) and "eleve" in page
    account = Account.objects.get(person=pupil)
    assert not account.has_usable_password()
    assert elsewhere.get("/emploi-du-temps/").status_code == 302
    made = account.activations.get()
    assert made.kind == Activation.Kind.RESET_BY_STAFF and (made.expires_at - made.issued_at).days == 7
    assert Line.objects.filter(verb="identity.code_given", subject=pupil).count() == 1
    # The same page sent again shows no second code.
    assert give(client, pupil).status_code == 302
    assert account.activations.count() == 1


@pytest.mark.parametrize("key", ["guardian", "teacher_1", "cpe", "head"])
def test_a_teacher_gives_no_code_to_others(college: World, client: SchoolClient, key: str) -> None:
    client.sit(college.people["teacher"])
    assert give(client, college.people[key]).status_code == 403 if key != "guardian" else True
    assert give(client, college.people[key]).status_code in {403, 404}
    assert Account.objects.get(person=college.people[key]).has_usable_password()


def test_old_codes_are_dropped(college: World, secretary: SchoolClient, clock: Any) -> None:
    prepare(secretary, college)
    clock.shift(60 * 60 * 24 * 89)
    assert accounts.purge_codes() == 0
    clock.shift(60 * 60 * 24 * 2)
    assert accounts.purge_codes() == 5


# From the server's console


def test_the_console_gives_a_code_to_a_lone_head(college: World, client: SchoolClient) -> None:
    output = StringIO()
    call_command("head_code", college.school.uai, "--again", stdout=output)
    code = CODE.search(output.getvalue())
    assert code and "helene.carpentier" in output.getvalue()
    sent = {"login": "helene.carpentier", "code": code[0], "new_password": "trois chevaux bleus"}
    assert client.post("/activation/", sent | {"again": "trois chevaux bleus"}).status_code == 302
    assert Line.objects.filter(verb="identity.code_given_at_console", actor=None).count() == 1


def test_the_console_asks_which_head(college: World) -> None:
    Holding.objects.create(person=college.people["cpe"], role=Role.HEAD, school=college.school)
    with pytest.raises(CommandError, match="Which head"):
        call_command("head_code", college.school.uai)
    with pytest.raises(CommandError, match="There is no school 0000000X here"):
        call_command("head_code", "0000000X")
    Holding.objects.filter(role=Role.HEAD, school=college.school).delete()
    with pytest.raises(CommandError, match="has no head today"):
        call_command("head_code", college.school.uai)


def test_the_console_ends_a_password_only_when_that_is_said(college: World) -> None:
    head = college.people["head"].account
    head.set_password("trois chevaux bleus")
    head.save()
    with pytest.raises(CommandError, match="--again"):
        call_command("head_code", college.school.uai)
    head.refresh_from_db()
    assert head.has_usable_password()
    call_command("head_code", college.school.uai, "--again", stdout=StringIO())
    head.refresh_from_db()
    assert not head.has_usable_password()


def test_the_console_opens_an_operator_and_invites_them_again(college: World, client: SchoolClient) -> None:
    Holding.objects.filter(role=Role.OPERATOR).delete()
    with pytest.raises(CommandError, match="no operator yet"):
        call_command("operator_code")
    output = StringIO()
    call_command("operator_code", "--open", "Odile", "Ferrand", "--email", "odile@example.org", stdout=output)
    code = CODE.search(output.getvalue())
    assert code and "odile.ferrand" in output.getvalue()
    sent = {"login": "odile.ferrand", "code": code[0], "new_password": "trois chevaux bleus"}
    assert client.post("/activation/", sent | {"again": "trois chevaux bleus"}).status_code == 302
    held = Holding.objects.get(person__account__login="odile.ferrand")
    assert (held.role, held.school, held.territory) == (Role.OPERATOR, None, None)
    with pytest.raises(CommandError, match="already"):
        call_command("operator_code", "--open", "Odile", "Ferrand")
    with pytest.raises(CommandError, match="--again"):
        call_command("operator_code")
    call_command("operator_code", "--again", "--lift-second-proof", stdout=StringIO())
    with pytest.raises(CommandError, match="Which operator"):
        call_command("operator_code", "--login", "nobody")


def test_there_is_no_super_user() -> None:
    with pytest.raises(CommandError, match="operator_code"):
        call_command("createsuperuser")
