"""What is an address of a service, and what only looks like one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.commons.signon import addresses
from preau.commons.signon.addresses import InvalidAddress, Place

HELD = Place("https://moodle.exemple.fr", "/ent/")
REFUSED = [
    "",
    " ",
    "moodle.exemple.fr",
    "//moodle.exemple.fr/",
    "/ent/",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://moodle.exemple.fr/",
    "http://moodle.exemple.fr/",
    "HTTPS://moodle.exemple.fr/",
    "https:/moodle.exemple.fr/",
    "https:moodle.exemple.fr",
    "https:///moodle.exemple.fr",
    "https:\\\\moodle.exemple.fr/",
    "https://moodle.exemple.fr\\@autre.fr/",
    "https://moodle.exemple.fr@autre.fr/",
    "https://u:p@moodle.exemple.fr/",
    "https://@moodle.exemple.fr/",
    "https://*.exemple.fr/",
    "https://*/",
    "https://exemple/",
    "https://.exemple.fr/",
    "https://exemple.fr./",
    "https://exemple..fr/",
    "https://-exemple.fr/",
    "https://Moodle.exemple.fr/",
    "https://moodle.exemple.fr:0/",
    "https://moodle.exemple.fr:99999/",
    "https://moodle.exemple.fr:/",
    "https://moodle.exemple.fr:443a/",
    "https://moodle.exemple.fr:080/",
    "https://127.0.0.1/",
    "https://192.168.1.10/",
    "https://[::1]/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://127.1/",
    "https://localhost/",
    "http://localhost/",
    "https://moodle.exemple.fr/a/../b",
    "https://moodle.exemple.fr/a/./b",
    "https://moodle.exemple.fr//autre.fr",
    "https://moodle.exemple.fr/%2e%2e/",
    "https://moodle.exemple.fr/%2F",
    "https://moodle.exemple.fr/%5c",
    "https://moodle.exemple.fr/%00",
    "https://moodle.exemple.fr/\x00",
    "https://moodle.exemple.fr/\r\nSet-Cookie:a",
    "https://moodle.exemple.fr/a b",
    "https://moodle.exemple.fr/é",
    "https://mооdle.exemple.fr/",
    "https://moodle.exemple.fr/#x",
    "https://moodle.exemple.fr/%zz",
    'https://moodle.exemple.fr/"><script>',
    "https://moodle.exemple.fr/" + "a" * 2_000,
    "https://moodle。exemple。fr/",
]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_no_address_of_a_service_is_refused(address: str) -> None:
    with pytest.raises(InvalidAddress):
        addresses.read(address)


def test_there_are_forty_shapes_at_least() -> None:
    assert len(set(REFUSED)) >= 40


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://moodle.exemple.fr", Place("https://moodle.exemple.fr", "/")),
        ("https://moodle.exemple.fr:443/", Place("https://moodle.exemple.fr", "/")),
        ("https://moodle.exemple.fr:8443/a/b.php", Place("https://moodle.exemple.fr:8443", "/a/b.php")),
        ("https://moodle.exemple.fr/ent/?x=%2F&y=é".replace("é", "e"), HELD),
        ("https://xn--cole-9oa.fr/a%20b", Place("https://xn--cole-9oa.fr", "/a%20b")),
    ],
)
def test_an_address_is_read(address: str, place: Place) -> None:
    assert addresses.read(address) == place


def test_what_a_register_holds_has_no_query() -> None:
    with pytest.raises(InvalidAddress):
        addresses.read("https://moodle.exemple.fr/?x=1", whole=True)


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/cas", "http://127.0.0.1:8000/", "https://localhost/"]
)
def test_this_machine_is_let_in_for_developers_only(address: str, settings: Any) -> None:
    with pytest.raises(InvalidAddress):
        addresses.read(address)
    settings.SIGNON_LOOPBACK = True
    assert addresses.read(address).path
    for other in ("http://192.168.0.1/", "http://moodle.exemple.fr/", "http://127.0.0.2/"):
        with pytest.raises(InvalidAddress):
            addresses.read(other)


@pytest.mark.parametrize(
    ("held", "path", "is_held"),
    [
        ("/", "/x", True),
        ("/cas", "/cas", True),
        ("/cas", "/cas/x", True),
        ("/cas", "/castor", False),
        ("/cas/", "/cas", False),
        ("/cas/", "/cas/x", True),
        ("/a", "/", False),
    ],
)
def test_a_path_holds_what_is_below_it(held: str, path: str, is_held: bool) -> None:
    assert Place("https://x.fr", held).holds(path) is is_held


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    """And what is read leads where a browser would go: the origin is a prefix of what was typed, port aside."""
    for address in (typed, f"https://moodle.exemple.fr{typed}", f"https://{typed}.exemple.fr/"):
        try:
            place = addresses.read(address)
        except InvalidAddress:
            continue
        assert address.startswith(place.origin)
        assert address[len(place.origin) :][:1] in {"", "/", "?", ":"}
