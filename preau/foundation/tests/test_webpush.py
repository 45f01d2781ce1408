"""What is pushed is what the RFCs say, and leaves for push services only."""

import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import run_checks
from django.core.management import call_command

from preau.foundation import webpush

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc_is_encrypted_as_it_says() -> None:
    sent = webpush.encrypt(
        TEXT,
        webpush.decode(RECEIVER),
        webpush.decode(AUTH),
        salt=webpush.decode(SALT),
        key=webpush.private_key(SENDER),
    )
    assert webpush.encode(sent) == MESSAGE


def test_two_messages_share_neither_key_nor_salt() -> None:
    one, two = (webpush.encrypt(TEXT, webpush.decode(RECEIVER), webpush.decode(AUTH)) for _ in range(2))
    assert one[:16] != two[:16] and one[21:86] != two[21:86]


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://eu.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=abc", True),
        ("https://web.push.apple.com:443/abc", True),
        ("http://fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://fcm.googleapis.com.example.org/abc", False),
        ("https://example.org/fcm.googleapis.com", False),
        ("https://user:word@fcm.googleapis.com/abc", False),
        ("https://fcm.googleapis.com@127.0.0.1/abc", False),
        ("https://notify.windows.com/abc", False),
        ("https://xnotify.windows.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1/abc", False),
        ("", False),
    ],
)
def test_only_push_services_are_known(endpoint: str, known: bool) -> None:
    assert webpush.is_known(endpoint) is known


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.8"],
)
def test_a_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443)) for place in ("8.8.8.8", address)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(webpush.PushRefused):
        webpush.addresses_of("fcm.googleapis.com")


def test_the_command_makes_a_key_that_the_site_takes(
    capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    call_command("vapid_key")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    settings.VAPID_PRIVATE_KEY = key
    assert webpush.is_offered() and webpush.is_point(webpush.decode(webpush.public_key()))
    assert not [run_check for run_check in run_checks() if run_check.id == "preau.E002"]
    settings.VAPID_PRIVATE_KEY = "pas une clé"
    assert [run_check for run_check in run_checks() if run_check.id == "preau.E002"]


def test_what_is_not_on_the_curve_is_no_key() -> None:
    good = webpush.point_of(ec.generate_private_key(webpush.CURVE))
    assert webpush.is_point(good)
    assert not webpush.is_point(good[:-1] + bytes([good[-1] ^ 1])) and not webpush.is_point(b"")
