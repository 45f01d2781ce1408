"""Who the office looks for, who looks like somebody it is about to write down, and what it says beside the files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import (
    Correction,
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Person,
)
from preau.directory.models.corrections import CONTRADICTED
from preau.directory.models.scoping import active_on
from preau.directory.queries.finding import classes_of, pupils_here
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.rules.office import enrolled_by_hand
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited
from preau.foundation.lookup import LookupTerms, slips_allowed, slips_between
from preau.foundation.text import fold, phone

Kind = Correction.Kind
MOST_ALIKE, MOST_FOUND = 6, 40
EVERYBODY, PUPILS, FAMILIES, STAFF = "", "eleves", "familles", "personnels"


@dataclass(frozen=True)
class PersonLine:
    """One person of the school, what they are there, and how they are reached."""

    public_id: str
    list_name: str
    does: str
    phone: str
    email: str


def people_found(viewer: Viewer, words: str, kind: str = "", group: Group | None = None) -> list[PersonLine]:
    """The people of the school by the words of their name, or by their telephone or e-mail; by kind and by class. Five queries."""
    scope = _scope(viewer, kind, group)
    found: list[Person] = []
    if reached := _reached_by(words):
        found = list(scope.filter(reached).order_by("search_name", "pk")[:MOST_FOUND])
    elif terms := LookupTerms.typed(words):
        if terms.words:
            rows = terms.among(scope, "search_name")
            found = [person for person, _slips in terms.best(rows, lambda person: person.search_name)][
                :MOST_FOUND
            ]
        elif kind or group:
            found = list(scope.order_by("search_name", "pk")[:MOST_FOUND])
    return _lines(viewer, found)


def _scope(viewer: Viewer, kind: str, group: Group | None) -> "QuerySet[Person]":
    """Everybody in the school, an institution apart: nobody looks for the children who are placed."""
    pupils: Any = pupils_here(viewer).values("person_id")
    works = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).exclude(role=Role.PUPIL)
    if group:
        pupils = Enrolment.objects.active(viewer.today).filter(group=group).values("pupil_id")
    links = Guardianship.objects.active(viewer.today).filter(pupil__in=pupils)
    kinds = {
        PUPILS: Q(pk__in=pupils),
        FAMILIES: Q(pk__in=links.values("guardian_id"), is_institution=False),
        STAFF: Q(pk__in=works.values("person_id")),
    }
    everybody = kinds[PUPILS] | kinds[FAMILIES] | (Q() if group else kinds[STAFF])
    if group:
        everybody = kinds[PUPILS] | kinds[FAMILIES]
    return Person.objects.filter(kinds.get(kind, everybody), erased_at=None)


def _reached_by(words: str) -> Q | None:
    """A telephone or an e-mail, and not a name; the digits of a number however they are cut."""
    typed = words.strip()
    if "@" in typed:
        return Q(email__iexact=typed)
    digits = "".join(sign for sign in typed if sign.isdigit())
    return Q(phone__in=ways_of(typed)) if len(digits) >= 9 else None


def ways_of(number: str) -> list[str]:
    """How the same number may be written in a file."""
    text = phone(number).replace("\u00a0", " ")
    bare = "".join(sign for sign in text if sign.isdigit())
    pairs = [bare[at : at + 2] for at in range(0, len(bare), 2)]
    written = {number.strip(), text, bare}
    if len(bare) == 10 and bare.startswith("0"):
        written |= {" ".join(pairs), ".".join(pairs), "-".join(pairs), f"+33{bare[1:]}", f"0033{bare[1:]}"}
        written |= {f"+33 {bare[1]} {' '.join(pairs[1:])}"}
    return sorted(written)


def _lines(viewer: Viewer, people: Sequence[Person]) -> list[PersonLine]:
    ids = [person.pk for person in people]
    classes = classes_of(viewer, ids) if ids else {}
    held: dict[int, list[str]] = {}
    rows = Holding.objects.active(viewer.today).filter(person__in=ids, school_id=viewer.school_id)
    for row in rows.select_related("person").order_by("pk"):
        label = Role(row.role).said_of(row.person.civility)
        held.setdefault(row.person_id, []).append(f"{label} · {row.title}" if row.title else label)
    links = Guardianship.objects.active(viewer.today).of_another()
    links = links.filter(guardian__in=ids, pupil__in=pupils_here(viewer).values("person_id"))
    for link in links.select_related("pupil").order_by("pk"):
        label = _("responsable de %(name)s") % {"name": link.pupil.full_name}
        held.setdefault(link.guardian_id, []).append(label)
    return [
        PersonLine(
            person.public_id,
            person.list_name,
            ", ".join(filter(None, [classes.get(person.pk, ""), *dict.fromkeys(held.get(person.pk, ()))])),
            person.phone,
            person.email,
        )
        for person in people
    ]


# Before somebody is written down


@dataclass(frozen=True)
class Alike:
    """Somebody of the school who may be the person of the form, and why, in words."""

    person: Person
    said: str


def pupils_like(viewer: Viewer, family: str, given: str, born: date | None) -> list[Alike]:
    """Pupils of the school, of any date, of the same names or born the same day with a name that nearly is.

    Whoever `enrolling._twins` may refuse is offered here: the question could not be answered otherwise.
    """
    names = (fold(family), fold(given))
    ever = Holding.objects.filter(school=viewer.school_id, role=Role.PUPIL)
    near = Q(search_name=" ".join(names)[:220]) | (Q(birth_date=born) if born else Q())
    people = Person.objects.filter(near, pk__in=ever.values("person_id"), erased_at=None)
    found = [one for one in people if _nearly(names, one)]
    lasting = ever.filter(Q(ends=None) | Q(ends__gt=viewer.today), person__in=found)
    goes_on = set(lasting.values_list("person_id", flat=True))
    found.sort(key=lambda one: one.pk not in goes_on)
    return [Alike(one, _said_of_pupil(one, left=one.pk not in goes_on)) for one in found[:MOST_ALIKE]]


def _nearly(names: tuple[str, str], person: Person) -> bool:
    if person.search_name == " ".join(names)[:220]:
        return True
    mine = (fold(person.family_name), fold(person.given_name))
    return all(
        one == other or slips_between(one, other, allowed, of_beginning=False) <= allowed
        for one, other in zip(names, mine, strict=True)
        for allowed in [slips_allowed(min(one, other, key=len))]
    )


def _said_of_pupil(person: Person, *, left: bool) -> str:
    born = dates.plain_day(person.birth_date) if person.birth_date else _("date de naissance inconnue")
    if left:
        return _("%(name)s, %(born)s, a quitté l’établissement") % {"name": person.list_name, "born": born}
    return _("%(name)s, %(born)s, élève ici") % {"name": person.list_name, "born": born}


def adults_like(viewer: Viewer, family: str, given: str, number: str, email: str) -> list[Alike]:
    """Adults of the school, of any date, of the same names, telephone or e-mail; what is said of them: names and children alone.

    Whoever `enrolling._colleagues` may refuse is offered here: the question could not be answered otherwise.
    """
    near = Q(search_name=fold(f"{family} {given}")[:220])
    near |= Q(phone__in=ways_of(number)) if number else Q()
    near |= Q(email__iexact=email) if email else Q()
    ever = Holding.objects.filter(school=viewer.school_id)
    pupils = ever.filter(role=Role.PUPIL).values("person_id")
    families = Guardianship.objects.of_another().filter(pupil__in=pupils).values("guardian_id")
    adults = Q(pk__in=ever.exclude(role=Role.PUPIL).values("person_id")) | Q(pk__in=families)
    people = Person.objects.filter(near, adults, erased_at=None, is_institution=False)
    found = list(people.order_by("search_name", "pk")[:MOST_ALIKE])
    lines = _lines(viewer, found)
    return [
        Alike(person, f"{line.list_name}, {line.does}" if line.does else line.list_name)
        for person, line in zip(found, lines, strict=True)
    ]


def is_answered_for(viewer: Viewer, pupil: Person) -> bool:
    """Does anybody answer for this pupil today?"""
    return Guardianship.objects.active(viewer.today).of_another().filter(pupil=pupil).exists()


def classes_open(viewer: Viewer) -> "QuerySet[Group]":
    """The classes of this year."""
    return Group.objects.in_school(viewer).filter(year=viewer.year, kind=Group.Kind.CLASS)


# What is said beside the files


@dataclass(frozen=True)
class CorrectionRow:
    pk: int
    public_id: str
    list_name: str
    field: str
    value: str
    told: str
    by: str
    at: Any
    contradicted: int
    contradicted_on: date | None
    is_contradicted: bool
    may_withdraw: bool
    is_enrolment: bool


def corrections_of(viewer: Viewer) -> "QuerySet[Correction]":
    """Those that a file contradicts first, then the latest."""
    rows = Correction.objects.visible_to(viewer).filter(person__erased_at=None)
    return rows.select_related("person", "by").order_by("-contradicted", "-at", "-pk")


def correction_rows(viewer: Viewer, rows: Iterable[Correction]) -> list[CorrectionRow]:
    """These rows in words (one query, for the enrolments that may be taken back)."""
    rows = list(rows)
    enrolled = [row.person_id for row in rows if row.field == Kind.ENROLMENT]
    by_hand = enrolled_by_hand(viewer).filter(person__in=enrolled).values_list("person_id", flat=True)
    found = set(by_hand) if enrolled else set()
    return [
        CorrectionRow(
            row.pk,
            row.person.public_id,
            row.person.list_name,
            str(Kind(row.field).label),
            value_said(row.field, row.value),
            value_said(row.field, row.told) or "—",
            row.by.full_name if row.by else "—",
            row.at,
            row.contradicted,
            row.contradicted_on,
            row.is_contradicted,
            row.field != Kind.ENROLMENT or row.person_id in found,
            row.field == Kind.ENROLMENT,
        )
        for row in rows
    ]


def value_said(field: str, value: str) -> str:
    """A value as the page says it."""
    if field == Kind.BIRTH_DATE and value:
        return dates.plain_day(date.fromisoformat(value))
    if field == Kind.DEPARTURE and value[:1].isdigit():
        return _("dernier jour : %(day)s") % {"day": dates.plain_day(date.fromisoformat(value))}
    return phone(value) if field == Kind.PHONE else value


def correction_lines(viewer: Viewer) -> Iterator[list[str]]:
    """For whoever keys the official file: what to change there."""
    for row in corrections_of(viewer).iterator(500):
        person = row.person
        yield [
            person.family_name,
            person.given_name,
            dates.plain_day(person.birth_date) if person.birth_date else "",
            str(Kind(row.field).label),
            value_said(row.field, row.value),
            value_said(row.field, row.told),
            str(row.contradicted),
        ]


@dataclass(frozen=True)
class SaidHere:
    """One correction in words; `told` is "" when the file says nothing of it yet."""

    field: str
    value: str
    told: str
    contradicted: int
    is_contradicted: bool


@dataclass(frozen=True)
class OfficeFacts:
    """What the page of a person adds for the office: corrections in words, and where they live."""

    corrections: tuple[SaidHere, ...]
    address: str
    is_protected: bool


def fact_of(field: str, value: str, file_value: str, times: int) -> SaidHere:
    return SaidHere(
        str(Kind(field).label),
        value_said(field, value),
        value_said(field, file_value),
        times,
        times >= CONTRADICTED,
    )


# Pupils written down here for whom nobody answers, among what waits for the office

UNANSWERED = "directory.unanswered"


def rows_unanswered(viewer: Viewer) -> "QuerySet[Correction, Any]":
    """Whom the office enrolled alone, with their date of birth; whom a file brings alone is the file's business."""
    links = Guardianship.objects.active(viewer.today).of_another().filter(pupil=OuterRef("person"))
    found = Correction.objects.visible_to(viewer).filter(
        ~Exists(links),
        field=Kind.ENROLMENT,
        person__in=pupils_here(viewer).values("person_id"),
        person__erased_at=None,
    )
    return row_of(
        found,
        UNANSWERED,
        about="person_id",
        whose="person__given_name",
        text="person__family_name",
        word="person__public_id",
        day="person__birth_date",
    )


def said_unanswered(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """« Aucun responsable noté : Maël Kerbrat », one line a minor: whoever is of age answers alone."""
    of_age = eighteen_years_before(viewer.today)
    return [
        Awaited(
            _("Aucun responsable noté"),
            reverse("directory:add_guardian", kwargs={"public_id": row.word}),
            _("Ajouter un responsable"),
            about=row.about,
            whose=f"{row.whose} {row.text}",
            icon="users",
        )
        for row in rows
        if row.day is None or row.day > of_age
    ]


def departure_of(viewer: Viewer, pupil: Person) -> Correction | None:
    """The departure that the school has noted."""
    return Correction.objects.visible_to(viewer).filter(person=pupil, field=Kind.DEPARTURE).first()


def first_class_of(viewer: Viewer, pupil: Person) -> str:
    learning = Enrolment.objects.filter(active_on(viewer.today), pupil=pupil, school=viewer.school_id)
    found = learning.filter(group__kind=Group.Kind.CLASS).values_list("group__name", flat=True).first()
    return found or ""
