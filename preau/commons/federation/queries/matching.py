"""From what a provider says of somebody to the people of the directory whom it names: by keys, never by a name alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from preau.commons.federation.models import Provider
from preau.commons.federation.words import ACADEMIES, Arrival, Key
from preau.directory.models import ExternalId, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.foundation.text import fold

GUARDIAN_VECTORS, PUPIL_VECTORS = frozenset("12"), frozenset("34")
# A family has a few children in a few schools; a list of a thousand is not one.
MOST_VALUES = 40
PREFIX = "{AAF}"


@dataclass(frozen=True)
class Match:
    """A person of the directory whom an attribute names, and by which key."""

    person_id: int
    key: Key


@dataclass(frozen=True)
class Vector:
    """`profil|nom|prénom|numéro|UAI`: 1 and 2 a guardian, named, of the pupil of this number there; 3 and 4 that pupil."""

    profile: str
    family: str
    given: str
    number: str
    uai: str


def vector_of(value: str) -> Vector | None:
    """A vector, read; None when it is not one, or speaks of people of another sort."""
    parts = [part.strip() for part in value.split("|")]
    if len(parts) != 5 or not parts[3] or not parts[4]:
        return None
    if parts[0] not in GUARDIAN_VECTORS | PUPIL_VECTORS:
        return None
    return Vector(parts[0], parts[1], parts[2], parts[3], parts[4].upper())


def reference_of(value: str) -> tuple[str, str] | None:
    """`{AAF}14|…|123`: the académie and the jointure; None for a reference to another directory."""
    if not value.startswith(PREFIX):
        return None
    parts = [part.strip() for part in value.removeprefix(PREFIX).split("|")]
    if len(parts) != 3 or not parts[0] or not parts[2]:
        return None
    return parts[0], parts[2]


def jointure_of(value: str, authority: str) -> tuple[str, str] | None:
    """`AC-RENNES$123`, or `123` from a provider of which it is known whose numbers it gives."""
    academy, mark, number = value.strip().rpartition("$")
    academy = academy.upper().removeprefix("AC-") if mark else authority
    return (academy, number) if academy and number else None


def authorities_of(academy: str) -> list[str]:
    """An académie as deliveries may have named it: its number, or its name folded."""
    text = fold(academy).replace("_", "-")
    number = text.lstrip("0") or text
    if number in ACADEMIES:
        return [number, fold(ACADEMIES[number])]
    known = [code for code, name in ACADEMIES.items() if fold(name) == text]
    # A name of signs alone folds into nothing, and nothing names no académie.
    return [one for one in dict.fromkeys([*known, number, text]) if one]


def named_by(provider: Provider, arrival: Arrival, today: date) -> set[Match]:
    """Everybody whom the attributes of an arrival name. One person is who has come; several are nobody."""
    found: set[Match] = set()
    for attribute, key in provider.rules.items():
        # PostgreSQL reads no text with a NUL.
        values = [str(value)[:500].replace("\0", " ") for value in arrival.facts.get(attribute, ())][
            :MOST_VALUES
        ]
        if key == Key.VECTOR:
            people = by_vectors(values, today)
        elif key == Key.REFERENCE:
            people = by_jointures(filter(None, map(reference_of, values)))
        elif key == Key.JOINTURE:
            people = by_jointures(filter(None, (jointure_of(value, provider.authority) for value in values)))
        else:
            people = by_emails(values, provider.domains, today) if key == Key.EMAIL else set()
        found |= {Match(pk, Key(key)) for pk in people}
    return found


def by_jointures(jointures: Iterable[tuple[str, str]]) -> set[int]:
    """Those whom the académie's own files bring under these keys."""
    wanted = Q()
    for academy, number in jointures:
        wanted |= Q(authority__in=authorities_of(academy), value=number)
    if not wanted:
        return set()
    keys = ExternalId.objects.filter(wanted, source="aaf", kind="person", person__erased_at=None)
    return set(keys.values_list("person_id", flat=True))


def by_emails(emails: Sequence[str], domains: Sequence[str], today: date) -> set[int]:
    """Those who work somewhere today under one of these professional e-mails. Families share theirs: it names nobody; nor does
    what a school wrote of whoever it let in from outside."""
    wanted = Q()
    for email in emails:
        if email.rpartition("@")[2].lower() in {domain.lower() for domain in domains}:
            wanted |= Q(email__iexact=email.strip())
    if not wanted:
        return set()
    official = Holding.objects.filter(active_on(today), guest__isnull=True)
    working = official.exclude(role__in=[Role.PUPIL, Role.OPERATOR])
    people = Person.objects.filter(wanted, pk__in=working.values("person_id"), erased_at=None)
    return set(people.values_list("pk", flat=True))


def by_vectors(values: Iterable[str], today: date) -> set[int]:
    """The pupils of these numbers; of a guardian's vectors, those of their guardians who bear its name."""
    vectors = [vector for value in values if (vector := vector_of(value))]
    pupils = _pupils_of(vectors, today)
    found = {
        pupils[vector.uai, vector.number]
        for vector in vectors
        if _is_pupil(vector) and (vector.uai, vector.number) in pupils
    }
    asked = [vector for vector in vectors if not _is_pupil(vector) and (vector.uai, vector.number) in pupils]
    if asked:
        guardians = _guardians_of({pupils[vector.uai, vector.number] for vector in asked}, today)
        for one in asked:
            found |= {
                person.pk for person in guardians.get(pupils[one.uai, one.number], ()) if _bears(person, one)
            }
    return found


def _is_pupil(vector: Vector) -> bool:
    return vector.profile in PUPIL_VECTORS


def _pupils_of(vectors: Sequence[Vector], today: date) -> dict[tuple[str, str], int]:
    """The pupil of each number, as the school's own software counts them, who learns there today."""
    wanted = Q()
    for uai, number in {(vector.uai, vector.number) for vector in vectors}:
        wanted |= Q(authority=f"uai:{uai}", value=number)
    if not wanted:
        return {}
    keys = ExternalId.objects.filter(wanted, source="siecle", kind="person", person__erased_at=None)
    rows = list(keys.values_list("authority", "value", "person_id"))
    learning = Holding.objects.filter(
        active_on(today), role=Role.PUPIL, person__in=[person for _, _, person in rows]
    )
    there = set(learning.values_list("person_id", "school__uai"))
    found: dict[tuple[str, str], set[int]] = {}
    for authority, number, person in rows:
        uai = authority.removeprefix("uai:")
        if (person, uai) in there:
            found.setdefault((uai, number), set()).add(person)
    return {place: people.pop() for place, people in found.items() if len(people) == 1}


def _guardians_of(pupils: set[int], today: date) -> Mapping[int, list[Person]]:
    followed = Guardianship.objects.informed(today).of_another()
    followed = followed.filter(pupil__in=pupils, guardian__erased_at=None, guardian__is_institution=False)
    found: dict[int, list[Person]] = {}
    for guardianship in followed.select_related("guardian"):
        found.setdefault(guardianship.pupil_id, []).append(guardianship.guardian)
    return found


def _bears(person: Person, vector: Vector) -> bool:
    """Does a guardian bear the name of a vector? It says the name of use or of birth, as the school's files do."""
    families = {fold(person.family_name), fold(person.birth_name)} - {""}
    return fold(vector.family) in families and fold(vector.given) == fold(person.given_name) != ""
