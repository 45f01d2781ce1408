"""Which photos of pupils may be shown today, and what a family has answered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from preau.directory.models import (
    Group,
    Guardianship,
    Holding,
    Person,
    PhotoConsent,
    PupilPhoto,
    School,
)
from preau.directory.queries.groups import pupils_of
from preau.directory.rules import photos as rules
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Role

Answer = PhotoConsent.Answer


class State(StrEnum):
    """What stands under a name: a photo, or why there is none."""

    SHOWN = "shown"
    NO_PHOTO = "no photo"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True)
class Face:
    """A pupil among others. `stamp` changes with the photo, so that a browser asks for the new one."""

    public_id: str
    list_name: str
    initials: str
    state: State
    stamp: str = ""


@dataclass(frozen=True)
class PhotoQuestion:
    """What a viewer is asked about a pupil: in which schools, until when, what they answered, and what follows today."""

    schools: tuple[School, ...]
    until: date | None
    answer: str
    needs_guardian: bool
    may_be_shown: bool
    has_photo: bool


# Who agrees


def givers_of(pupils: Sequence[Person], today: date) -> dict[int, set[int]]:
    """Whose agreement each pupil's photo looks at, beside the pupil's: nobody's from fifteen on. One query."""
    young = [pupil.pk for pupil in pupils if rules.needs_guardian(pupil, today)]
    links = _legal_links(young, today)
    found: dict[int, set[int]] = {pk: set() for pk in young}
    for pupil, guardian in links.values_list("pupil_id", "guardian_id"):
        found[pupil].add(guardian)
    return found


def _legal_links(pupils: Sequence[int], today: date) -> "QuerySet[Guardianship]":
    """Those who agree, or not, for these pupils."""
    links: QuerySet[Guardianship] = Guardianship.objects.informed(today).of_another()
    return links.filter(pupil__in=pupils, authority=Authority.LEGAL, guardian__is_institution=False)


def answers(viewer: Viewer) -> dict[str, Any]:
    """What a query on pupils adds to each of them: their own answer of this year, and whether a legal guardian agrees, or refuses."""
    consents = PhotoConsent.objects.filter(
        pupil=OuterRef("pk"), school=viewer.school_id, year=F("school__current_year")
    )
    return _answers(consents.order_by(), viewer.today)


def _answers(consents: "QuerySet[PhotoConsent]", today: date) -> dict[str, Any]:
    links: QuerySet[Guardianship] = Guardianship.objects.informed(today).of_another()
    legal = links.filter(
        pupil=OuterRef("pupil"),
        guardian=OuterRef("giver"),
        authority=Authority.LEGAL,
        guardian__is_institution=False,
    ).order_by()
    by_guardians = consents.filter(Exists(legal))
    own = Subquery(consents.filter(giver=F("pupil")).values("answer")[:1], output_field=CharField())
    return {
        "own_answer": Coalesce(own, Value(""), output_field=CharField()),
        "guardian_agrees": Exists(by_guardians.filter(answer=PhotoConsent.Answer.YES)),
        "guardian_refuses": Exists(by_guardians.filter(answer=PhotoConsent.Answer.NO)),
    }


def agreed(pupil: Person, today: date, own: str, *, agrees: bool, refuses: bool) -> bool:
    """May the photo be shown, by what `answers` found?"""
    guardians = [PhotoConsent.Answer.YES] * agrees + [PhotoConsent.Answer.NO] * refuses
    return rules.may_be_shown(own, guardians, needs_guardian=rules.needs_guardian(pupil, today))


@dataclass(frozen=True)
class Agreements:
    """What was answered about some pupils for one year, giver by giver ("": asked), and whose answers count beside the pupil's."""

    guardians: dict[int, set[int]]
    told: dict[int, dict[int, str]]

    def allow(self, pupil: int) -> bool:
        """May the photo of this pupil be shown?"""
        by_giver = self.told.get(pupil, {})
        return rules.may_be_shown(
            by_giver.get(pupil, ""),
            [by_giver.get(giver, "") for giver in self.guardians.get(pupil, ())],
            needs_guardian=pupil in self.guardians,
        )

    def not_asked(self, pupil: int) -> list[int]:
        """Who was asked nothing yet about this pupil."""
        givers = [pupil, *sorted(self.guardians.get(pupil, ()))]
        return [giver for giver in givers if giver not in self.told.get(pupil, {})]


def agreements_of(pupils: Sequence[Person], year: int, today: date) -> Agreements:
    """Two queries, whatever the number of pupils."""
    by_pupil: dict[int, dict[int, str]] = defaultdict(dict)
    rows = PhotoConsent.objects.filter(year=year, pupil__in=[pupil.pk for pupil in pupils])
    for pupil, giver, answer in rows.values_list("pupil_id", "giver_id", "answer"):
        by_pupil[pupil][giver] = answer
    return Agreements(givers_of(pupils, today), by_pupil)


def allowed(pupils: Sequence[Person], year: int | None, today: date) -> set[int]:
    """The pupils whose photo may be shown today, of one school and its year."""
    if year is None or not pupils:
        return set()
    agreements = agreements_of(pupils, year, today)
    return {pupil.pk for pupil in pupils if agreements.allow(pupil.pk)}


def told_photos(viewer: Viewer, pupil: Any) -> "QuerySet[PupilPhoto]":
    """The photos of a pupil that the viewer may see, with what was answered of each."""
    consents = PhotoConsent.objects.filter(
        pupil=OuterRef("pupil"), school=OuterRef("school"), year=OuterRef("school__current_year")
    )
    photos = PupilPhoto.objects.visible_to(viewer).filter(pupil=pupil)
    return photos.annotate(**_answers(consents.order_by(), viewer.today))


def photo_shown(viewer: Viewer, pupil: Person) -> PupilPhoto | None:
    """The photo of a pupil, when it may be shown today (one query)."""
    photos = told_photos(viewer, pupil).select_related("school").order_by("-taken_at")
    return next((photo for photo in photos if _shows(photo, pupil, viewer.today)), None)


def _shows(photo: Any, pupil: Person, today: date) -> bool:
    return agreed(
        pupil, today, photo.own_answer, agrees=photo.guardian_agrees, refuses=photo.guardian_refuses
    )


def faces_of(viewer: Viewer, group: Group, pupils: Sequence[Person]) -> tuple[list[Face], bool]:
    """These pupils of a class or group, each with a photo or without; and is somebody still to be asked? Three queries."""
    year = year_of(viewer, group)
    agreements = agreements_of(pupils, year, viewer.today) if year else Agreements({}, {})
    shown = {pupil.pk for pupil in pupils if agreements.allow(pupil.pk)}
    photos = PupilPhoto.objects.visible_to(viewer).filter(pupil__in=shown)
    names = dict(photos.values_list("pupil_id", "picture"))
    faces = [
        Face(
            pupil.public_id,
            pupil.list_name,
            pupil.initials,
            _state(pupil.pk, shown, names),
            names[pupil.pk][7:15] if pupil.pk in names else "",
        )
        for pupil in pupils
    ]
    return faces, bool(year) and any(agreements.not_asked(pupil.pk) for pupil in pupils)


def _state(pupil: int, shown: Collection[int], names: Collection[int]) -> State:
    if pupil not in shown:
        return State.NOT_ALLOWED
    return State.SHOWN if pupil in names else State.NO_PHOTO


def year_of(viewer: Viewer, group: Group) -> int | None:
    """A class of another year is shown without photos: the agreement was for its year."""
    year = viewer.year
    return year.pk if year and group.year_id == year.pk else None


def to_ask(viewer: Viewer, group: Group) -> list[tuple[Person, int]]:
    """Who is still to be asked about a pupil of this class or group: the pupil, the giver. Three queries."""
    year = year_of(viewer, group)
    if year is None:
        return []
    pupils = list(pupils_of(viewer, group))
    agreements = agreements_of(pupils, year, viewer.today)
    return [(pupil, giver) for pupil in pupils for giver in agreements.not_asked(pupil.pk)]


# What a family answers


def places_of(viewer: Viewer, pupil: Person) -> list[School]:
    """The schools where the pupil learns today and whose year is known; a pupil answers to the one where they sit."""
    held = Holding.objects.active(viewer.today).filter(person=pupil, role=Role.PUPIL)
    if viewer.school_id:
        held = held.filter(school=viewer.school_id)
    schools = School.objects.filter(pk__in=held.values("school_id"), current_year__isnull=False)
    return list(schools.select_related("current_year").order_by("name", "pk"))


def asked_of(viewer: Viewer, pupil: Person) -> PhotoQuestion:
    """The question as its page shows it to the pupil or to a guardian, in four queries. Another guardian's answer is not said."""
    schools = places_of(viewer, pupil)
    by_year: dict[int, dict[int, str]] = defaultdict(dict)
    rows = PhotoConsent.objects.filter(
        year__in=[school.current_year_id for school in schools], pupil=pupil
    ).order_by("pk")
    for year, giver, answer in rows.values_list("year_id", "giver_id", "answer"):
        by_year[year][giver] = answer
    guardians = givers_of([pupil], viewer.today)
    shown_in = [
        school.pk
        for school in schools
        if Agreements(guardians, {pupil.pk: by_year.get(school.current_year_id or 0, {})}).allow(pupil.pk)
    ]
    own = [by_giver.get(viewer.person.pk, "") for by_giver in by_year.values()]
    return PhotoQuestion(
        schools=tuple(schools),
        until=max((school.current_year.ends for school in schools if school.current_year), default=None),
        answer=own[0] if own else "",
        needs_guardian=rules.needs_guardian(pupil, viewer.today),
        may_be_shown=bool(shown_in),
        has_photo=PupilPhoto.objects.visible_to(viewer).filter(pupil=pupil, school__in=shown_in).exists(),
    )


def pupils_to_answer_for(viewer: Viewer) -> list[Person]:
    """The pupils about whose photo the viewer answers: oneself, or the children under fifteen of a legal guardian."""
    if not viewer.is_guardian:
        return [viewer.person] if viewer.own_pupils() else []
    links = Guardianship.objects.informed(viewer.today).of_another()
    links = links.filter(
        guardian=viewer.person, authority=Authority.LEGAL, pupil__in=viewer.own_pupils()
    ).select_related("pupil")
    children = {link.pupil_id: link.pupil for link in links.order_by("pupil__given_name", "pupil_id")}
    return [child for child in children.values() if rules.needs_guardian(child, viewer.today)]


# What must go


def photos_to_drop(today: date) -> Iterable[PupilPhoto]:
    """The photos that nobody may see any more: an agreement is over or taken back, or the pupil has left. Two queries a school, one school at a time."""
    for school in School.objects.filter(pupil_photos__isnull=False).distinct().order_by("pk"):
        photos = list(PupilPhoto.objects.filter(school=school).select_related("pupil").order_by("pk"))
        here = Holding.objects.active(today).filter(school=school, role=Role.PUPIL)
        present = set(here.values_list("person_id", flat=True))
        standing = allowed([photo.pupil for photo in photos], school.current_year_id, today)
        yield from (photo for photo in photos if photo.pupil_id not in standing & present)
