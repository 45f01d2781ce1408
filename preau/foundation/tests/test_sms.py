"""How a text is counted, which numbers receive one, and the gateway over HTTP, asked for real on this machine."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PATIENCE
from preau.foundation import sms
from preau.foundation.sms import Fate, Message, Unreachable, words
from preau.foundation.sms.http import HttpGateway
from preau.foundation.sms.words import BASIC


@pytest.mark.parametrize(
    ("text", "units", "parts", "odd"),
    [
        ("", 0, 0, ""),
        ("a" * 160, 160, 1, ""),
        ("a" * 161, 161, 2, ""),
        ("a" * 306, 306, 2, ""),
        ("a" * 307, 307, 3, ""),
        ("é" * 160, 160, 1, ""),
        ("€" * 80, 160, 1, ""),
        ("€" * 81, 162, 2, ""),
        ("ê" + "a" * 69, 70, 1, "ê"),
        ("ê" + "a" * 70, 71, 2, "ê"),
        ("ç" * 135, 135, 3, "ç"),
        ("😀" * 35, 70, 1, "😀"),
        ("😀" * 36, 72, 2, "😀"),
    ],
)
def test_what_a_text_costs(text: str, units: int, parts: int, odd: str) -> None:
    found = words.length_of(text)
    assert (found.units, found.parts, found.odd) == (units, parts, odd)


def test_a_letter_of_two_places_is_not_cut() -> None:
    # 152 places, then one of two: it goes to the second message whole, and pushes a letter into a third.
    assert words.length_of("a" * 152 + "€" + "a" * 152).parts == 3
    assert words.length_of("a" * 153 + "a" * 153).parts == 2


@given(st.text(alphabet=BASIC, max_size=700))
def test_a_text_of_gsm_is_never_dearer_than_its_length(text: str) -> None:
    found = words.length_of(text)
    assert found.is_gsm
    assert found.parts == (len(text) > 0 if len(text) <= 160 else -(-len(text) // 153))


def test_fine_signs_become_plain_ones() -> None:
    assert words.plain("L’élève\u202f: « œuf »…") == 'L\'élève : " oeuf "...'
    assert words.length_of(words.plain("L’élève\u202f: « œuf »…")).is_gsm


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 7.12.34.56.78", "+33712345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+262 692 12 34 56", "+262692123456"),
        ("02 99 00 00 00", ""),
        ("", ""),
        ("06 12", ""),
        ("demander à Nina", ""),
        ("06 12 34 56 78; 07", ""),
        ("+33299000000", ""),
        ("=06", ""),
    ],
)
def test_which_numbers_receive_a_text(typed: str, number: str) -> None:
    assert sms.number_of(typed) == number


# A real server


class Server(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, Any]] = []
    answers: list[tuple[int, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], json.loads(body)))
        status, content = self.answers.pop(0)
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(settings: Any) -> Iterator[type[Server]]:
    Server.asked, Server.answers = [], []
    held = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=held.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{held.server_address[1]}/v1/"
    settings.SMS_TOKEN, settings.SMS_SENDER, settings.SMS_TIMEOUT = "jeton", "COLLEGE", PATIENCE
    yield Server
    held.shutdown()
    held.server_close()
    thread.join()


TWO = [Message("ref-a", "+33612345678", "Bonjour"), Message("ref-b", "+33700000000", "Élève")]


def gateway_answer(**what: Any) -> tuple[int, bytes]:
    return 200, json.dumps(what).encode()


def test_messages_are_given_with_their_names_and_answers_read(server: type[Server]) -> None:
    server.answers = [
        gateway_answer(
            messages=[
                {"ref": "ref-a", "id": "42"},
                {"ref": "ref-b", "error": "unknown number"},
                {"ref": "stranger", "id": "1"},
            ]
        )
    ]
    taken = HttpGateway().send(TWO)
    assert [(one.ref, one.number, one.refused) for one in taken] == [
        ("ref-a", "42", ""),
        ("ref-b", "", "unknown number"),
    ]
    path, token, body = server.asked[0]
    assert (path, token) == ("/v1/messages", "Bearer jeton")
    assert body == {
        "sender": "COLLEGE",
        "messages": [{"ref": one.ref, "to": one.to, "text": one.text} for one in TWO],
    }


def test_a_server_that_stumbles_is_asked_again_under_the_same_names(server: type[Server]) -> None:
    server.answers = [(503, b""), (200, b"<html>"), gateway_answer(messages=[{"ref": "ref-a", "id": "42"}])]
    assert [one.ref for one in HttpGateway().send(TWO)] == ["ref-a"]
    assert [one[2] for one in server.asked] == [server.asked[0][2]] * 3


@pytest.mark.parametrize(
    "answer", [(500, b""), (302, b""), (200, b"[]"), (200, b"{}"), (200, b'{"messages": 3}')]
)
def test_an_answer_that_is_none_is_told(server: type[Server], answer: tuple[int, bytes]) -> None:
    server.answers = [answer] * 3
    with pytest.raises(Unreachable):
        HttpGateway().send(TWO)


def test_reports_are_read_and_strange_ones_left_out(server: type[Server]) -> None:
    server.answers = [
        gateway_answer(
            reports=[
                {"id": "42", "status": "delivered"},
                {"id": "43", "status": "failed"},
                {"id": "44", "status": "pending"},
                {"id": "99", "status": "delivered"},
            ]
        )
    ]
    assert HttpGateway().reports(["42", "43", "44"]) == {"42": Fate.DELIVERED, "43": Fate.FAILED}


@pytest.mark.parametrize("address", ["http://sms.example/v1", "", "file:///etc/passwd", "ftp://x/"])
def test_only_https_leaves_this_machine(settings: Any, address: str) -> None:
    settings.SMS_URL = address
    with pytest.raises(Unreachable):
        HttpGateway().send(TWO)


def test_without_a_gateway_nothing_is_offered(settings: Any) -> None:
    settings.SMS_GATEWAY = ""
    assert not sms.is_offered()
    with pytest.raises(LookupError):
        sms.gateway()


@pytest.mark.parametrize(
    "written",
    [
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "06\u202f12\u00a034\u200956\u00a078",
        "\u00a0+33\u00a06 12 34 56 78\t",
        "06\n12 34 56 78",
        "01 42 34 56 78",
        "+33 1 42 34 56 78",
        "+44 7911 123456",
        "00447911123456",
        "0612345678901",
        "06 12",
        "mon numéro",
        "",
    ],
)
def test_a_database_takes_the_same_numbers_for_mobiles(written: str) -> None:
    assert bool(re.search(sms.WRITTEN_MOBILE, written)) == bool(sms.number_of(written))
