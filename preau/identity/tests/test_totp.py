"""Six digits from the clock."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from preau.foundation.sealed import seal, unseal
from preau.identity import totp

KEY = b"12345678901234567890"
NOON = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_digits_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert totp.code_at(KEY, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == code


@pytest.mark.parametrize(("late", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(late: int, fits: bool) -> None:
    code = totp.code_at(KEY, totp.step_of(NOON + timedelta(seconds=late)))
    assert (totp.step_that_fits(KEY, code, NOON, after=0) is not None) is fits


def test_no_code_is_taken_twice_nor_one_before_it() -> None:
    here = totp.step_of(NOON)
    assert totp.step_that_fits(KEY, totp.code_at(KEY, here), NOON, after=here - 1) == here
    assert totp.step_that_fits(KEY, totp.code_at(KEY, here), NOON, after=here) is None
    assert totp.step_that_fits(KEY, totp.code_at(KEY, here - 1), NOON, after=here) is None


def test_the_square_says_the_key_whose_it_is_and_where() -> None:
    secret = totp.new_secret()
    address = urlsplit(totp.address(secret, issuer="Préau", login="claire.moreau"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    parameters = parse_qs(address.query)
    assert parameters["issuer"] == ["Préau"]
    assert b32decode(parameters["secret"][0]) == secret == b32decode(totp.spelled(secret).replace(" ", ""))
    assert len({totp.new_secret() for _ in range(5)}) == 5


def test_what_is_sealed_opens_for_its_purpose_and_for_a_time(settings: object) -> None:
    sealed = seal("one", KEY)
    assert KEY.decode() not in sealed
    assert unseal("one", sealed) == KEY
    assert unseal("other", sealed) is None
    assert unseal("one", sealed[:-2]) is None
    assert unseal("one", "") is None
    assert unseal("one", sealed, within=timedelta(hours=1)) == KEY


def test_a_seal_has_an_end(clock: object) -> None:
    sealed = seal("one", KEY)
    clock.shift(timedelta(hours=2))  # type: ignore[attr-defined]
    assert unseal("one", sealed, within=timedelta(hours=1)) is None
    assert unseal("one", sealed) == KEY


def test_a_former_key_of_the_site_still_opens(settings: object) -> None:
    sealed = seal("one", KEY)
    former = settings.SECRET_KEY  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another key, long enough for everybody here"  # type: ignore[attr-defined]
    assert unseal("one", sealed) is None
    settings.SECRET_KEY_FALLBACKS = [former]  # type: ignore[attr-defined]
    assert unseal("one", sealed) == KEY
