"""What views do in the same way: the status of a form, the sentence after a gesture, a file to keep."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.forms import CharField, Form
from django.http import HttpResponse
from django.test import RequestFactory

from preau.foundation import downloads, pages


class Name(Form):
    name = CharField()


def test_a_page_is_422_once_its_form_has_mistakes() -> None:
    assert [pages.status_of(form) for form in (None, Name(), Name({"name": "x"}), Name({}))] == [
        200,
        200,
        200,
        422,
    ]


def test_mistakes_come_before_what_the_view_says() -> None:
    assert pages.status_of(Name({}), pages.CONFLICT) == pages.TYPED_WRONG
    assert pages.status_of(Name({"name": "x"}), pages.CONFLICT) == pages.CONFLICT


@pytest.mark.parametrize(
    ("changed", "otherwise", "heard"),
    [
        (True, (), ("success", "C’est noté.")),
        (0, (), ("info", "C’était déjà fait.")),
        (None, (pages.NOTHING_CHANGED,), ("info", "Rien n’a changé.")),
    ],
)
def test_a_gesture_says_what_it_did(changed: object, otherwise: Any, heard: tuple[str, str]) -> None:
    request: Any = RequestFactory().post("/")
    request._messages = CookieStorage(request)
    pages.tell_outcome(request, changed, "C’est noté.", *otherwise)
    assert [(get_message.level_tag, str(get_message.message)) for get_message in get_messages(request)] == [
        heard
    ]


def test_a_file_is_kept_under_its_name() -> None:
    pdf = downloads.pdf_file("plan", b"%PDF")
    table = downloads.csv_file("liste", ["Nom"], [["=1+1"]])
    made = [pdf, table, downloads.json_file("faits", {}), downloads.as_file(HttpResponse(), "sujet.html")]
    names = [
        f'attachment; filename="{name}"' for name in ("plan.pdf", "liste.csv", "faits.json", "sujet.html")
    ]
    assert [one["Content-Disposition"] for one in made] == names
    assert (pdf["Content-Type"], table["Content-Type"]) == ("application/pdf", "text/csv; charset=utf-8")
    assert b"".join(table.streaming_content) == "\ufeffNom\r\n'=1+1\r\n".encode()  # type: ignore[arg-type]
