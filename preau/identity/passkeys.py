"""Passkeys (WebAuthn): what a browser is asked to sign, and whether what it sends back was (docs/decisions/0111).

A challenge waits in the session, five minutes at most, for one account and one gesture; it serves once, right or wrong.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from json import loads
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
from webauthn.helpers.parse_registration_credential_json import parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from preau.foundation import throttle
from preau.identity.models import Account, Passkey

# The two gestures, each with its own challenge: making a key, and proving with one.
NEW, PROOF = "passkey_new", "passkey_proof"
LIFE, A_DAY = timedelta(minutes=5), timedelta(days=1)
SIZE, HANDLE_SIZE = 32, 32
# What a browser sends is 1 or 2 kB; the number of a key is 1023 bytes at most (WebAuthn, 4).
LARGEST, LONGEST_ID = 20_000, 1023
DEFAULT_PORTS = {"https": 443, "http": 80}


class NotProved(Exception):
    """What was sent proves nothing: another key, another site, another account, no finger nor PIN, or no sense."""


class TooLate(NotProved):
    """Nothing was asked, too long ago, of somebody else, or it was answered already."""


@dataclass(frozen=True)
class Challenge:
    """A challenge that was taken back; `handle` when a key was to be made."""

    challenge: bytes
    handle: str = ""


@dataclass(frozen=True)
class Signed:
    """What a key has just signed: its counter, and whether it was copied to other devices."""

    count: int
    is_synced: bool


def site() -> tuple[str, str]:
    """The host for which keys are made, and the one origin where they serve, as browsers write it."""
    parts = urlsplit(settings.PUBLIC_URL)
    host, port = parts.hostname or "localhost", parts.port
    shown = f":{port}" if port and port != DEFAULT_PORTS.get(parts.scheme) else ""
    return host, f"{parts.scheme}://{host}{shown}"


def ask(session: Any, what: str, account_id: int, handle: str = "") -> bytes:
    """A new challenge for this gesture of this account (0: of whoever comes); the one before is forgotten."""
    challenge = secrets.token_bytes(SIZE)
    session[what] = {
        "challenge": bytes_to_base64url(challenge),
        "account": account_id,
        "handle": handle,
        "until": int((timezone.now() + LIFE).timestamp()),
    }
    return challenge


def take(session: Any, what: str, account_id: int) -> Challenge:
    """The challenge that waits; it serves once, in two requests at the same moment too. Raises TooLate."""
    left = session.pop(what, None)
    if left is None or left["account"] != account_id or left["until"] <= timezone.now().timestamp():
        raise TooLate
    mark = sha256(left["challenge"].encode()).hexdigest()
    if throttle.hit("passkey_once", mark, window=2 * LIFE) > 1:
        raise TooLate
    return Challenge(base64url_to_bytes(left["challenge"]), left["handle"])


def new_handle() -> str:
    """What a device will know an account by: nothing that says whose it is."""
    return bytes_to_base64url(secrets.token_bytes(HANDLE_SIZE))


def to_make(challenge: bytes, account: Account, handle: str, known: Iterable[Passkey]) -> dict[str, Any]:
    """What a browser needs to make a key: one that is found without a login, and opened by a finger, a face or a PIN."""
    options = webauthn.generate_registration_options(
        rp_id=site()[0],
        rp_name="Préau",
        user_id=base64url_to_bytes(handle),
        user_name=account.login,
        user_display_name=account.person.full_name,
        challenge=challenge,
        timeout=_milliseconds(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_named(passkey) for passkey in known],
    )
    return dict(loads(webauthn.options_to_json(options)))


def to_prove(challenge: bytes, known: Iterable[Passkey] = ()) -> dict[str, Any]:
    """What a browser needs to prove with a key: one of those `known`, or any that it finds by itself."""
    options = webauthn.generate_authentication_options(
        rp_id=site()[0],
        challenge=challenge,
        timeout=_milliseconds(),
        allow_credentials=[_named(passkey) for passkey in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(loads(webauthn.options_to_json(options)))


def _milliseconds() -> int:
    return int(LIFE.total_seconds() * 1000)


def _named(key: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(transport) for transport in key.transports]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id), transports=transports)


def made_in(typed: str, asked: Challenge) -> Passkey:
    """The key that a browser has just made, neither named nor kept yet. Raises NotProved."""
    host, origin = site()
    try:
        sent = _read(typed, parse_registration_credential_json)
        made = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=asked.challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except Exception as error:
        # A stranger wrote these bytes: whatever they make the readers of JSON, CBOR and keys raise is a refusal.
        raise NotProved from error
    if len(made.credential_id) > LONGEST_ID:
        raise NotProved
    return Passkey(
        credential_id=bytes_to_base64url(made.credential_id),
        handle=asked.handle,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        transports=sorted({transport.value for transport in sent.response.transports or ()}),
        may_sync=made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        is_synced=made.credential_backed_up,
    )


def number_in(typed: str) -> str:
    """Which key a browser says that it has used; "" when what it sends makes no sense."""
    try:
        return bytes_to_base64url(_read(typed, parse_authentication_credential_json).raw_id)
    except Exception:  # noqa: BLE001 - as above
        return ""


def signed_in(typed: str, asked: Challenge, key: Passkey, *, named: bool) -> Signed:
    """What this key has signed; without a login (`named`), it names the account too. Raises NotProved.

    The counter is not judged here: whoever has no key must not make a copy be suspected.
    """
    host, origin = site()
    try:
        sent: AuthenticationCredential = _read(typed, parse_authentication_credential_json)
        found = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=asked.challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:
        # As above.
        raise NotProved from error
    handle = sent.response.user_handle
    if handle is None and not named:
        return Signed(found.new_sign_count, found.credential_backed_up)
    if not constant_time_compare(bytes_to_base64url(handle or b""), key.handle):
        raise NotProved
    return Signed(found.new_sign_count, found.credential_backed_up)


def _read(typed: str, parse: Any) -> Any:
    """What a browser sent; nothing is read of what is too long, or came from inside another site."""
    if len(typed) > LARGEST:
        raise NotProved
    sent: RegistrationCredential | AuthenticationCredential = parse(typed)
    if loads(sent.response.client_data_json).get("crossOrigin"):
        raise NotProved
    return sent
