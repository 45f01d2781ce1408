"""Keys of access: made, shown at a door, refused, revoked, cut, erased."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import Door
from preau.foundation.registry import Registry
from preau.identity import doors, keys, queries, rules
from preau.identity.actions import accounts, everyone
from preau.identity.actions.accounts import close_account
from preau.identity.actions.keys import (
    MadeAlready,
    TooManyAccesses,
    make_key,
    purge_keys,
    revoke_key,
    revoke_keys,
)
from preau.identity.middleware import narrowed
from preau.identity.models import AccessKey, Account
from preau.identity.queries import Audience
from preau.identity.seeds import PASSWORD

DAYS = 90


@pytest.fixture(autouse=True)
def some_doors(monkeypatch: pytest.MonkeyPatch) -> Registry[Door]:
    """Two doors that are nobody's: one for everybody, one for staff, each in its own way."""
    found: Registry[Door] = Registry(Door)
    found.add(Door("calendar", "Calendrier", "Vos cours.", lambda viewer: True, to_pupils=True, most=30))
    found.add(Door("files", "Fichiers", "Vos fichiers.", lambda viewer: viewer.is_staff))
    found.add(Door("program", "Programme", "Ce que vous lisez.", lambda viewer: True, by=("token",)))
    monkeypatch.setattr(boards, "doors", found)
    return found


@pytest.fixture(autouse=True)
def none_yet(db: None) -> None:
    AccessKey.objects.all().delete()


def own(viewer: Any) -> Account:
    return Account.objects.select_related("person").get(pk=viewer.account_id)


def made(viewer: Any, *scopes: str, kind: str = "password", days: int = DAYS) -> tuple[AccessKey, str]:
    last = AccessKey.objects.filter(account_id=viewer.account_id).first()
    return make_key(
        viewer, kind, "Téléphone", scopes or ("calendar",), days=days, seen=last.pk if last else 0
    )


def basic(login: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


def asked(header: str = "", agent: str = "DAVx5/4.4", address: str = "192.0.2.7") -> HttpRequest:
    request = RequestFactory().get("/x/", REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    if header:
        request.META["HTTP_AUTHORIZATION"] = header
    request.session = {}  # type: ignore[assignment]
    return request


def at(door: str, header: str, **more: Any) -> Any:
    return doors.at_door(asked(header, **more), door)


def shown(viewer: Any, secret: str) -> str:
    return basic(own(viewer).login, keys.in_groups(secret))


def test_a_key_opens_its_door_in_its_seat_and_no_other(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    key, secret = made(teacher)
    found = doors.viewer_at_door(asked(shown(teacher, secret)), "calendar")
    assert found is not None
    assert (found.person.pk, found.key) == (teacher.person.pk, teacher.key)
    assert [one.key for one in found.every_seat()] == [teacher.key]
    refused = at("files", shown(teacher, secret))
    assert refused.status == 403
    key.refresh_from_db()
    assert (key.used_on, key.used_from) == (timezone.localdate(), "DAVx⁵")


def test_only_a_digest_is_kept_and_it_is_long(seat_of: Any) -> None:
    key, secret = made(seat_of("guardian"))
    assert len(keys.ALPHABET) == 32
    assert len(set(keys.ALPHABET)) == 32
    assert len(secret) == 40
    row = AccessKey.objects.filter(pk=key.pk).values().get()
    assert secret[8:] not in str(row)
    assert row["prefix"] == secret[:8]
    assert row["digest"] == keys.digest_of(secret)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic %%%",
        "Basic " + base64.b64encode(b"\xff:\x00").decode(),
        "Bearer",
        "Bearer " + "a" * 40,
        "Digest x",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Bearer preau_" + "b" * 40,
    ],
)
def test_what_is_no_key_opens_nothing(header: str, seat_of: Any) -> None:
    made(seat_of("teacher"))
    assert at("calendar", header).status == 401


def test_another_login_another_way_or_a_sign_too_few_open_nothing(seat_of: Any) -> None:
    teacher, guardian = seat_of("teacher"), seat_of("guardian")
    _key, secret = made(teacher)
    for header in (
        basic(own(guardian).login, secret),
        basic("", secret),
        f"Bearer {keys.as_token(secret)}",
        basic(own(teacher).login, secret[:-1]),
        basic(own(teacher).login, secret[:8] + secret[9:] + "a"),
        basic(own(teacher).login, "sous le préau"),
    ):
        assert at("calendar", header).status == 401, header
    assert not isinstance(at("calendar", basic(own(teacher).login.upper(), secret.upper())), doors.Refusal)


def test_a_token_is_for_programs_and_a_password_is_not(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    _key, token = made(teacher, "program", kind="token")
    _other, password = made(teacher, "program", "calendar")
    assert not isinstance(at("program", f"Bearer {keys.as_token(token)}"), doors.Refusal)
    assert at("program", shown(teacher, token)).status == 401
    assert at("program", shown(teacher, password)).status == 401
    assert at("calendar", f"Bearer {keys.as_token(token)}").status == 401


def close(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


def void(account: Account) -> None:
    account.set_unusable_password()
    account.save()


def demand(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(proves_from=timezone.localdate())


def depart(account: Account) -> None:
    Holding.objects.filter(person=account.person).update(ends=timezone.localdate())


def forbid(account: Account) -> None:
    school = Holding.objects.filter(person=account.person).get().school
    assert school
    school.services = {rules.KEYS: {"off": True}}
    school.save()


@pytest.mark.parametrize(
    "happens", [close, void, demand, depart, forbid, lambda account: close_account(account.person_id)]
)
def test_what_closes_an_account_closes_its_keys(happens: Any, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    _key, secret = made(teacher)
    header = shown(teacher, secret)
    assert not isinstance(at("calendar", header), doors.Refusal)
    happens(own(teacher))
    assert at("calendar", header).status == 401


def test_a_key_ends_on_its_day_and_lives_a_year_at_most(seat_of: Any, clock: Any) -> None:
    teacher = seat_of("teacher")
    key, secret = made(teacher, days=4000)
    assert key.expires_at - key.made_at < timedelta(days=366)
    clock.move_to(key.expires_at - timedelta(seconds=1))
    assert not isinstance(at("calendar", shown(teacher, secret)), doors.Refusal)
    clock.move_to(key.expires_at + timedelta(seconds=1))
    assert at("calendar", shown(teacher, secret)).status == 401


def test_a_revoked_key_opens_nothing_and_stays_so(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    key, secret = made(teacher)
    assert revoke_key(teacher, key)
    assert not revoke_key(teacher, key)
    assert at("calendar", shown(teacher, secret)).status == 401


def test_nobody_revokes_the_key_of_another(seat_of: Any) -> None:
    key, secret = made(seat_of("teacher"))
    assert not revoke_key(seat_of("head"), key)
    assert revoke_keys(seat_of("head")) == 0
    assert not isinstance(at("calendar", shown(seat_of("teacher"), secret)), doors.Refusal)


def test_a_profile_that_ends_takes_its_keys_along_and_leaves_those_of_the_others(
    college: World, seat_of: Any
) -> None:
    """A teacher who is a mother: the key of her classes dies with her post, that of her children lives on."""
    guardian = seat_of("guardian")
    person = Person.objects.get(pk=guardian.person.pk)
    Holding.objects.create(
        person=person, school=college.school, role=Role.TEACHER, starts=timezone.localdate()
    )
    as_teacher = viewer_for(person, guardian.account_id, timezone.now(), f"staff-{college.school.pk}")
    assert as_teacher is not None
    assert as_teacher.is_staff
    _one, of_class = made(as_teacher)
    _other, of_children = made(guardian)
    for secret, key in ((of_class, as_teacher.key), (of_children, "guardian")):
        found = at("calendar", shown(guardian, secret))
        assert [one.key for one in found.every_seat()] == [key]
    Holding.objects.filter(person=person).update(ends=timezone.localdate())
    assert at("calendar", shown(guardian, of_class)).status == 401
    assert at("calendar", shown(guardian, of_children)).own_pupils() == guardian.own_pupils()


def test_a_new_password_or_a_code_cuts_the_keys(seat_of: Any, college: World) -> None:
    teacher, head = seat_of("teacher"), seat_of("head")
    _key, secret = made(teacher)
    accounts.give_code(head, teacher.person, seen=0)
    account = own(teacher)
    account.set_password("un tout autre mot de passe")
    account.save()
    assert at("calendar", shown(teacher, secret)).status == 401


def test_a_school_that_signs_everybody_out_cuts_their_keys(seat_of: Any) -> None:
    teacher, guardian, head = seat_of("teacher"), seat_of("guardian"), seat_of("head")
    secrets = {one: made(one)[1] for one in (teacher, guardian, head)}
    done = everyone.sign_everyone_out(head, [Audience.STAFF], passwords=False)
    assert done.keys == 1
    assert at("calendar", shown(teacher, secrets[teacher])).status == 401
    for spared in (guardian, head):
        assert not isinstance(at("calendar", shown(spared, secrets[spared])), doors.Refusal)


def test_who_may_hold_keys(seat_of: Any, holder: Any) -> None:
    assert rules.passes(seat_of("pupil"), boards.doors.named("calendar"))
    assert not rules.passes(seat_of("pupil"), boards.doors.named("program"))
    assert not rules.passes(seat_of("guardian"), boards.doors.named("files"))
    assert rules.passes(seat_of("teacher"), boards.doors.named("files"))
    for role in (Role.AGENT, Role.OPERATOR):
        assert not rules.makes_keys(holder(role)), role


def test_a_pupil_who_forges_a_scope_still_opens_nothing_more(seat_of: Any) -> None:
    pupil = seat_of("pupil")
    _key, secret = made(pupil, "calendar", "files", "program")
    assert not isinstance(at("calendar", shown(pupil, secret)), doors.Refusal)
    assert at("files", shown(pupil, secret)).status == 403


def test_twenty_at_most_and_a_second_click_makes_none(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    first, _secret = made(teacher)
    with pytest.raises(MadeAlready):
        make_key(teacher, "password", "Encore", ["calendar"], days=30, seen=0)
    for _ in range(rules.MOST_KEYS - 1):
        made(teacher)
    with pytest.raises(TooManyAccesses):
        made(teacher)
    revoke_key(teacher, first)
    made(teacher)


def test_wrong_keys_never_close_the_door_to_a_right_one(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    _key, secret = made(teacher)
    wrong = basic(own(teacher).login, "a" * 40)
    answers = [at("calendar", wrong).status for _ in range(doors.WRONG + 1)]
    assert answers == [401] * doors.WRONG + [429]
    assert at("calendar", wrong).wait > 0
    assert not isinstance(at("calendar", shown(teacher, secret)), doors.Refusal)
    assert at("calendar", wrong, address="198.51.100.1").status == 401


def test_an_account_asks_so_many_times_an_hour(seat_of: Any) -> None:
    teacher, guardian = seat_of("teacher"), seat_of("guardian")
    _key, secret = made(teacher)
    _more, second = made(teacher)
    _other, spared = made(guardian)
    for number in range(30):
        assert not isinstance(at("calendar", shown(teacher, secret if number % 2 else second)), doors.Refusal)
    refused = at("calendar", shown(teacher, secret))
    assert (refused.status, 0 < refused.wait <= 3600) == (429, True)
    assert not isinstance(at("calendar", shown(guardian, spared)), doors.Refusal)


def test_the_work_is_the_same_for_whoever_exists(
    seat_of: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """A login that exists, one that does not, a row that exists: one reading, two counts, one digest, no slow hash."""
    teacher = seat_of("teacher")
    key, _secret = made(teacher)
    digests: list[str] = []
    plain = keys.digest_of
    monkeypatch.setattr(keys, "digest_of", lambda shown: digests.append(shown) or plain(shown))
    monkeypatch.setattr(Account, "check_password", lambda *_: pytest.fail("the password of the account"))
    for login, secret in (
        (own(teacher).login, "a" * 40),
        ("personne.ici", "a" * 40),
        (own(teacher).login, key.prefix + "a" * 32),
        ("personne.ici", key.prefix + "a" * 32),
        (own(teacher).login, "sous le préau"),
    ):
        digests.clear()
        with django_assert_num_queries(3):
            assert at("calendar", basic(login, secret)).status == 401
        assert len(digests) == 1


def test_its_use_is_noted_once_a_day(seat_of: Any, clock: Any, django_assert_max_num_queries: Any) -> None:
    teacher = seat_of("teacher")
    key, secret = made(teacher)
    at("calendar", shown(teacher, secret), agent="curl/8")
    at("calendar", shown(teacher, secret), agent="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0")
    key.refresh_from_db()
    assert key.used_from == "curl"
    clock.move_to(timezone.now() + timedelta(days=1))
    at("calendar", shown(teacher, secret), agent="<b>Nina</b>")
    key.refresh_from_db()
    assert (key.used_on, key.used_from) == (timezone.localdate(), "Programme inconnu")


def test_the_decorated_view(seat_of: Any) -> None:
    @doors.door("calendar")
    def view(request: Any) -> HttpResponse:
        return HttpResponse(request.viewer.key)

    teacher = seat_of("teacher")
    _key, secret = made(teacher)
    assert view.csrf_exempt  # type: ignore[attr-defined]
    refused = view(asked())
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Basic realm="Preau", charset="UTF-8"')
    assert "Authorization" in refused["Vary"]
    assert not refused.cookies
    opened = view(asked(shown(teacher, secret)))
    assert opened.content.decode() == teacher.key
    assert not opened.cookies


def test_keys_that_are_over_are_erased_thirty_days_later(seat_of: Any, clock: Any) -> None:
    teacher = seat_of("teacher")
    revoked, _one = made(teacher)
    short, _two = made(teacher, days=30)
    long, _three = made(teacher, days=365)
    revoke_key(teacher, revoked)
    clock.move_to(timezone.now() + timedelta(days=31))
    assert purge_keys() == 1
    clock.move_to(timezone.now() + timedelta(days=31))
    assert purge_keys() == 1
    assert list(AccessKey.objects.all()) == [long]
    assert short.pk != long.pk


def test_an_account_that_is_erased_takes_its_keys_along(seat_of: Any) -> None:
    key, _secret = made(seat_of("teacher"))
    close_account(seat_of("teacher").person.pk)
    assert not AccessKey.objects.filter(pk=key.pk).exists()


# Pages


FORM = {"nature": "token", "name": "Tableur", "scopes": ["program"], "days": "90", "vu": "0"}


@pytest.fixture
def teacher(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["teacher"])


def make(client: SchoolClient, **typed: Any) -> Any:
    return client.post(reverse("identity:make_key"), FORM | typed)


def test_a_key_is_shown_once_told_and_written_down(teacher: SchoolClient, college: World) -> None:
    response = make(teacher)
    key = AccessKey.objects.get()
    body = response.content.decode()
    token = re.search(r'id="secret">([^<]+)<', body)[1]  # type: ignore[index]
    assert keys.digest_of(keys.read(token).whole) == key.digest
    assert "no-store" in response["Cache-Control"]
    assert (key.seat, key.scopes) == (f"staff-{college.school.pk}", ["program"])
    assert not isinstance(at("program", f"Bearer {token}"), doors.Refusal)
    page = teacher.get(reverse("identity:keys")).content.decode()
    assert key.name in page
    assert token not in page
    assert Line.objects.filter(verb="identity.key_made", target_id=key.pk).exists()
    news = Item.objects.get(kind="identity.key_made", person=college.people["teacher"])
    assert token not in str(news.facts)
    assert keys.read(token).whole not in str(list(Line.objects.values_list("details", flat=True)))


def test_a_second_click_shows_nothing_more(teacher: SchoolClient) -> None:
    make(teacher)
    again = make(teacher)
    assert (again.status_code, again["Location"]) == (302, reverse("identity:keys"))
    assert AccessKey.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Donnez un nom à cet accès."),
        ({"scopes": []}, "Cochez au moins une ligne."),
        ({"scopes": ["calendar"]}, "Cette ligne n’est pas proposée ici."),
        ({"days": "4000"}, "Choisissez une durée de la liste."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    teacher: SchoolClient, typed: dict[str, Any], said: str
) -> None:
    response = make(teacher, **typed)
    assert response.status_code == 422
    body = response.content.decode()
    assert said in body
    assert typed.get("name") == "" or "Tableur" in body
    assert not AccessKey.objects.exists()


def test_the_door_of_a_form_is_that_of_the_seat(client: SchoolClient, college: World) -> None:
    """A family is not offered the files of the staff, nor takes them by writing their name."""
    client.sit(college.people["guardian"])
    page = client.get(reverse("identity:make_key")).content.decode()
    assert "Vos cours." in page
    assert "Vos fichiers." not in page
    assert make(client, nature="password", scopes=["files"]).status_code == 422


def test_who_cannot_make_one_is_told(client: SchoolClient, college: World) -> None:
    school = college.school
    school.services = {rules.KEYS: {"off": True}}
    school.save()
    client.sit(college.people["teacher"])
    assert "ne les permet pas" in client.get(reverse("identity:keys")).content.decode()
    assert client.get(reverse("identity:make_key")).status_code == 403
    assert make(client).status_code == 403


def family_alone(client: SchoolClient, college: World) -> None:
    """Sit a mother who teaches here too, as a provider of families lets her in."""
    mother = college.people["guardian"]
    Holding.objects.create(
        person=mother, school=college.school, role=Role.TEACHER, starts=timezone.localdate()
    )
    client.sit(mother, "guardian")
    session = client.session
    session["profiles"] = ["guardian", "pupil"]
    session.save()


def test_a_session_of_the_family_alone_makes_none(client: SchoolClient, college: World) -> None:
    family_alone(client, college)
    assert make(client).status_code == 302
    assert client.get(reverse("identity:make_key")).status_code == 302
    assert not AccessKey.objects.exists()


def test_an_account_without_a_password_makes_none(client: SchoolClient, college: World) -> None:
    person = college.people["teacher"]
    void(person.account)
    client.sit(person)
    assert make(client).status_code == 302
    assert not AccessKey.objects.exists()


def test_one_revokes_ones_own_and_meets_nobody_elses(
    teacher: SchoolClient, seat_of: Any, college: World
) -> None:
    theirs, _secret = made(seat_of("head"))
    one, _first = made(seat_of("teacher"))
    two, _second = made(seat_of("teacher"))
    assert teacher.post(reverse("identity:revoke_key", args=[theirs.public_id])).status_code == 404
    assert theirs.name not in teacher.get(reverse("identity:keys")).content.decode().replace(one.name, "")
    for _ in range(2):
        assert teacher.post(reverse("identity:revoke_key", args=[one.public_id])).status_code == 302
    assert Line.objects.filter(verb="identity.key_revoked").count() == 1
    teacher.post(reverse("identity:revoke_keys"))
    teacher.post(reverse("identity:revoke_keys"))
    assert Line.objects.filter(verb="identity.keys_revoked").count() == 1
    assert set(AccessKey.objects.filter(revoked_at=None)) == {theirs}
    assert two.pk


def test_a_changed_password_cuts_the_keys(teacher: SchoolClient, seat_of: Any) -> None:
    _key, secret = made(seat_of("teacher"))
    teacher.post(
        reverse("identity:change_password"),
        {"former": PASSWORD, "new_password": "huit girafes bleues", "again": "huit girafes bleues"},
    )
    assert at("calendar", shown(seat_of("teacher"), secret)).status == 401


def test_the_head_reads_numbers_and_no_name(client: SchoolClient, college: World, seat_of: Any) -> None:
    made(seat_of("teacher"))
    made(seat_of("guardian"))
    client.sit(college.people["head"])
    page = client.get(reverse("identity:everyone_out")).content.decode()
    assert "élèves 0, responsables 1, personnels 1" in page
    assert "Téléphone" not in page


def test_behind_a_door_an_error_is_shown_to_nobody_in_particular(seat_of: Any) -> None:
    """The page of a 404 has the frame of whoever has a session: here there is none, whoever showed a key."""

    @doors.door("calendar")
    def lost(request: HttpRequest) -> HttpResponse:
        assert request.viewer  # type: ignore[attr-defined]
        raise Http404

    viewer = seat_of("teacher")
    request = asked(basic(own(viewer).login, made(viewer)[1]))
    with pytest.raises(Http404):
        lost(request)
    assert request.viewer is None  # type: ignore[attr-defined]


def test_a_door_that_nobody_made_is_a_mistake_of_ours(db: None) -> None:
    with pytest.raises(LookupError, match="nulle-part"):
        at("nulle-part", "")


def test_a_door_of_a_service_that_the_school_closes_opens_to_nobody(
    seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = seat_of("teacher")
    door = Door(
        "homework", "Cahier de textes", "Ce que vous y écrivez.", lambda viewer: True, service="homework"
    )
    assert rules.passes(teacher, door)
    monkeypatch.setattr(type(teacher), "offers", lambda viewer, service: service != "homework")
    assert not rules.passes(teacher, door)


def test_what_the_journal_says_of_a_key() -> None:
    assert queries.said_of_key({"doors": "calendar partie"}) == "Calendrier"


def test_the_page_says_that_twenty_is_enough(teacher: SchoolClient, seat_of: Any) -> None:
    for _ in range(rules.MOST_KEYS):
        last, _secret = made(seat_of("teacher"))
    page = make(teacher, vu=str(last.pk)).content.decode()
    assert "Vous avez déjà vingt accès" in page and "Tableur" in page
    assert AccessKey.objects.count() == rules.MOST_KEYS


def test_no_seat_of_a_family_is_left_to_a_teacher(seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert narrowed(teacher, ["guardian", "pupil"]) is None
    left = narrowed(teacher, ["staff"])
    assert left is not None and left.person == teacher.person
