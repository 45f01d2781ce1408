"""Found by acting: a word of its own is typed in each text of each form, then looked for in all that each reader can look at.

Every form is filled as its house says (`BODIES`), one after another; each text in it holds a word that nobody can guess. Then
everything is read once, as each reader: pages and files, « Mes données » and its archive, search, programs, the drive,
calendars, mails, devices, logs. `READ_BY` of a house says who may find the words of a form; whoever typed them always may.
"""

import logging
import logging.config
import pickle
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django import forms
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.forms.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.test import Client

from preau.commons.journal.models import Line
from preau.foundation import kept
from preau.identity.models import Account
from tests.declared import Data, gathered
from tests.net.matrix import Route, Writes, all_routes, papers_as_text
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_cast import CAST, SOMEBODY_ELSE, TOKEN, Mark, Stage
from tests.net.places import READERS, Delivered, Made, Reader, come, last_rows, made_since

STEM = "zqx"
WORD = re.compile(f"{STEM}[0-9a-f]{{8}}")
# A value that somebody typed, and did not choose: a capital, an accent, or several words; a day and an hour are neither.
TYPED = re.compile(r"[A-ZÀ-Ý]|[a-zà-ÿ]\s|[à-ÿ]")
WRITTEN_OTHERWISE = re.compile(r"[\d:T.,/+\s-]+|https?://\S+|/\S*|\S+@\S+")
OURS = gathered()
# What servers, devices and scripts send, and secrets: no text of a form.
APART = OURS.between_servers | OURS.by_a_device | OURS.in_parts | OURS.with_secrets | OURS.not_words
TRIES = 4
# They hold nothing of what people type, ever.
JOURNAL, LOGS = "the details of the journal", "the log"
# Under which name come the words that the stage has marked, and who of the cast reads them as the matrix says.
MARKS, CAST_OF_MARKS = "marks", {*CAST, JOURNAL, LOGS, SOMEBODY_ELSE}
# Where words of every house may come; a run of a few houses looks there, and at their pages.
NEAR, FEW = {"journal", "notifications", "agenda", "directory", "privacy"}, 3


@dataclass(frozen=True)
class Word:
    """What was typed in one field of one form. `by`: who of the cast typed it."""

    token: str
    route: str
    field: str
    by: str

    def __str__(self) -> str:
        return f"{self.route} « {self.field} »"


@dataclass
class Typist:
    """Puts words in the texts of one form at a time, and remembers which."""

    by: str = ""
    route: str = ""
    words: dict[str, Word] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def begin(self, route: str, by: str) -> None:
        self.by, self.route, self.words, self.refused = by, route, {}, set()

    def word(self, name: str) -> str:
        token = f"{STEM}{secrets.token_hex(4)}"
        self.words[token] = Word(token, self.route, name, self.by)
        return token

    def again(self) -> None:
        self.words = {}

    def typed(self, data: Data) -> Data:
        """A body, with a word after each text and in the name of each file."""
        return {name: self._typed(name, value) for name, value in data.items()}

    def _typed(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._typed(name, one) if hasattr(one, "read") else one for one in value]
        if name in kept.SECRETS or name in self.refused:
            return value
        if hasattr(value, "read"):
            value.name = f"{self.word(name)}.{value.name.rpartition('.')[2]}"
        elif isinstance(value, str) and TYPED.search(value) and not WRITTEN_OTHERWISE.fullmatch(value):
            return f"{value} {self.word(name)}"
        return value

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside, a form that is sent has a word in each of its texts, those too that its valid body leaves empty."""
        cleaned = BaseForm.full_clean

        def full_clean(form: Any) -> None:
            if self.route and form.is_bound and isinstance(form.data, QueryDict):
                self._fill(form)
            cleaned(form)
            if self.route and form.is_bound:
                self.refused |= {form.add_prefix(name) for name in form.errors}

        with mock.patch.object(BaseForm, "full_clean", full_clean):
            yield

    def _fill(self, form: Any) -> None:
        data = form.data.copy()
        for name, one in form.fields.items():
            key = form.add_prefix(name)
            if key in self.refused or not takes_words(one) or WORD.search(data.get(key, "")):
                continue
            word = self.word(key)
            try:
                one.clean(word)
            except forms.ValidationError:
                del self.words[word]
                continue
            data[key] = word
        form.data = data


def takes_words(one: Any) -> bool:
    """Is it a text that people see and type?"""
    plain = isinstance(one, forms.CharField) and not isinstance(
        one, forms.URLField | forms.EmailField | forms.JSONField | forms.UUIDField
    )
    shown = isinstance(one.widget, forms.Textarea | forms.TextInput) and not isinstance(
        one.widget, forms.HiddenInput | forms.PasswordInput
    )
    return plain and shown and not one.disabled


@dataclass
class Acted:
    """What was typed: the words that were taken, and the forms that took none."""

    words: dict[str, Word] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    made: Made = field(default_factory=dict)


def forms_of(houses: Collection[str]) -> list[Route]:
    """The forms of these houses: those that write. Houses above come first: those below move the ground under them."""
    floors = [config.label for config in apps.get_app_configs()]
    found = (
        route
        for route in all_routes()
        if "POST" in route.methods and route.name not in APART and route.house in houses
    )
    writing = [route for route in found if BODIES[route.name].writes]
    return sorted(writing, key=lambda route: -floors.index(route.house) if route.house in floors else 0)


def act(stage: Stage, routes: Iterable[Route]) -> Acted:
    """Send each form once, by whoever its house says, where those before it have left things."""
    done, typist, standing, last = Acted(), Typist(), pickle.dumps(stage), last_rows()
    with typist.at_work():
        for route in routes:
            why = _sent(pickle.loads(standing), route, typist)
            if why and typist.words:
                done.failed[route.name] = why
            elif not why:
                done.words |= typist.words
            typist.begin("", "")
    done.made = made_since(last)
    return done


def _sent(stage: Stage, route: Route, typist: Typist) -> str:
    """Send one form, without the words that it refuses; why it was not taken, or nothing."""
    body, why = BODIES[route.name], ""
    typist.begin(route.name, body.by)
    for _try in range(TRIES):
        typist.again()
        refused = set(typist.refused)
        try:
            with transaction.atomic():
                body.before(stage)
                response, writes = post(stage, route, typist)
                if response.status_code in {200, 302} and writes.seen:
                    # Where nothing was typed there is nothing to look for: what the form did would only stand in the way.
                    transaction.set_rollback(not typist.words)
                    return ""
                why = f"{response.status_code}, refused {sorted(typist.refused)}"
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001 - said of the form that another one has taken the ground from
            why = repr(error)
        if refused == typist.refused:
            break
    return why


def post(stage: Stage, route: Route, typist: Typist) -> tuple[HttpResponse, Writes]:
    body, client, writes = BODIES[route.name], Client(raise_request_exception=False), Writes()
    if body.by in stage.people:
        client.force_login(Account.objects.get(person=stage.people[body.by]))
    address = route.address(stage.own(route.model) if route.model else None)
    data = typist.typed(body.data(stage))
    with connection.execute_wrapper(writes):
        return client.post(address, data), writes


Found = dict[str, dict[str, set[str]]]


def look(
    stage: Stage,
    acted: Acted,
    log_lines: Iterable[str],
    readers: Iterable[str] = READERS,
    houses: Collection[str] = (),
) -> Found:
    """By word, who has found it, and where. `houses`: those whose pages are looked at, when not all; `log_lines`: the log."""
    found: Found = defaultdict(lambda: defaultdict(set))

    def notice(reader: str, where: str, text: str) -> None:
        for token in set(WORD.findall(text)) & acted.words.keys() | set(TOKEN.findall(text)):
            found[token][reader].add(where)

    delivered, readers = Delivered(), list(readers)
    delivered.run()
    for key in readers:
        for where, text in Reader(stage, key, houses).places(acted.made):
            notice(key, where, text)
    for reader, (where, text) in delivered.places():
        notice(reader, where, text.casefold())
    for verb, details in Line.objects.values_list("verb", "details"):
        notice(JOURNAL, verb, f"{details}")
    for line in log_lines:
        notice(LOGS, "a line", line.casefold())
    return found


def complaints(
    acted: Acted, found: Found, readers_by_name: Mapping[str, Set[str]], marks: Iterable[Mark] = ()
) -> dict[str, list[str]]:
    """By route, what is wrong with the words of its form: read by others, read by nobody, or nobody said who reads them.

    And what the stage has marked, where pages alone have been looked at so far.
    """
    wrong: dict[str, list[str]] = defaultdict(list)
    for token, word in acted.words.items():
        readers = readers_of(word, readers_by_name)
        if readers is None:
            wrong[word.route].append(f"{word}: nobody said who reads it (READ_BY)")
            continue
        met = found.get(token, {})
        for reader in sorted(met.keys() - readers - {word.by}):
            wrong[word.route].append(f"{word}: found by {reader} in {', '.join(sorted(met[reader])[:3])}")
    for route, words in _by_route(acted).items():
        readable = [word for word in words if readers_of(word, readers_by_name)]
        if readable and not any(word.token in found for word in words):
            wrong[route].append(f"{route}: its words were found by nobody, and nothing was looked at")
    wrong[MARKS] += _of_the_marks(found, marks, readers_by_name)
    for route, why in acted.failed.items():
        wrong[route].append(f"{route}: its form was not taken ({why})")
    return wrong


def _of_the_marks(
    found: Found, marks: Iterable[Mark], readers_by_name: Mapping[str, Set[str]]
) -> Iterator[str]:
    """`readers_by_name` adds those to whom a form of the run shows the mark: a name goes with the message that one sends."""
    for mark in marks:
        met = found.get(mark.token, {})
        for reader in sorted(
            met.keys() & CAST_OF_MARKS - mark.readers - readers_by_name.get(mark.name, set())
        ):
            yield f"« {mark.name} »: found by {reader} in {', '.join(sorted(met[reader])[:3])}"


def _by_route(acted: Acted) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = defaultdict(list)
    for word in acted.words.values():
        found[word.route].append(word)
    return found


def readers_of(word: Word, readers_by_name: Mapping[str, Set[str]]) -> Set[str] | None:
    """Those of the field, else those of the form."""
    return readers_by_name.get(f"{word.route}.{word.field}", readers_by_name.get(word.route))


def judged(
    stage: Stage, houses: Collection[str], readers_by_name: Mapping[str, Set[str]]
) -> dict[str, list[str]]:
    """What is wrong with the forms of these houses, on a stage that is left as it was.

    What another form has overwritten, or taken the ground from, is typed again on a stage of its own: then the pages of
    its house are enough.
    """
    looked_at = NEAR | set(houses) if len(houses) <= FEW else set()
    wrong = _round(stage, forms_of(houses), readers_by_name, looked_at)
    left = [route for route in forms_of(houses) if _is_to_try_again(wrong.get(route.name, []))]
    if left:
        again = _round(stage, left, readers_by_name, {route.house for route in left})
        wrong = {
            name: found for name, found in wrong.items() if name not in {form.name for form in left}
        } | again
    return {name: found for name, found in wrong.items() if found}


def _is_to_try_again(found: Sequence[str]) -> bool:
    return bool(found) and all("found by nobody" in one or "was not taken" in one for one in found)


def _round(
    stage: Stage, routes: Sequence[Route], readers_by_name: Mapping[str, Set[str]], houses: Collection[str]
) -> dict[str, list[str]]:
    stage = pickle.loads(pickle.dumps(stage))
    mail.outbox.clear()
    with transaction.atomic(), papers_as_text(), said_in_logs() as log_lines:
        come(stage)
        acted = act(stage, routes)
        found = look(stage, acted, log_lines, houses=houses)
        transaction.set_rollback(True)
    return complaints(acted, found, readers_by_name, stage.marks)


@contextmanager
def said_in_logs() -> Iterator[list[str]]:
    """What the lines of the log hold inside, as they are written for whoever runs the platform."""
    log_lines: list[str] = []
    configured = logging.config.DictConfigurator(settings.LOGGING)
    lines = configured.configure_formatter(settings.LOGGING["formatters"]["lines"])

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            log_lines.append(lines.format(record))

    handler, disabled = Kept(), logging.root.manager.disable
    # Not on the screen: thousands of refusals would drown what is wrong.
    root = logging.root
    with mock.patch.object(root, "handlers", [handler]), mock.patch.object(root, "level", logging.INFO):
        logging.disable(logging.NOTSET)
        try:
            yield log_lines
        finally:
            logging.disable(disabled)
