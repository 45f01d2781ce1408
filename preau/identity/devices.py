"""Browsers that have signed in before, so that a lockout cannot be turned against someone else.

Ten wrong passwords close the door for a quarter of an hour. If the door were the account, a pupil could close it to a
teacher; if it were the account at this address, the same pupil could from the same school. So a browser that has
already signed in to the account carries a sealed cookie and has a door of its own (OWASP: device cookies).

Unknown browsers meet two wider doors besides: of one login, however many the addresses; of one address, however many
the logins, which opens less and less often before it closes. A known browser meets neither: nobody closes a school to those who work in it.
"""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

import structlog
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from preau.foundation import throttle
from preau.foundation.http import client_address
from preau.identity.models import Account, Passkey, SecondProof

log = structlog.get_logger(__name__)
COOKIE = "appareil"
SALT = "preau.device"
LIFE = timedelta(days=180)
# On a computer that several people share, whoever signs out must find nothing: the box is never ticked by itself.
TRUSTED, TRUSTED_SALT, TRUSTED_LIFE = "confiance", "preau.trusted", timedelta(days=30)
LIMIT = 10
LOGINS_FROM_ONE_ADDRESS = 600
# One password tried on many logins from one address: past so many logins in the window, one try in so many seconds.
SLOWED = ((400, 20), (200, 5), (60, 2))
LIMIT_OF_ONE_LOGIN = 100
# Six digits are few, and whoever guesses them has the password already.
LIMITS_OF_ONE_LOGIN = {"second": 20}
WINDOW = timedelta(minutes=15)
HOUR = timedelta(hours=1)
# A household has a /64 at least, and may change its address within; a /56 is what one line is given.
NEAR, WIDE = 64, 56


def network_of(address: str, size: int = NEAR) -> str:
    """What one party holds: an IPv4 address, or an IPv6 network of this size; as it is when it is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, size), strict=False))


def knock(request: HttpRequest, login: str, what: str = "sign_in") -> bool:
    """Count a try, before the secret is looked at; returns whether the door is open.

    Each kind of secret (`what`) has its doors. The one of an address counts logins, each once: it stops whoever tries
    one password on every login, and a school whose people mistype does not close itself.
    """
    device, address = _device(request, login), client_address(request)
    if device:
        return throttle.hit(what, "device", device, window=WINDOW) <= LIMIT
    here = throttle.hit(what, "address", login, network_of(address), window=WINDOW)
    if here > LIMIT:
        return False
    wide = (f"{what}_from", network_of(address, WIDE))
    if _is_too_soon(request, what, wide):
        # Not a try: it comes again in a few seconds, and counts then.
        throttle.give_back(what, "address", login, network_of(address))
        return False
    logins = throttle.hit(*wide, window=WINDOW) if here == 1 else throttle.tries(*wide)
    everywhere = throttle.hit(f"{what}_to", login, window=HOUR)
    return logins <= LOGINS_FROM_ONE_ADDRESS and everywhere <= LIMITS_OF_ONE_LOGIN.get(
        what, LIMIT_OF_ONE_LOGIN
    )


def _is_too_soon(request: HttpRequest, what: str, wide: tuple[str, str]) -> bool:
    """Many logins fail from this address: its unknown browsers take turns, and the operator is told when that begins and grows."""
    failed = throttle.tries(*wide)
    for count, seconds in SLOWED:
        if failed < count:
            continue
        if failed == count and throttle.hit(f"{what}_told_{count}", wide[1], window=WINDOW) == 1:
            log.warning("sign_in_spraying", count=count, outcome=what)
        if throttle.hit(f"{what}_turn", wide[1], window=timedelta(seconds=seconds)) > 1:
            request.slowed_for = seconds  # type: ignore[attr-defined]
            return True
        return False
    return False


def reopen(request: HttpRequest, login: str, what: str = "sign_in") -> None:
    """After a success: only failures count. At eight o'clock a thousand people sign in from one school's address."""
    device, address = _device(request, login), client_address(request)
    if device:
        throttle.forget(what, "device", device)
        return
    throttle.forget(what, "address", login, network_of(address))
    throttle.give_back(f"{what}_from", network_of(address, WIDE))
    throttle.give_back(f"{what}_to", login)


def welcome(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Once signed in: open the door again and remember the browser."""
    reopen(request, login)
    sealed = signing.dumps([_mark(login), get_random_string(16)], salt=SALT)
    response.set_cookie(
        f"{settings.PREFIX}{COOKIE}",
        sealed,
        max_age=LIFE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def trust(response: HttpResponse, account: Account) -> None:
    """Ask no second proof in this browser for thirty days, unless the password or the application changes."""
    sealed = signing.dumps(_trusted(account), salt=TRUSTED_SALT)
    response.set_cookie(
        f"{settings.PREFIX}{TRUSTED}",
        sealed,
        max_age=TRUSTED_LIFE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def is_trusted(request: HttpRequest, account: Account) -> bool:
    """Has this account, as it is today, asked that nothing more be asked in this browser?"""
    sealed = request.COOKIES.get(f"{settings.PREFIX}{TRUSTED}", "")
    try:
        mark = signing.loads(sealed, salt=TRUSTED_SALT, max_age=TRUSTED_LIFE)
    except signing.BadSignature:
        return False
    return isinstance(mark, str) and constant_time_compare(mark, _trusted(account))


def _trusted(account: Account) -> str:
    """Bound to the password, to the application and to the passkeys: whoever changes one is asked again everywhere."""
    proof = SecondProof.objects.filter(account=account).first()
    keys = Passkey.objects.filter(account=account).values_list("public_id", flat=True)
    proofs = [proof.installed_at.isoformat() if proof else "", *keys]
    text = f"{account.pk}.{account.password}.{'.'.join(proofs)}"
    return salted_hmac(TRUSTED_SALT, text, algorithm="sha256").hexdigest()


def _mark(login: str) -> str:
    """The login, for us alone: on a shared computer a cookie can be read."""
    return salted_hmac(SALT, login, algorithm="sha256").hexdigest()[:32]


def _device(request: HttpRequest, login: str) -> str:
    try:
        owner, device = signing.loads(
            request.COOKIES.get(f"{settings.PREFIX}{COOKIE}", ""), salt=SALT, max_age=LIFE
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if owner == _mark(login) else ""
