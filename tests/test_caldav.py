"""CalDAV: whose calendars a key opens, what is in them, and what no client may do to them."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import NOW, TWIN
from preau.commons.agenda.queries import entries_for_feed, gathered
from preau.commons.agenda.queries.calendars import calendars_of
from preau.directory.models import Guardianship, Holding
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.domains.attendance.models import Entry
from preau.domains.timetable.models import Lesson
from preau.identity.actions import keys
from tests.telephone import Telephone, condition, names, propfind, read, spaces

WAY_IN = "/dav/agendas/"
SOON = ("20261124T000000Z", "20261125T000000Z")


@pytest.fixture
def telephone(seat_of: Any) -> Telephone:
    return Telephone(seat_of("pupil"), "agenda")


def home_of(telephone: Telephone) -> str:
    return f"{WAY_IN}{telephone.viewer.person.public_id}/"


def calendar_of(telephone: Telephone) -> str:
    """The first calendar of its home."""
    return next(address for address in telephone.listed(home_of(telephone)) if address != home_of(telephone))


def query(*bounds: str, component: str = "VEVENT") -> str:
    within = f'<C:time-range start="{bounds[0]}" end="{bounds[1]}"/>' if bounds else ""
    inside = f'<C:comp-filter name="{component}">{within}</C:comp-filter>'
    return report(
        "calendar-query", f'<C:filter><C:comp-filter name="VCALENDAR">{inside}</C:comp-filter></C:filter>'
    )


def report(name: str, inside: str) -> str:
    return f"<C:{name} {spaces()}><D:prop><D:getetag/><C:calendar-data/></D:prop>{inside}</C:{name}>"


def events(response: Any) -> list[Any]:
    assert response.status_code == 207, (response.status_code, response.content)
    found = [one["calendar-data"] for one in read(response).values() if "calendar-data" in one]
    return [event for one in found for event in icalendar.Calendar.from_ical(one).walk("VEVENT")]


# The way in.


def test_a_client_finds_its_calendars_from_the_name_of_the_site(telephone: Telephone) -> None:
    for method in ("GET", "PROPFIND"):
        sent = Client().generic(method, "/.well-known/caldav")
        assert (sent.status_code, sent.headers["Location"]) == (302, WAY_IN)
    way_in = telephone.listed(WAY_IN, 0, "D:current-user-principal", "D:resourcetype")[WAY_IN]
    person = way_in["current-user-principal"][0].text
    found = telephone.listed(
        person, 0, "C:calendar-home-set", "D:displayname", "D:principal-URL", "C:schedule-inbox-URL"
    )
    assert found[person]["calendar-home-set"][0].text == home_of(telephone)
    assert found[person]["schedule-inbox-URL"] is None
    collections = telephone.listed(
        home_of(telephone), 1, "D:displayname", "D:resourcetype", "C:supported-calendar-component-set"
    )
    calendar = collections[calendar_of(telephone)]
    assert calendar["displayname"] == telephone.viewer.school.name
    assert [one.tag.split("}")[1] for one in calendar["resourcetype"]] == ["collection", "calendar"]
    assert [one.get("name") for one in calendar["supported-calendar-component-set"]] == ["VEVENT"]


def test_what_the_server_says_it_can_do(telephone: Telephone) -> None:
    response = telephone.ask("OPTIONS", calendar_of(telephone))
    assert response.headers["DAV"] == "1, calendar-access"
    assert response.headers["Allow"] == "OPTIONS, PROPFIND, REPORT"
    facts = telephone.listed(
        calendar_of(telephone), 0, "D:current-user-privilege-set", "D:supported-report-set", "D:sync-token"
    )
    one = facts[calendar_of(telephone)]
    assert [right[0].tag.split("}")[1] for right in one["current-user-privilege-set"]] == [
        "read",
        "read-current-user-privilege-set",
    ]
    reports = [known[0][0].tag.split("}")[1] for known in one["supported-report-set"]]
    assert (reports, one["sync-token"]) == (["calendar-query", "calendar-multiget"], None)


def test_a_family_has_a_calendar_a_child(seat_of: Any, college: World, twin: World) -> None:
    brother = add_sibling_elsewhere(college, twin)
    telephone = Telephone(seat_of("guardian"), "agenda")
    # His school is the one beside: the names of it that his mother reads are his.
    found = {calendar.name: calendar for calendar in calendars_of(telephone.viewer).values()}
    assert set(found) == {"Hugo", "Nina"}
    hugo = set(Lesson.objects.of_pupils([brother.pk]).values_list("pk", flat=True))
    nina = set(Lesson.objects.of_pupils([college.people["pupil"].pk]).values_list("pk", flat=True))
    given = {
        name: {
            int(uid.split("-")[1])
            for uid in (thing.entry.uid for thing in calendar.things.values())
            if uid.startswith("seance-")
        }
        for name, calendar in found.items()
    }
    assert given["Hugo"] and given["Hugo"] <= hugo and given["Nina"] and given["Nina"] <= nina
    assert not any(thing.entry.whose for calendar in found.values() for thing in calendar.things.values())


# What is in them.


def test_the_calendar_holds_what_the_feed_gives(telephone: Telephone) -> None:
    wanted = {entry.uid: (entry.title, entry.starts) for entry in entries_for_feed(telephone.viewer)}
    listed = telephone.listed(calendar_of(telephone), 1, "D:getetag", "D:getcontenttype")
    assert len(listed) - 1 == len(wanted) > 50
    (calendar,) = calendars_of(telephone.viewer).values()
    assert {
        thing.entry.uid: (thing.entry.title, thing.entry.starts) for thing in calendar.things.values()
    } == wanted


def test_what_must_not_leave_is_not_there(seat_of: Any, college: World) -> None:
    """Absences stay on the site, as they do for the feed."""
    mother = Telephone(seat_of("guardian"), "agenda")
    missed = (
        Lesson.objects.of_pupils([college.people["pupil"].pk])
        .filter(starts__lt=NOW)
        .order_by("-starts")
        .first()
    )
    Entry.objects.create(
        school=college.school,
        lesson=missed,
        day=missed.day,
        pupil=college.people["pupil"],
        status="absent",
    )
    on_site = gathered(mother.viewer, missed.day, missed.day)
    assert [one for one in on_site if one.uid.startswith("absence")]
    listed = mother.listed(calendar_of(mother))
    assert listed and not [name for name in names(listed) if name.startswith("absence")]


def test_each_thing_is_read_by_others(telephone: Telephone) -> None:
    """One file a thing, with its clock: as icalendar and vobject read it; the same bytes each time."""
    calendar = calendar_of(telephone)
    address, facts = next(item for item in telephone.listed(calendar).items() if "seance" in item[0])
    first, second = telephone.ask("GET", address), telephone.ask("GET", address)
    assert first.content == second.content
    assert (first.headers["ETag"], first.headers["Content-Type"]) == (
        facts["getetag"],
        "text/calendar; charset=utf-8",
    )
    assert int(facts["getcontentlength"]) == len(first.content)
    read_once = icalendar.Calendar.from_ical(first.content)
    (event,) = read_once.walk("VEVENT")
    assert (
        len(read_once.walk("VTIMEZONE")) == 1
        and names([address])[0] == f"{str(event['uid']).split('@')[0]}.ics"
    )
    # It keeps the first clock of each name that its process reads: another test may have shown it one of other years.
    vobject.icalendar.registerTzid("Europe/Paris", None)
    other = vobject.readOne(first.content.decode()).vevent
    assert (other.summary.value, other.dtstart.value) == (str(event["summary"]), event["dtstart"].dt)
    assert telephone.ask("GET", address, If_None_Match=facts["getetag"]).status_code == 304


def test_the_tag_of_the_calendar_changes_when_something_in_it_does(telephone: Telephone, clock: Any) -> None:
    calendar = calendar_of(telephone)

    def tags() -> tuple[str, dict[str, str]]:
        listed = telephone.listed(calendar, 1, "D:getetag", "CS:getctag")
        return listed.pop(calendar)["getctag"], {address: one["getetag"] for address, one in listed.items()}

    before, each = tags()
    clock.move_to(NOW + timedelta(minutes=5))
    assert tags() == (before, each)
    lesson = Lesson.objects.of_pupils([telephone.viewer.person.pk]).filter(starts__gt=NOW).first()
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED)
    after, other = tags()
    assert after != before
    assert [names([one])[0] for one in each if each[one] != other[one]] == [f"seance-{lesson.pk}.ics"]


def test_what_happens_between_two_moments(telephone: Telephone) -> None:
    calendar = calendar_of(telephone)
    day = events(telephone.ask("REPORT", calendar, query(*SOON), Depth="1"))
    assert day and all(
        event["dtstart"].dt.strftime("%Y%m%d") == "20261124"
        for event in day
        if hasattr(event["dtstart"].dt, "hour")
    )
    whole = events(telephone.ask("REPORT", calendar, query(), Depth="1"))
    assert len(whole) == len(telephone.listed(calendar)) - 1 > len(day)
    assert events(telephone.ask("REPORT", calendar, query(*SOON, component="VTODO"), Depth="1")) == []
    # The first moment after is not in it, whatever ends at it.
    assert events(telephone.ask("REPORT", calendar, query("19000101T000000Z", "19010101T000000Z"))) == []


def test_these_very_things(telephone: Telephone) -> None:
    calendar = calendar_of(telephone)
    known = [one for one in telephone.listed(calendar) if one != calendar][:3]
    odd = [
        f"{calendar}absent.ics",
        "http://[",
        "/ailleurs/seance-1.ics",
        f"{calendar}%2e%2e/x",
        f"{calendar}%00.ics",
    ]
    asked = "".join(f"<D:href>{one}</D:href>" for one in [*known, f"https://exemple.fr{known[0]}", *odd])
    response = telephone.ask("REPORT", calendar, report("calendar-multiget", asked), Depth="1")
    assert len(events(response)) == 3
    assert {
        address: one["status"] for address, one in read(response).items() if "status" in one
    } == dict.fromkeys(odd, "HTTP/1.1 404 Not Found")


# What is refused.


@pytest.mark.parametrize(
    "method",
    ["PUT", "DELETE", "MKCALENDAR", "MKCOL", "PROPPATCH", "POST", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL"],
)
def test_nothing_is_written(telephone: Telephone, method: str) -> None:
    before = Lesson.objects.count()
    for path in (calendar_of(telephone), f"{calendar_of(telephone)}nouveau.ics", WAY_IN):
        refused = telephone.ask(method, path, "BEGIN:VCALENDAR", If_Match='"x"')
        assert (refused.status_code, condition(refused)) == (403, "need-privileges"), path
    assert Lesson.objects.count() == before


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("", 400, ""),
        ("<sync-collection xmlns='DAV:'/>", 403, "supported-report"),
        (f"<C:free-busy-query {spaces()}/>", 403, "supported-report"),
        (query("hier", "demain"), 403, "valid-filter"),
        (query("20261341T000000Z", "20261342T000000Z"), 403, "valid-filter"),
        (query().replace('"VEVENT"', '"VENTS"'), 403, "supported-filter"),
        (query().replace('"VCALENDAR"', '"VCARD"'), 403, "valid-filter"),
        (
            query().replace(
                "</C:comp-filter></C:comp-filter>",
                "<C:prop-filter name='UID'/></C:comp-filter></C:comp-filter>",
            ),
            403,
            "supported-filter",
        ),
        (report("calendar-multiget", "<D:href>/x</D:href>" * 1001), 403, "number-of-matches-within-limits"),
    ],
)
def test_a_report_that_is_not_given_says_so(telephone: Telephone, body: str, status: int, said: str) -> None:
    refused = telephone.ask("REPORT", calendar_of(telephone), body, Depth="1")
    assert (refused.status_code, condition(refused)) == (status, said)


def test_a_tree_is_not_walked(telephone: Telephone) -> None:
    for depth in ({}, {"Depth": "infinity"}):
        refused = telephone.ask("PROPFIND", WAY_IN, **depth)
        assert (refused.status_code, condition(refused)) == (403, "propfind-finite-depth")
    assert telephone.ask("PROPFIND", WAY_IN, Depth="2").status_code == 400


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_hostile_xml_opens_nothing(telephone: Telephone, method: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    file = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'
    calendar = calendar_of(telephone)
    for body in (
        bomb,
        file,
        "<a>",
        "bonjour",
        b"\xff\xfe\x00<a/>",
        "<a>\x00</a>",
        "<a>\x01</a>",
        "<a>" * 5000,
        "<?xml-stylesheet href='x'?><a/>",
    ):
        assert telephone.ask(method, calendar, body, Depth="1").status_code == 400, body[:40]
    assert telephone.ask(method, calendar, b"<a>" + b"x" * 10_000_000 + b"</a>", Depth="1").status_code == 413
    assert telephone.ask(method, calendar, f"<a {spaces()}/>", Depth="1").status_code in {400, 403}


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "seance%00.ics",
        "%2e%2e%2f%2e%2e%2fetc",
        "../../x",
        "%ed%a0%80.ics",
        "%ff",
        "%F0%9F%92%A9",
        "a/b/c/d/e",
        "'%22%3C",
        "x" * 3000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PROPFIND", "REPORT", "PUT"])
def test_odd_addresses_lead_nowhere(telephone: Telephone, path: str, method: str, refuses_nul: None) -> None:
    wanted = {403} if method == "PUT" else {404}
    for base in (WAY_IN, home_of(telephone), calendar_of(telephone)):
        assert telephone.ask(method, f"{base}{path}", Depth="0").status_code in wanted | {404}, base


def test_a_folder_is_not_a_file(telephone: Telephone) -> None:
    for path in (WAY_IN, home_of(telephone), calendar_of(telephone)):
        refused = telephone.ask("GET", path)
        assert refused.status_code == 405 and "PROPFIND" in refused.headers["Allow"]
    assert telephone.ask("REPORT", home_of(telephone), query(), Depth="1").status_code == 405


# Who.


def test_without_a_key_nothing_is_said(telephone: Telephone, client: Any, college: World) -> None:
    for path in (WAY_IN, home_of(telephone), calendar_of(telephone), f"{WAY_IN}inconnu/"):
        for method in ("OPTIONS", "GET", "PROPFIND", "PUT"):
            refused = Client().generic(method, path)
            assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Basic"), (
                path
            )
            # A session of the site opens nothing here.
            assert client.sit(college.people["pupil"]).generic(method, path).status_code == 401


def test_a_key_of_another_door_and_a_revoked_one(seat_of: Any, telephone: Telephone) -> None:
    assert Telephone(seat_of("pupil"), "fichiers").ask("PROPFIND", WAY_IN, Depth="0").status_code == 403
    assert telephone.ask("PROPFIND", WAY_IN, Depth="0").status_code == 207
    keys.revoke_key(telephone.viewer, telephone.key)
    assert telephone.ask("PROPFIND", WAY_IN, Depth="0").status_code == 401


def test_nobody_opens_the_calendar_of_somebody_else(telephone: Telephone, seat_of: Any, twin: World) -> None:
    mine = calendar_of(telephone)
    thing = next(one for one in telephone.listed(mine) if "seance" in one)
    for other in (
        Telephone(seat_of("guardian"), "agenda"),
        Telephone(seat_of("teacher"), "agenda"),
        Telephone(seat_of("pupil", world=twin), "agenda"),
    ):
        for path in (home_of(telephone), mine, thing):
            for method in ("PROPFIND", "GET"):
                assert other.ask(method, path, Depth="0").status_code == 404, path
        asked = f"<D:href>{thing}</D:href>"
        own = calendar_of(other) if TWIN not in other.viewer.person.family_name else None
        if own:
            assert events(other.ask("REPORT", own, report("calendar-multiget", asked), Depth="1")) == []


def test_the_other_family_keeps_its_own(seat_of: Any, college: World) -> None:
    """A guardian whose authority ends loses the calendar at the next request, and the key with the last child."""
    mother = Telephone(seat_of("guardian"), "agenda")
    address = calendar_of(mother)
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(ends=NOW.date())
    assert mother.ask("PROPFIND", address, Depth="0").status_code in {401, 404}


def test_who_has_left_reads_nothing(telephone: Telephone) -> None:
    Holding.objects.filter(person=telephone.viewer.person).update(ends=NOW.date())
    assert telephone.ask("PROPFIND", WAY_IN, Depth="0").status_code == 401


def test_a_calendar_costs_the_same_however_full(telephone: Telephone) -> None:
    calendar = calendar_of(telephone)

    def cost(method: str, path: str, body: str = "", **headers: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert telephone.ask(method, path, body, **headers).status_code in {200, 207}
        return len(caught)

    asked = [
        ("PROPFIND", home_of(telephone), propfind("CS:getctag")),
        ("PROPFIND", calendar, ""),
        ("REPORT", calendar, query()),
    ]
    full = [cost(*one, Depth="1") for one in asked]
    # Hundreds of lessons fewer.
    Lesson.objects.filter(starts__gt=NOW + timedelta(days=2)).delete()
    assert [cost(*one, Depth="1") for one in asked] == full
    assert max(full) <= 30, full
