"""The routes of the live process, as it tells the tests of them (tests/declared.py)."""

from tests.net.matrix_cast import SIGNED_IN

ELSEWHERE = {"live:rights"}
ONE_THING = {"live:rights"}
OPENS = {"live:rights": SIGNED_IN}
PLAIN = {"sujet": ()}
