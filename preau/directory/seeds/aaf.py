"""What every record of an AAF delivery is made of, whatever its dialect."""

from datetime import date
from xml.sax.saxutils import escape

from preau.directory.seeds.plans import Address

# An attribute has one value, several, or none; what is empty is still written.
Attributes = dict[str, str | list[str]]
MINISTRY = "MINISTERE DE L'EDUCATION NATIONALE"
QUOTES = {"'": "&apos;"}


def record(category: tuple[str, str], key: str, attributes: Attributes) -> str:
    """One <addRequest>; `category` is the name and the value of its operational attribute."""
    lines = [
        "<addRequest>",
        f"<operationalAttributes>{_attribute(*category)}</operationalAttributes>",
        f"<identifier><id>{escape(key)}</id></identifier>",
        "<attributes>",
        *(_attribute(name, values) for name, values in attributes.items()),
        "</attributes>",
        "</addRequest>\n\n",
    ]
    return "\n".join(lines)


def _attribute(name: str, values: str | list[str]) -> str:
    each = [values] if isinstance(values, str) else values
    written = "".join(f"<value>{escape(value, QUOTES)}</value>" for value in each if value)
    return f'<attr name="{name}">{written or "<value/>"}</attr>'


def yes(fact: bool) -> str:
    return "O" if fact else "N"


def written_day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def class_and_day(school: str, day: date | None, division: str) -> str:
    """When a pupil entered or left a class; nothing while they have not left."""
    return f"{school}${written_day(day)}${division}" if day else ""


def address(home: Address) -> Attributes:
    return {
        "ENTPersonAdresse": f"{home.line}$$$",
        "ENTPersonCodePostal": home.postcode,
        "ENTPersonVille": home.town,
        "ENTPersonPays": "FRANCE",
    }
