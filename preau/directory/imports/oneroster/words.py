"""What the words of OneRoster mean, in the codes of the AAF."""

import re
from datetime import date
from hashlib import sha256

STUDENT, TEACHER = "student", "teacher"
# A guardian's role → kinship; no role says a level of authority (docs/decisions/0012).
FAMILY = {"parent": "P", "guardian": "50", "relative": "39"}
OTHER_KINSHIP = "90"
# Roles that a certified file makes legal: « relative » is nobody's legal guardian by itself.
CERTIFIED = {"parent", "guardian"}
LEGAL, CONTACT = "1", "3"
# An administrator may be of a school, of a district or of a system: only a principal is surely the head.
FUNCTIONS = {TEACHER: "ENS$$-$", "principal": "DIR$DIRECTION$-$"}
OTHER_FUNCTIONS = {
    "administrator": "Administration",
    "siteadministrator": "Administration",
    "districtadministrator": "Administration",
    "systemadministrator": "Administration",
    "aide": "Accompagnement",
    "proctor": "Surveillance",
    "counselor": "Conseil",
}
STAFF = FUNCTIONS.keys() | OTHER_FUNCTIONS.keys()
INE = re.compile(r"[0-9]{9}[0-9A-Z][A-Z]")
LONGEST_CODE = 20


def day_written(text: str) -> str:
    """yyyy-mm-dd as dd/mm/yyyy; anything else as it is, for the staging to judge."""
    try:
        return f"{date.fromisoformat(text[:10]):%d/%m/%Y}"
    except ValueError:
        return text


def listed(text: str) -> list[str]:
    """A cell that holds several values: `a,b`."""
    return [part.strip() for part in text.split(",") if part.strip()]


def function_of(role: str, school: str) -> str:
    return f"{school}${FUNCTIONS.get(role) or f'AUTRE${OTHER_FUNCTIONS[role]}$-$'}"


def code_of(sourced_id: str) -> str:
    """The code of a subject: the key of its course, or a digest when it is longer than a code may be."""
    short = len(sourced_id) <= LONGEST_CODE and "$" not in sourced_id
    return sourced_id if short else sha256(sourced_id.encode()).hexdigest()[:LONGEST_CODE]


def ine_of(identifier: str) -> str:
    return identifier.upper() if INE.fullmatch(identifier.upper()) else ""
