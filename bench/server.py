"""`python -m bench.server [large]`: one world behind the real WSGI handler; answers orders read on its standard input.

One order a line, one JSON answer a line: `describe`, `round NUMBER`, `profile PAGE COUNT`. The parent process
(`bench.run`) asks the servers of several worlds in turn, so that whatever else the machine does weighs on all alike.
"""

import cProfile
import io
import json
import pstats
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import django
import time_machine

from bench import grids
from bench.pages import LARGE_PAGES, PAGES, Page
from bench.worlds import NOW
from tests.statements import Statements

WARM_UP = 5
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Answer:
    """What a request brought back, and what it took: milliseconds of CPU here and in the database, and of waiting."""

    status: int
    body: bytes
    web: float
    database: float
    wall: float
    location: str = ""


class Fields(HTMLParser):
    """The form of a page as a browser would send it: hidden fields, radios chosen, minutes typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag != "input" or not given.get("name"):
            return
        if given.get("type") != "radio" or "checked" in given:
            self.sent[str(given["name"])] = given.get("value") or ""


@dataclass
class Browser:
    """One person's cookies, and the page that they open again and again."""

    page: Page
    path: str
    query: str
    cookies: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


class Server:
    """`pages` of the cast; `more` joins the cast: name → id. `address`: where visitors come from."""

    address = "127.0.0.1"

    def __init__(self, pages: Sequence[Page] = PAGES, more: Mapping[str, int] | None = None) -> None:
        from django.core.wsgi import get_wsgi_application
        from django.db import connection

        self.application = get_wsgi_application()
        self.connection = connection
        self.clock_of_database = database_clock(connection)
        self.cast = cast_of_the_world() | dict(more or {})
        self.pages = pages
        self.browsers = {browser.page.key: browser for browser in map(self.open, pages) if browser}
        for browser in self.browsers.values():
            self.check(browser)

    def open(self, page: Page) -> Browser | None:
        """A browser on this page; None when the page does not exist yet."""
        from django.urls import NoReverseMatch, reverse

        kwargs: dict[str, Any] = {"pk": self.cast[page.about]} if page.about else dict(page.place)
        for route in page.routes:
            try:
                path = reverse(route, kwargs=kwargs)
            except NoReverseMatch:
                continue
            query = urlencode({"school": self.cast["school"]}) if page.key == "reference" else page.query
            return Browser(page, path, query, signed_in(self.cast[page.who]) if page.who else {})
        return None

    def check(self, browser: Browser) -> None:
        """The page answers; a form is kept as it was shown."""
        answer = self.get(browser)
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"{browser.page.key}: {browser.path} answers {answer.status}")
        if browser.page.marks or browser.page.typed or browser.page.cells:
            browser.form = Fields(answer.body.decode()).sent | browser.page.typed
        if browser.page.typed:
            browser.query = urlsplit(self.send(browser, HTTPStatus.FOUND).location).query
        if browser.page.cells:
            browser.path, fields = first_cell(answer.body.decode())
            browser.form |= fields

    def get(self, browser: Browser) -> Answer:
        return self.ask(browser, browser.path, browser.query)

    def visit(self, browser: Browser) -> Answer:
        """What is measured of this page: opening it, or sending its form; of a search, the page that its form leads to."""
        if browser.page.marks:
            return self.mark(browser)
        if browser.page.cells:
            return self.type_cell(browser)
        return self.get(browser)

    def mark(self, browser: Browser) -> Answer:
        """Mark the first pupil of the roll absent, or present when they are absent."""
        form = browser.form
        seen = next(name for name in form if name.startswith("seen-"))
        status = seen.replace("seen", "status")
        form[status] = "present" if form[seen] == "absent" else "absent"
        answer = self.send(browser, HTTPStatus.FOUND)
        form[seen] = form[status]
        return answer

    def type_cell(self, browser: Browser) -> Answer:
        """Type another mark in the cell."""
        browser.form["note"] = "9" if browser.form["note"] == "8" else "8"
        answer = self.send(browser, HTTPStatus.OK)
        browser.form["version"] = str(json.loads(answer.body)["version"])
        return answer

    def send(self, browser: Browser, expected: HTTPStatus) -> Answer:
        answer = self.ask(browser, browser.path, body=urlencode(browser.form).encode())
        if answer.status != expected:
            raise SystemExit(f"{browser.page.key} answers {answer.status}")
        return answer

    def settle(self, browser: Browser) -> None:
        """What must happen between two visits. Not measured.

        A form leads somewhere: its message is read there and does not wait in the session. And one person searches here as
        often as a school does: the limit is counted, and the try is given back.
        """
        if browser.page.marks:
            self.ask(browser, "/")
        if browser.page.typed:
            self.give_back(browser)

    def give_back(self, browser: Browser) -> None:
        from preau.foundation import throttle
        from preau.identity.models import Account

        account = Account.objects.get(person=self.cast[browser.page.who])
        throttle.give_back("search", str(account.pk))

    def ask(self, browser: Browser, path: str, query: str = "", body: bytes | None = None) -> Answer:
        environ = environ_of(browser.cookies, path, query, body) | {"REMOTE_ADDR": self.address}
        head: list[Any] = []
        database = self.clock_of_database()
        wall, web = time.perf_counter(), time.process_time()
        response = self.application(environ, lambda *start: head.extend(start))
        content = b"".join(response)
        response.close()
        web, wall = time.process_time() - web, time.perf_counter() - wall
        database = self.clock_of_database() - database
        browser.cookies |= cookies_in(head[1])
        location = dict(head[1]).get("Location", "")
        return Answer(int(head[0].split()[0]), content, web * 1e3, database * 1e3, wall * 1e3, location)

    # Orders

    def describe(self) -> dict[str, Any]:
        """Warm up; then for each page its statements and its weight."""
        for number in range(WARM_UP):
            self.round(number)
        found = {}
        for key, browser in self.browsers.items():
            with Statements(self.connection) as statements:
                answer = self.visit(browser)
            self.settle(browser)
            found[key] = {"queries": statements.count, "html_bytes": len(answer.body)}
        missing = [page.key for page in self.pages if page.key not in self.browsers]
        return {"pages": found, "missing": missing}

    def round(self, number: int) -> dict[str, tuple[float, float, float]]:
        """Every page once, in an order of this round's own: web, database and wall milliseconds of each."""
        order = list(self.browsers)
        Random(number).shuffle(order)
        found = {}
        for key in order:
            answer = self.visit(self.browsers[key])
            found[key] = (answer.web, answer.database, answer.wall)
            self.settle(self.browsers[key])
        return found

    def profile(self, key: str, count: int) -> str:
        """Where the time of a page goes: the functions that take the most for themselves, and the most in all."""
        profile = cProfile.Profile()
        browser = self.browsers[key]
        for _ in range(count):
            profile.enable()
            self.visit(browser)
            profile.disable()
            self.settle(browser)
        text = io.StringIO()
        stats = pstats.Stats(profile, stream=text)
        stats.strip_dirs().sort_stats("tottime").print_stats(25)
        stats.sort_stats("cumulative").print_stats(60)
        return text.getvalue()


def first_cell(page: str) -> tuple[str, dict[str, str]]:
    """Of a grid of marks: where its first cell is sent, and what is sent with it."""
    assessment, pupil = (re.search(rf'data-{name}="([^"]+)"', page) for name in "ap")
    cell = re.search(r'<td(?: data-v="(\d+)")?', page)
    address = re.search(r'data-cell="([^"]+)"', page)
    if not (assessment and pupil and cell and address):
        raise SystemExit("The grid of marks has no cell to type in.")
    path = address[1].replace("/0/", f"/{assessment[1]}/")
    return path, {"eleve": pupil[1], "version": cell[1] or "0", "note": ""}


def environ_of(cookies: dict[str, str], path: str, query: str, body: bytes | None) -> dict[str, Any]:
    """What gunicorn would hand over for a request that came by HTTPS."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": "GET" if body is None else "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_USER_AGENT": AGENT,
        "HTTP_ACCEPT": "text/html",
        "HTTP_ACCEPT_LANGUAGE": "fr",
        "wsgi.url_scheme": "https",
        "wsgi.version": (1, 0),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(body or b""),
    }
    if cookies:
        found["HTTP_COOKIE"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if body is not None:
        found |= {
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_ORIGIN": "https://localhost",
        }
    return found


def cookies_in(headers: list[tuple[str, str]]) -> dict[str, str]:
    pairs = [value.split(";")[0].split("=", 1) for name, value in headers if name.lower() == "set-cookie"]
    return dict(pairs)  # type: ignore[arg-type]


def database_clock(connection: Any) -> Callable[[], float]:
    """Seconds of CPU that the database has taken for us: none beside ours for SQLite, which runs in this process."""
    if connection.vendor != "postgresql":
        return lambda: 0.0
    with connection.cursor():
        pid = connection.connection.info.backend_pid
    # Given back to the pool, which holds this one only (see `bench.settings`).
    connection.close()
    schedule = Path(f"/proc/{pid}/schedstat")
    if not schedule.exists():
        raise SystemExit("PostgreSQL must run on this machine, under Linux: its CPU is read in /proc.")
    return lambda: int(schedule.read_text().split()[0]) / 1e9


def signed_in(person_id: int) -> dict[str, str]:
    """The cookies of a session opened for a person, as the sign-in page opens one."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from preau.identity.actions.signing import sign_in
    from preau.identity.models import Account

    request = HttpRequest()
    request.META["HTTP_USER_AGENT"] = AGENT
    request.session = SessionStore()
    if sign_in(request, Account.objects.select_related("person").get(person=person_id)) is None:
        raise SystemExit(f"The person {person_id} has no role.")
    request.session.save()
    return {settings.SESSION_COOKIE_NAME: str(request.session.session_key)}


def cast_of_the_world() -> dict[str, int]:
    """Ids of those who open the pages, all of the first school: two lessons going on, and whom they concern."""
    from preau.directory.models import Enrolment, Group, Guardianship, Holding, School
    from preau.directory.words import Role
    from preau.domains.attendance.models import Entry
    from preau.domains.timetable.models import Lesson

    school = School.objects.order_by("pk")[0]
    cast = {"school": school.pk}
    now = Lesson.objects.filter(school=school, starts__lte=NOW, ends__gt=NOW, groups__kind="class")
    for prefix, lesson in zip(("", "other_"), now.order_by("pk")[:2], strict=True):
        cast |= {f"{prefix}lesson": lesson.pk, f"{prefix}teacher": lesson.teachers.order_by("pk")[0].pk}
    cast["group"] = Group.objects.filter(lessons=cast["lesson"], kind=Group.Kind.CLASS).order_by("pk")[0].pk
    here = Enrolment.objects.filter(group__lessons=cast["lesson"], ends=None).values("pupil_id")
    missed = Entry.objects.filter(pupil__in=here).to_explain().values("pupil_id")
    followed = Guardianship.objects.informed(NOW.date()).of_another().filter(pupil__in=missed)
    family = followed.order_by("pk")[0]
    cast |= {"pupil": family.pupil_id, "guardian": family.guardian_id}
    for key, role in (("head", Role.HEAD), ("cpe", Role.SCHOOL_LIFE), ("secretary", Role.SECRETARY)):
        cast[key] = Holding.objects.filter(school=school, role=role).order_by("pk")[0].person_id
    return cast | grids.cast_of(school)


def main() -> None:
    django.setup()
    with time_machine.travel(NOW, tick=True):
        server = Server(LARGE_PAGES if "large" in sys.argv else PAGES)
        for line in sys.stdin:
            order, *words = line.split()
            arguments = [int(word) if word.isdigit() else word for word in words]
            print(json.dumps(getattr(server, order)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
