"""Everywhere that a reader can look: each gives its name and its text."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from unittest import mock
from zipfile import ZipFile, is_zipfile

from django.core import mail
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conftest import NOW
from preau.commons.agenda import actions as agenda
from preau.commons.agenda.models import Feed
from preau.commons.agenda.queries.calendars import calendars_of
from preau.commons.notifications.models import Device
from preau.commons.notifications.tests.post import deliver
from preau.commons.privacy import exports
from preau.commons.privacy import rules as privacy
from preau.commons.privacy.queries.held import Subject
from preau.commons.privacy.queries.sentences import sections_of
from preau.commons.search import queries as search
from preau.directory.models import Group, Guardianship, Holding, Person
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import boards, webpush
from preau.identity import keys, rules
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey, Account
from tests.declared import gathered
from tests.net.matrix import Route, all_routes, close_files, may_open, questions
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_cast import AMONG_PUPILS, CAST, OWN, SOMEBODY_ELSE, VISITORS, Stage, places_of
from tests.net.matrix_table import PLAIN, Told
from tests.telephone import Telephone, read

# Whoever stands beside the cast of the matrix: what is not theirs is looked for in what they read too.
BESIDE = {"nurse": Role.NURSE, "assistant": Role.ASSISTANT}
READERS = (*(key for key in CAST if key not in VISITORS), *BESIDE, *sorted(AMONG_PUPILS), "visitor")
# Open to all, and to each another page.
HOME = "portal:home"
# Where houses show a pupil together, to each reader what is theirs.
RECORD = "directory:person"
# Who looks at what is open to all.
PASSERS_BY = {"visitor", "pupil", "teacher"}
# Their own pages show another school: the matrix looks there. What was made here is asked for.
ELSEWHERE = "neighbour_head"
# Whose pages of « Mes données » are looked at beside their archive.
OWN_DATA = {"pupil", "guardian", "other_guardian", "teacher", "cpe"}
# So many of the rows that a form has made are looked at, one by one.
NEWEST = 4
BETWEEN, EARLIER = {"du": "2026-11-01", "au": "2026-12-20"}, {"du": "2026-09-01", "au": "2026-10-31"}
# What each program is asked; the first days of the year too, where the marks of the stage are.
API: dict[str, tuple[dict[str, str], ...]] = {
    "moi": ({},),
    "agenda": (BETWEEN,),
    "devoirs": (BETWEEN,),
    "notes": (EARLIER, BETWEEN),
    "notifications": ({},),
}
DRIVE = "/dav/fichiers/"
# Its own page is looked at for each child too; the list of what may be asked about is longer than what it says.
LEFT_OUT = {"privacy:own_data", "privacy:readings", "privacy:ask", "privacy:export"}

Place = tuple[str, str]
Made = dict[type[Model], list[Any]]


def come(stage: Stage) -> None:
    """Let those who are beside the cast come, each with an account, a mailbox and a device."""
    college, pupil = stage.college, stage.people["pupil"]
    for key, role in BESIDE.items():
        stage.people[key] = _comes(key)
        Holding.objects.create(person=stage.people[key], role=role, school=college.school)
    classmate = Person.objects.filter(enrolments__group=stage.own(Group)).exclude(pk=pupil.pk)
    # Not one of those whom the stage has made leave.
    classmate = classmate.filter(holdings__role=Role.PUPIL, holdings__ends=None).order_by("pk")[:1].get()
    guardian = _comes("classmate_guardian")
    Guardianship.objects.create(
        pupil=classmate, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.MOTHER
    )
    stage.people |= {
        "classmate": classmate,
        "classmate_guardian": guardian,
        "other_pupil": stage.objects[Person]["other class"][0],
    }
    for key in READERS:
        if key != "visitor":
            _reached(key, stage.people[key])


def _comes(key: str) -> Person:
    return Person.objects.create(family_name=key.capitalize(), given_name="Ada")


def _reached(key: str, person: Person) -> None:
    if not Account.objects.filter(person=person).exists():
        Account(login=f"{key}.acting", person=person, password="!").save()
    Person.objects.filter(pk=person.pk).update(email=mailbox(key))
    Device.objects.create(
        person=person, endpoint=device(key), p256dh="x", auth="x", label=key, opened_in="x", added_at=NOW
    )


def mailbox(key: str) -> str:
    return f"{key}@lecture.example"


def device(key: str) -> str:
    return f"https://push.example/{key}"


@dataclass
class Delivered:
    """What left the platform for somebody, by their mailbox or their device."""

    pushes: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        """Send what waits, as the worker would."""

        def keep(endpoint: str, _key: str, _auth: str, payload: Any, **_facts: Any) -> webpush.Answer:
            self.pushes.append((endpoint, str(payload)))
            return webpush.Answer(201)

        with mock.patch.object(webpush, "send", keep):
            deliver()

    def places(self) -> Iterator[tuple[str, Place]]:
        """Of whom, and what they receive; by the key of a reader."""
        readers = {mailbox(key): key for key in READERS} | {device(key): key for key in READERS}
        for sent in mail.outbox:
            text = f"{sent.subject}\n{sent.body}\n{sent.extra_headers}"
            for address in sent.to:
                yield readers.get(address, SOMEBODY_ELSE), (f"mail « {sent.subject} »", text)
        for endpoint, payload in self.pushes:
            yield readers.get(endpoint, SOMEBODY_ELSE), ("push", payload)


# What one reader can look at


class Reader:
    """One person, by each way that leads in. `houses`: those whose pages are looked at, when not all."""

    def __init__(self, stage: Stage, key: str, houses: Collection[str] = ()) -> None:
        self.stage, self.key, self.houses, self.tables = stage, key, houses, Told()
        self.person = stage.people.get(key)
        self.client = Client(raise_request_exception=False)
        self.account = Account.objects.get(person=self.person) if self.person else None
        if self.account:
            self.client.force_login(self.account)

    @property
    def viewers(self) -> list[Viewer]:
        """In each of their seats."""
        if not (self.person and self.account):
            return []
        first = viewer_for(self.person, self.account.pk, NOW)
        found = (
            [viewer_for(self.person, self.account.pk, NOW, seat.key) for seat in first.seats] if first else []
        )
        return [one for one in found if one]

    def places(self, made: Made) -> Iterator[Place]:
        yield from self.pages(made)
        yield from self.files()
        for viewer in self.viewers:
            yield from self.own_data(viewer)
            yield from self.search(viewer)
            yield from self.programs(viewer)
            yield from self.calendars(viewer)
            yield from self.drive(viewer)
        yield from self.feed()

    # Pages

    def pages(self, made: Made) -> Iterator[Place]:
        """Every page that opens to them, on what is near, and on what was made."""
        for route in self._routes("GET"):
            if route.is_public and self.key not in PASSERS_BY and route.name != HOME:
                continue
            for found in self._objects(route, made):
                yield from self._page(route.name, route.address(found))

    def _routes(self, method: str) -> Iterator[Route]:
        for route in all_routes():
            looked_at = not self.houses or route.house in self.houses or route.name in {HOME, RECORD}
            if method in route.methods and looked_at and not route.by_key and route.name not in LEFT_OUT:
                yield route

    def _may(self, route: Route, method: str) -> bool:
        """As the matrix was told; those who are beside its cast are asked everywhere."""
        known = self.key in CAST and not route.is_public
        return not known or may_open(self.tables, route, OWN if route.model else None, self.key, method)

    def _objects(self, route: Route, made: Made) -> list[Any]:
        near: list[Any] = [None] if route.model is None else places_of(self.stage, route.model, OWN)[:1]
        new = made.get(route.model, []) if route.model else []
        return [*(near if self.key != ELSEWHERE and self._may(route, "GET") else []), *new]

    def _page(self, name: str, address: str) -> Iterator[Place]:
        with questions() as asked:
            response = self.client.get(address)
        yield name, text_of(response)
        if response.status_code == 200:
            # Another page of a list holds what is further from today than what was just typed.
            for parameter in sorted(asked - {"page"}):
                for value in PLAIN.get(parameter, ()):
                    yield f"{name}?{parameter}={value}", text_of(self.client.get(address, {parameter: value}))

    def files(self) -> Iterator[Place]:
        """The files that are asked for by a form, as its house fills it; what it leaves is undone."""
        files = gathered().other_files | gathered().sheets.keys()
        for route in self._routes("POST"):
            if route.name in files and route.name in BODIES and self._may(route, "POST"):
                with transaction.atomic():
                    address = route.address(self.stage.own(route.model) if route.model else None)
                    response = self.client.post(address, BODIES[route.name].data(self.stage))
                    text = text_of(response)
                    transaction.set_rollback(True)
                yield f"{route.name}, the file", text

    # Their own data

    def own_data(self, viewer: Viewer) -> Iterator[Place]:
        for person in [viewer.person, *privacy.children_of(viewer)]:
            subject = Subject(person, viewer.person)
            whose = "" if subject.is_own else " of a child"
            yield f"archive{whose}", unzipped(exports.archive_of(subject, NOW, viewer))
            pages = [reverse("privacy:own_data"), reverse("privacy:readings")]
            kinds = [kind for section in sections_of(subject) for kind in section.kinds]
            if self.key in OWN_DATA:
                pages += [reverse("privacy:part", kwargs={"key": kind.key}) for kind in kinds]
            for page in pages:
                yield f"{page}{whose}", text_of(self.client.get(page, {"pour": person.public_id}))

    # Other ways in

    def search(self, viewer: Viewer, typed: str = "zqx") -> Iterator[Place]:
        for found in search.results_for(viewer, typed, search.MANY).found:
            for hit in found.hits:
                yield f"search ({found.name})", f"{hit}".casefold()

    def programs(self, viewer: Viewer) -> Iterator[Place]:
        scopes = [door.key for door in boards.doors if "token" in door.by and rules.passes(viewer, door)]
        if not scopes:
            return
        known = AccessKey.objects.filter(account=self.account).order_by("-pk").first()
        seen = known.pk if known else 0
        _key, drawn = make_key(viewer, "token", "Programme", scopes, days=30, seen=seen)
        program = Client(headers={"Authorization": f"Bearer {keys.as_token(drawn)}"})
        for name, questions_of_it in API.items():
            for asked in questions_of_it:
                yield f"api/{name}", text_of(program.get(f"/api/v1/{name}", asked))

    def calendars(self, viewer: Viewer) -> Iterator[Place]:
        for calendar in calendars_of(viewer).values():
            for thing in calendar.things.values():
                yield "dav/agendas", thing.written().decode().casefold()

    def drive(self, viewer: Viewer) -> Iterator[Place]:
        door = boards.doors.named("fichiers")
        if door is None or not rules.passes(viewer, door):
            return
        telephone, waiting = Telephone(viewer, "fichiers"), [DRIVE]
        while waiting:
            folder = waiting.pop()
            response = telephone.ask("PROPFIND", folder, "", Depth="1")
            yield "dav/fichiers", text_of(response)
            inside = read(response) if response.status_code == 207 else {}
            waiting += [one for one in inside if one.endswith("/") and one != folder]

    def feed(self) -> Iterator[Place]:
        for viewer in self.viewers[:1]:
            known = Feed.objects.filter(account=self.account).first()
            key = agenda.open_feed(viewer, seen=known.number if known else 0)
            yield "feed", text_of(Client().get(reverse("agenda:feed"), {"cle": key}))


def made_since(last: dict[type[Model], Any]) -> Made:
    """The newest rows of the models that have pages, after these."""
    return {
        model: list(model._base_manager.filter(pk__gt=pk).order_by("-pk")[:NEWEST])
        for model, pk in last.items()
        if pk is not None
    }


def last_rows() -> dict[type[Model], Any]:
    models = {route.model for route in all_routes() if route.model and "GET" in route.methods}
    return {
        model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        for model in models
    }


def text_of(response: HttpResponse) -> str:
    """The headers and the body, whatever it is packed in."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    close_files(response)
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return f"{response.status_code} {headers}\n{unzipped(body) if body[:2] == b'PK' else body.decode(errors='replace')}".casefold()


def unzipped(body: bytes) -> str:
    if not is_zipfile(BytesIO(body)):
        return body.decode(errors="replace")
    with ZipFile(BytesIO(body)) as archive:
        return "\n".join(
            f"{name}\n{archive.read(name).decode(errors='replace')}" for name in archive.namelist()
        ).casefold()
