"""What a person has in front of them: cookies, pages, forms; and the patience to send a form again."""

import http.client
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from threading import Lock
from urllib.parse import urlencode, urlsplit

from lxml import html

PATIENCE = 60
KEPT = "Ce qui était enregistré le reste"  # the sentence of the page that says « not now »
TWIN = "Zwinjumeau"
Fields = list[tuple[str, str]]


class NotBack(RuntimeError):
    """The site has not answered for longer than anyone waits."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str

    @property
    def said_yes(self) -> bool:
        return self.status == http.client.FOUND and not self.location.startswith("/connexion/")

    def form(self, holding: str) -> tuple[str, Fields]:
        """The form whose address or fields hold this word: its address, and what it would send untouched."""
        for form in html.fromstring(self.body).forms:
            names = [str(control.get("name")) for control in form.inputs]
            if holding in (form.get("action") or "") or any(holding in name for name in names):
                return form.get("action") or "", [(name, value or "") for name, value in form.form_values()]
        raise LookupError(f"No form about « {holding} » on a page of status {self.status}.")


class Watch:
    """What the site answered to everyone, and what was wrong with it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.statuses: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.successes: list[tuple[float, str]] = []

    def saw(self, name: str, path: str, answer: Answer | None, retry_after: str, began: float) -> None:
        with self._lock:
            self.statuses[str(answer.status) if answer else "no answer"] += 1
            if answer is None:
                return
            if TWIN in answer.body:
                self.wrong.append(f"{path} shows the twin school")
            if answer.status >= 500:
                as_should_be = answer.status == 503 and KEPT in answer.body and retry_after
                if not as_should_be:
                    self.wrong.append(f"{path} answered {answer.status} without saying what was kept")
            else:
                self.successes.append((began, name))

    def back_after(self, moment: float, names: Iterable[str]) -> float | None:
        """How many seconds after `moment` each of these people had an answer to something asked since; None: not all."""
        with self._lock:
            first: dict[str, float] = {}
            for began, name in self.successes:
                if began >= moment:
                    first.setdefault(name, began)
        found = [first[name] - moment for name in names if name in first]
        return max(found, default=0.0) if len(found) == len(list(names)) else None


class Browser:
    """One person's browser. Every address is of the site; nothing is cached; a redirection is for the caller to follow."""

    def __init__(self, site: str, name: str, watch: Watch) -> None:
        self.host = urlsplit(site).netloc
        self.name, self.watch = name, watch
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, fields: Fields | None = None) -> Answer | None:
        """One request; None when nobody answered."""
        began = time.monotonic()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.host, timeout=40)
        try:
            connection.request("GET" if fields is None else "POST", path, body, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.watch.saw(self.name, path, None, "", began)
            return None
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        answer = Answer(response.status, response.headers.get("Location", ""), text)
        self.watch.saw(self.name, path, answer, response.headers.get("Retry-After", ""), began)
        return answer

    def insist(self, path: str, fields: Fields | None = None) -> Answer:
        """Ask again and again, the same thing, until the site says something other than « not now »."""
        until, answer = time.monotonic() + PATIENCE, None
        while time.monotonic() < until:
            answer = self.ask(path, fields)
            if answer and answer.status < 500:
                return answer
            time.sleep(0.15)
        reason = f"{answer.status}: {answer.text[-400:]}" if answer else "no answer"
        raise NotBack(f"{path}: nothing else than that for {PATIENCE} s: {reason}")

    def sign_in(self, login: str, password: str) -> None:
        _, fields = self.insist("/connexion/").form("password")
        answer = self.insist("/connexion/", changed(fields, login=login, password=password))
        if not answer.said_yes:
            raise RuntimeError(f"{login} could not sign in: {answer.status}")


def changed(fields: Fields, **values: str) -> Fields:
    """The fields of a form with some filled in; those that the form did not send untouched are added."""
    names = {name.replace("_dash_", "-"): value for name, value in values.items()}
    kept = [(name, value) for name, value in fields if name not in names]
    return [*kept, *names.items()]
