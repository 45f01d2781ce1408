"""A guardian loses a child while things are open: from the next request on, no page, feed, key, device, mail or copy says anything of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.test import Client

from conftest import NOW, SchoolClient
from preau.commons.agenda import actions as agenda
from preau.commons.notifications import tasks
from preau.commons.notifications.models import Device, Preference
from preau.commons.notifications.tests.post import deliver
from preau.commons.search import queries as search
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models import Entry
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.tests.scene import assessment, marked
from preau.foundation import notices, webpush
from preau.foundation.boards import Pace
from preau.identity import keys
from preau.identity.actions.keys import make_key
from tests.telephone import Telephone

pytestmark = pytest.mark.django_db
LOST, KEPT, MAIL = "Ninon-Perdue", "Zoé-Gardée", "pere@perdu.example"
HOW = {
    "ended": {"ends": NOW.date()},
    "barred": {"may_not_be_informed": True},
    "contact": {"authority": "contact"},
}
SCOPES = ["api", "api.agenda", "api.devoirs", "api.notes", "api.notifications"]
PAGES = [
    "/",
    "/notifications/",
    "/absences/",
    "/notes/",
    "/travail/",
    "/agenda/?vue=semaine",
    "/mes-donnees/",
    "/profil/",
]


@pytest.fixture
def father(college: World, seat_of: Any) -> Person:
    """He follows the pupil, who has a mark and is absent, and another child, whom he keeps."""
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    pupil.given_name = LOST
    pupil.save()
    other = Person.objects.create(family_name="Abadie", given_name=KEPT)
    Holding.objects.create(person=other, role=Role.PUPIL, school=college.school)
    group = Group.objects.get(kind=Group.Kind.CLASS, enrolments__pupil=pupil, enrolments__ends=None)
    Enrolment.objects.create(school=college.school, group=group, pupil=other, starts=college.year.starts)
    Guardianship.objects.create(pupil=other, guardian=father, authority="legal", kinship="father")
    one = assessment(college, seat_of("teacher"), "Contrôle", NOW - timedelta(days=2))
    marked(seat_of("teacher"), one, pupil, "17.75")
    Assessment.objects.filter(pk=one.pk).update(guardians_at=NOW - timedelta(days=1))
    assert Entry.objects.filter(pupil=pupil).exists()
    Person.objects.filter(pk=father.pk).update(email=MAIL)
    found: Person = Person.objects.get(pk=father.pk)
    return found


@pytest.fixture
def open_things(father: Person, college: World, seat_of: Any) -> Any:
    """What he opened before, asked again: `read()` gives the text of each."""
    viewer: Viewer = seat_of("other_guardian")
    client = SchoolClient().sit(father)
    feed = agenda.open_feed(viewer, seen=0)
    _key, drawn = make_key(viewer, "token", "Programme", SCOPES, days=30, seen=0)
    program = Client(headers={"Authorization": f"Bearer {keys.as_token(drawn)}"})
    telephone = Telephone(viewer, "agenda", "fichiers")
    child = f"/annuaire/personnes/{college.people['pupil'].public_id}/"
    between = {"du": "2026-11-01", "au": "2026-11-30"}

    def read() -> Iterator[tuple[str, str]]:
        for page in PAGES:
            yield page, client.get(page, follow=True).content.decode()
        yield "the child", client.get(child).content.decode()
        yield "feed", Client().get("/agenda/agenda.ics", {"cle": feed}).content.decode()
        for part in ("moi", "agenda", "devoirs", "notes", "notifications"):
            asked = between if part in {"agenda", "devoirs", "notes"} else {}
            yield f"api/{part}", program.get(f"/api/v1/{part}", asked).content.decode()
        for way in (f"/dav/agendas/{father.public_id}/", "/dav/fichiers/"):
            yield way, telephone.ask("PROPFIND", way, "", Depth="1").content.decode()
        for hit in (
            hit
            for kind in search.results_for(seat_of("other_guardian"), "ninon", 20).found
            for hit in kind.hits
        ):
            yield "search", f"{hit}"

    return read


@pytest.mark.parametrize("how", HOW)
def test_what_was_open_says_nothing_more(father: Person, college: World, open_things: Any, how: str) -> None:
    notices.publish(_absence(father, college))
    before = {where for where, text in open_things() if LOST in text}
    assert {
        "/",
        "/absences/",
        "the child",
        "feed",
        "api/notes",
        "api/notifications",
        "/dav/fichiers/",
        "search",
    } <= before
    Guardianship.objects.filter(pupil=college.people["pupil"], guardian=father).update(**HOW[how])
    after = dict(open_things())
    assert {
        where for where, text in after.items() if LOST in text or "17.75" in text or "17,75" in text
    } == set()
    # The other child is still followed by the same keys.
    assert KEPT in after["/"] and KEPT in after["feed"]


@pytest.mark.parametrize("how", [*HOW, None])
def test_what_waited_to_leave_does_not(
    father: Person, college: World, clock: Any, settings: Any, how: str | None
) -> None:
    """Told before, not sent yet: by mail and on a device. Without the loss it leaves."""
    settings.VAPID_PRIVATE_KEY, pushed = webpush.new_private_key(), []
    device = {
        "endpoint": "https://push.example/pere",
        "p256dh": "x",
        "auth": "x",
        "label": "x",
        "opened_in": "x",
    }
    Device.objects.create(person=father, added_at=NOW, **device)
    Preference.objects.create(
        person=father, kind="attendance.absence", pace=Pace.AT_ONCE, in_app=True, push=True
    )
    clock.move_to(NOW.replace(hour=22))
    notices.publish(_absence(father, college))
    mail.outbox.clear()
    if how:
        Guardianship.objects.filter(pupil=college.people["pupil"], guardian=father).update(**HOW[how])
    clock.move_to(NOW.replace(hour=9) + timedelta(days=1))

    def keep(endpoint: str, _key: str, _auth: str, payload: Any, **_facts: Any) -> webpush.Answer:
        pushed.append(endpoint)
        return webpush.Answer(201)

    with mock.patch.object(webpush, "send", keep):
        tasks.pack_due.call()
        deliver()
    bodies = [one.body for one in mail.outbox if one.to == [MAIL]]
    assert (bool(bodies), bool(pushed)) == ((False, False) if how else (True, True))
    assert bool(how) or LOST in bodies[0]


def _absence(father: Person, college: World) -> notices.News:
    return notices.News(
        kind="attendance.absence",
        person_id=father.pk,
        key="perdue",
        url="/absences/",
        school_id=college.school.pk,
        about_id=college.people["pupil"].pk,
        facts={"day": "mardi", "hours": "8 h", "school": "Collège"},
    )
