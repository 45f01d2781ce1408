"""BigBlueButton: create, join and end of its API (docs.bigbluebutton.org/development/api), each signed as it says.

The checksum is the SHA-256 of the name of the call, its query and the shared secret, in this order, with nothing between.
"""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from defusedxml import DefusedXmlException, ElementTree  # type: ignore[import-untyped]
from django.conf import settings

from preau.domains.spaces.providers import Guest, Room, Unreachable
from preau.foundation import outward

# A teacher whose connection fails has the time to come back.
MINUTES_ALONE = 5
DONE, GONE = "SUCCESS", "notFound"


class BigBlueButton:
    """The server at BBB_URL."""

    def create(self, room: Room) -> None:
        parameters = {
            "meetingID": room.number,
            "name": room.title,
            "record": "false",
            "allowStartStopRecording": "false",
            # Pupils are never alone in a room.
            "endWhenNoModerator": "true",
            "endWhenNoModeratorDelayInMinutes": str(MINUTES_ALONE),
            "duration": str(room.minutes),
        }
        self._ask("create", parameters)

    def join_address(self, room: Room, guest: Guest) -> str:
        role = "MODERATOR" if guest.is_moderator else "VIEWER"
        parameters = {
            "fullName": guest.name,
            "meetingID": room.number,
            "role": role,
            "userID": guest.number,
            "redirect": "true",
        }
        return signed("join", parameters)

    def end(self, room: Room) -> None:
        self._ask("end", {"meetingID": room.number})

    def _ask(self, call: str, parameters: Mapping[str, str]) -> None:
        try:
            answer = outward.ask("GET", signed(call, parameters))
        except OSError as error:
            raise Unreachable(str(error)) from error
        if answer.status != HTTPStatus.OK:
            raise Unreachable(f"{answer.status} of {call}")
        code, key = _said(answer.body)
        if code != DONE and not (call == "end" and key == GONE):
            raise Unreachable(f"{call}: {key or code}")


def signed(call: str, told: Mapping[str, str]) -> str:
    """The address of a call, with its checksum."""
    query = urlencode(told)
    checksum = hashlib.sha256(f"{call}{query}{settings.BBB_SECRET}".encode()).hexdigest()
    return f"{settings.BBB_URL}/{call}?{query}&checksum={checksum}"


def _said(body: bytes) -> tuple[str, str]:
    """The code and the key of an answer. Raises Unreachable for what is not one."""
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise Unreachable("an answer that is not XML") from error
    return root.findtext("returncode") or "", root.findtext("messageKey") or ""
