"""Small values of the AAF: names, dates, `$`-separated parts. A doubt is told to the `doubt` function given."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.utils.translation import gettext as _

Doubt = Callable[[str], None]
Attributes = dict[str, list[str]]
STRANGE = frozenset('<>=@{}|\\"')
OLDEST = date(1900, 1, 1)


def first(attributes: Attributes, *names: str) -> str:
    """The first value of the first attribute that has one."""
    for name in names:
        values = attributes.get(name)
        if values:
            return values[0]
    return ""


def fitted(text: str, longest: int, doubt: Doubt) -> str:
    """A name as it can be kept: a longer one is cut, one with signs that no name has is kept and told."""
    if len(text) > longest:
        doubt(_("Nom de plus de %(count)s caractères : coupé.") % {"count": longest})
        text = text[:longest].rstrip()
    # « \x80 » to « \x9f » are no letters: they come of a file that says one encoding and is written in another.
    if (
        not STRANGE.isdisjoint(text)
        or text.startswith(("+", "-"))
        or any("\x80" <= sign <= "\x9f" for sign in text)
    ):
        doubt(_("Nom avec des signes inattendus : à vérifier."))
    return text


def day_of(text: str, doubt: Doubt) -> date | None:
    """dd/mm/yyyy; None, and a doubt, for anything else."""
    if not text:
        return None
    day, _slash, rest = text.partition("/")
    month, _slash, year = rest.partition("/")
    try:
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        doubt(_("Date illisible : ignorée."))
        return None


def birth_day_of(text: str, doubt: Doubt) -> date | None:
    day = day_of(text, doubt)
    if day and not OLDEST <= day <= date.today():  # noqa: DTZ011 - a day more or less does not matter here
        doubt(_("Date de naissance impossible : ignorée."))
        return None
    return day


def email_of(text: str, doubt: Doubt) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
        MaxLengthValidator(254)(text)
    except ValidationError:
        doubt(_("Adresse de courriel impossible : ignorée."))
        return ""
    return text


def phone_of(attributes: Attributes) -> str:
    """The number that reaches a person best: the mobile one first."""
    return first(attributes, "ENTPersonMobileSMS", "mobile", "homePhone", "telephoneNumber")[:30]


def placed(value: str) -> tuple[str, str]:
    """`structure$label` → (structure, label). A label may itself hold `$`: only the first one separates."""
    place, _dollar, label = value.partition("$")
    return place.strip(), label.strip()


def placed_subject(value: str) -> tuple[str, str, str]:
    """`structure$class$subject code` → its three parts; the class may hold `$`."""
    place, rest = placed(value)
    label, _dollar, code = rest.rpartition("$")
    return place, label.strip(), code.strip()


def class_line(value: str) -> tuple[str, str]:
    """`3A$3EME$10310019110[$MEF…]` → (label, level). MEF codes have eleven digits; a label may hold `$`."""
    parts = [part.strip() for part in value.split("$")]
    while len(parts) > 1 and (not parts[-1] or (len(parts[-1]) >= 10 and parts[-1][:6].isdigit())):
        parts.pop()
    return ("$".join(parts[:-1]), parts[-1]) if len(parts) > 1 else (parts[0], "")


def group_line(value: str) -> tuple[str, list[str]]:
    """`3A-3B LAT$description$3A$3B` → (label, classes)."""
    parts = [part.strip() for part in value.split("$")]
    return parts[0], [part for part in parts[2:] if part]
