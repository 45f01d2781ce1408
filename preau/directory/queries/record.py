"""The record of a pupil: who they are, and the blocks that each house shows of them to whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import (
    Address,
    Assignment,
    Correction,
    Enrolment,
    Group,
    Holding,
    Person,
    PupilPhoto,
)
from preau.directory.models.scoping import active_on
from preau.directory.queries.families import Family, family_of
from preau.directory.queries.office import OfficeFacts, fact_of
from preau.directory.queries.photos import agreed, answers, told_photos
from preau.directory.queries.profiles import TaughtSubject, gathered
from preau.directory.rules import follows_pupil, reads_families
from preau.directory.rules.office import keeps_office
from preau.directory.rules.photos import keeps_photos, taught_by
from preau.directory.viewer import Viewer
from preau.directory.words import Role, lead_of_class
from preau.foundation import boards
from preau.foundation.boards import Column
from preau.foundation.prepared import Prepared

HOLDS, LEARNS, TAUGHT, CORRECTED, LIVES, CLASSMATE, PHOTO = range(7)
# The name under which a photo is kept changes with it: a browser asks for the new one.
STAMP = slice(7, 15)


@dataclass(frozen=True)
class Schooling:
    """Where a pupil learns, and with whom: `head` is the head teacher of the class, "" where there is none."""

    classes: tuple[tuple[int, str], ...]
    groups: tuple[tuple[int, str], ...]
    head: str
    taught: tuple[TaughtSubject, ...]
    head_links: tuple[tuple[str, str], ...] = ()
    last_day: date | None = None
    is_led_by_women: bool = False

    def lead_in(self, viewer: Viewer) -> str:
        """How this head teacher is called: « Enseignante » in an école."""
        civility = "mme" if viewer.in_primary and self.is_led_by_women else ""
        return lead_of_class(in_ecole=viewer.in_primary, civility=civility)


def _schooling(viewer: Viewer, pupil: int) -> "QuerySet[Any, tuple[Any, ...]]":
    """One list from six tables: that they are a pupil here, their classes and groups, who teaches these; for the office, what it
    says beside the files and where they live; and the photo, for the staff with those of the class."""
    none = Value("", CharField())
    until = Coalesce(Cast("ends", CharField()), none)
    held = Holding.objects.visible_to(viewer).active(viewer.today).filter(person=pupil, role=Role.PUPIL)
    learnt = Enrolment.objects.visible_to(viewer).active(viewer.today).filter(pupil=pupil)
    taught = Assignment.objects.visible_to(viewer).active(viewer.today)
    taught = taught.filter(group__in=learnt.order_by().values("group_id"))
    lists: list[Any] = [
        held.values_list(Value(HOLDS), "pk", until, none, none, none, none, none),
        learnt.values_list(Value(LEARNS), "group_id", "group__kind", "group__name", none, none, none, none),
        taught.values_list(
            Value(TAUGHT),
            "pk",
            "kind",
            "subject__name",
            "teacher__civility",
            "teacher__given_name",
            "teacher__family_name",
            "teacher__public_id",
        ),
        *_said_by_office(viewer, pupil),
        _classmates(viewer, learnt) if viewer.is_staff else _photos(viewer, pupil),
    ]
    first, *others = (one.order_by() for one in lists)
    found: QuerySet[Any, tuple[Any, ...]] = first.union(*others, all=True)
    return found


def _said_by_office(viewer: Viewer, person: int) -> list[Any]:
    """The same columns, for whoever reads them."""
    none = Value("", CharField())
    lists: list[Any] = []
    if viewer.holds(Role.HEAD, Role.SECRETARY):
        corrections = Correction.objects.visible_to(viewer).filter(person=person)
        times = Cast("contradicted", CharField())
        lists.append(
            corrections.values_list(Value(CORRECTED), "pk", "field", "value", "told", times, none, none)
        )
    if viewer.holds(Role.HEAD, Role.SECRETARY, Role.SCHOOL_LIFE) or not viewer.is_staff:
        lived = Address.objects.visible_to(viewer).filter(person=person)
        kept = Case(When(is_protected=True, then=Value("1")), default=Value(""), output_field=CharField())
        lists.append(lived.values_list(Value(LIVES), "pk", "lines", kept, none, none, none, none))
    return lists


def _said_of_photos() -> Concat:
    """What `answers` added, as one word: the pupil's own answer, then « a » where a legal guardian agrees and « r » where one refuses."""
    none = Value("", CharField())
    agrees = Case(When(guardian_agrees=True, then=Value("a")), default=none, output_field=CharField())
    refuses = Case(When(guardian_refuses=True, then=Value("r")), default=none, output_field=CharField())
    return Concat("own_answer", Value(" "), agrees, refuses, output_field=CharField())


def _classmates(viewer: Viewer, learnt: "QuerySet[Enrolment]") -> "QuerySet[Any, tuple[Any, ...]]":
    """Who learns today in the class of the pupil, among those that the viewer sees, each with the photo that they may see."""
    places = learnt.filter(group__kind=Group.Kind.CLASS).order_by("group__name", "group_id")
    first = places.values("group_id")[:1]
    learning = Enrolment.objects.visible_to(viewer).active(viewer.today).filter(group__in=first)
    seen: QuerySet[Any] = Person.objects.visible_to(viewer).filter(
        pk__in=learning.order_by().values("pupil_id"), erased_at=None
    )
    photos = PupilPhoto.objects.visible_to(viewer).filter(pupil=OuterRef("pk")).order_by("-taken_at")
    if not keeps_photos(viewer):
        own = taught_by(viewer).values("group_id")
        photos = photos.filter(
            Exists(Enrolment.objects.filter(active_on(viewer.today), pupil=OuterRef("pupil"), group__in=own))
        )
    stamp = Subquery(photos.values("picture")[:1], output_field=CharField())
    seen = seen.annotate(photo=Coalesce(stamp, Value(""), output_field=CharField()), **answers(viewer))
    return seen.values_list(
        Value(CLASSMATE),
        "pk",
        "public_id",
        "given_name",
        "family_name",
        "photo",
        _said_of_photos(),
        "search_name",
    )


def _photos(viewer: Viewer, pupil: int) -> "QuerySet[Any, tuple[Any, ...]]":
    """Those of the pupil alone."""
    none = Value("", CharField())
    taken, picture = Cast("taken_at", CharField()), Cast("picture", CharField())
    photos: QuerySet[Any] = told_photos(viewer, pupil)
    return photos.values_list(Value(PHOTO), "pk", taken, none, none, picture, _said_of_photos(), none)


SCHOOLING = Prepared(_schooling)


def schooling_of(viewer: Viewer, person: Person) -> Schooling | None:
    """Of a pupil; None for whoever is none, as far as the viewer knows (one query, asked once)."""
    key = ("directory.schooling", person.pk)
    if key not in viewer.found:
        lines = SCHOOLING(viewer, person.pk)
        viewer.found[key] = _schooling_from(lines)
        viewer.found["directory.office", person.pk] = _office_from(lines)
        viewer.found["directory.photos", person.pk] = [
            line[1:] for line in lines if line[0] in {CLASSMATE, PHOTO}
        ]
    found: Schooling | None = viewer.found[key]
    return found


def office_facts(viewer: Viewer, person: Person) -> OfficeFacts:
    """What the office says of somebody, and where they live, as far as the viewer reads it; of the same query."""
    schooling_of(viewer, person)
    found: OfficeFacts = viewer.found["directory.office", person.pk]
    return found


def _office_from(lines: list[tuple[Any, ...]]) -> OfficeFacts:
    corrections = [line[2:6] for line in lines if line[0] == CORRECTED]
    lived = [line[2:4] for line in lines if line[0] == LIVES]
    address, kept = lived[0] if lived else ("", "")
    return OfficeFacts(
        tuple(
            fact_of(field, value, file_value, int(times))
            for field, value, file_value, times in sorted(corrections)
        ),
        address,
        bool(kept),
    )


def _schooling_from(lines: list[tuple[Any, ...]]) -> Schooling | None:
    if not any(line[0] in {HOLDS, LEARNS} for line in lines):
        return None
    learnt = sorted((name, pk, kind) for what, pk, kind, name, *_more in lines if what == LEARNS)
    places = {
        kind: tuple((pk, name) for name, pk, one in learnt if one == kind) for kind in Group.Kind.values
    }
    civilities = {one.value: str(one.label) for one in Person.Civility}
    teachers = [
        (kind, subject or "", f"{civilities[civility] if civility else given} {family}".strip(), public_id)
        for what, _pk, kind, subject, civility, given, family, public_id in lines
        if what == TAUGHT
    ]
    leads, teaches = Assignment.Kind.HEAD_TEACHER.value, sorted(teachers, key=lambda teacher: teacher[1:])
    heads = [(name, public_id) for kind, _subject, name, public_id in teaches if kind == leads]
    taught = gathered(
        (subject, name, public_id) for kind, subject, name, public_id in teaches if kind != leads
    )
    return Schooling(
        places[Group.Kind.CLASS],
        places[Group.Kind.GROUP],
        ", ".join(dict.fromkeys(name for name, _key in heads)),
        taught,
        tuple(dict.fromkeys(heads)),
        _last_day([line[2] for line in lines if line[0] == HOLDS]),
        {line[4] for line in lines if line[0] == TAUGHT and line[2] == leads}
        == {Person.Civility.MADAM.value},
    )


def _last_day(ends: list[str]) -> date | None:
    """The last day here of a pupil who is known to leave."""
    return date.fromisoformat(max(ends)) - timedelta(days=1) if ends and all(ends) else None


@dataclass(frozen=True)
class Block:
    """What one house shows in the record: its entry of the board, and the context of its template."""

    fact: boards.PupilFact
    context: Mapping[str, Any]
    more: str

    @property
    def title(self) -> str:
        return self.fact.heading(self.context) if self.fact.heading else str(self.fact.title)

    @property
    def summary(self) -> str:
        return self.fact.summary(self.context) if self.fact.summary else ""


def blocks_of(viewer: Viewer, pupil: Person) -> dict[str, list[Block]]:
    """What this viewer (`alone_with` the pupil) may read of them, column by column."""
    columns: dict[str, list[Block]] = {column.value: [] for column in Column}
    for fact, seated in boards.offered(boards.pupil_facts, viewer):
        context = fact.content(seated, pupil) if fact.open_to(seated) else None
        if context is not None:
            more = fact.more(seated, pupil) if fact.more else ""
            columns[fact.column].append(Block(fact, context, more))
    return columns


def gestures_of(viewer: Viewer, pupil: Person) -> list[tuple[boards.PupilLink, str]]:
    """What this viewer may do for the pupil, each on its own page where the pupil is chosen."""
    offered = boards.offered(boards.pupil_links, viewer)
    return [(link, link.address(pupil.public_id)) for link, seated in offered if link.open_to(seated)]


def subtitle_of(viewer: Viewer, pupil: Person, schooling: Schooling) -> str:
    """« 5e B · 12 ans · professeur principal : Mme Moreau », as far as the viewer reads it."""
    age = pupil.age_on(viewer.today) if follows_pupil(viewer) else None
    lead = schooling.lead_in(viewer).lower()
    return " · ".join(
        [
            *(name for _pk, name in schooling.classes),
            *([ngettext("%(num)s an", "%(num)s ans", age) % {"num": age}] if age is not None else []),
            *([_("%(lead)s : %(name)s") % {"lead": lead, "name": schooling.head}] if schooling.head else []),
        ]
    )


def alone_with(viewer: Viewer, pupil: Person) -> Viewer:
    """A guardian of several children looks at one of them; anybody else is as they are."""
    return viewer.for_child(pupil.pk) if viewer.is_guardian else viewer


@dataclass(frozen=True)
class Beside:
    """Those before and after a pupil in the list of their class: public id and name. `photo`: the stamp of the one that may be shown."""

    before: tuple[str, str] | None = None
    after: tuple[str, str] | None = None
    photo: str = ""

    @property
    def is_alone(self) -> bool:
        return self.before is None and self.after is None


def _shown(pupil: Person, today: date, picture: str, word: str) -> str:
    """The stamp of a photo where those who must agree do."""
    own, _space, guardians = word.partition(" ")
    may = agreed(pupil, today, own, agrees="a" in guardians, refuses="r" in guardians)
    return picture[STAMP] if may else ""


def beside(viewer: Viewer, pupil: Person, schooling: Schooling) -> Beside:
    """The records before and after this one, for whoever opens those of a class (no query more than `schooling_of`)."""
    if not viewer.is_staff or not schooling.classes:
        return Beside()
    found = sorted(viewer.found["directory.photos", pupil.pk], key=lambda line: (line[6], line[0]))
    keys = [line[0] for line in found]
    if pupil.pk not in keys:
        return Beside()
    here = keys.index(pupil.pk)
    pupils = [(public_id, f"{given} {family}") for _pk, public_id, given, family, *_more in found]
    before = pupils[here - 1] if here else None
    after = pupils[here + 1] if here + 1 < len(pupils) else None
    return Beside(before, after, _shown(pupil, viewer.today, found[here][4], found[here][5]))


def face_of(viewer: Viewer, pupil: Person, beside: Beside) -> str:
    """The stamp of the photo of a pupil where it may be shown today, or nothing (no query more than `schooling_of`)."""
    if viewer.is_staff:
        return beside.photo
    newest = sorted(viewer.found["directory.photos", pupil.pk], key=lambda line: line[1], reverse=True)
    stamps = (_shown(pupil, viewer.today, line[4], line[5]) for line in newest)
    return next((stamp for stamp in stamps if stamp), "")


# What the directory itself shows there


def callers(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """Whom to call, in the order of the school; where nobody is written down, that is said."""
    if not reads_families(viewer):
        return None
    family: Family = family_of(viewer, pupil, others=False)
    nobody = not (family.to_call or family.apart)
    if nobody and schooling_of(viewer, pupil) is None:
        return None
    viewer.found["directory.nobody", pupil.pk] = nobody
    return {"family": family, "pupil": pupil, "adds": keeps_office(viewer)}


def has_nobody(viewer: Viewer, pupil: Person) -> bool:
    """Is it known, from the block above, that nobody answers for the pupil? Nothing is asked again."""
    return bool(viewer.found.get(("directory.nobody", pupil.pk)))


def callers_said(context: Mapping[str, Any]) -> str:
    """The one who is called first."""
    family: Family = context["family"]
    return family.to_call[0].name if family.to_call else _("Personne à appeler")


def identity(viewer: Viewer, pupil: Person) -> Mapping[str, Any]:
    """Name as lists write it, date of birth, groups and contact details, as far as the viewer reads them."""
    schooling = schooling_of(viewer, pupil)
    reaches = reads_families(viewer) or viewer.person.pk == pupil.pk
    return {
        "person": pupil,
        "birth_date": pupil.birth_date if follows_pupil(viewer) else None,
        "classes": schooling.classes if schooling else (),
        "groups": schooling.groups if schooling else (),
        "phone": pupil.phone if reaches else "",
        "email": pupil.email if reaches else "",
        "office": office_facts(viewer, pupil),
    }


def identity_said(context: Mapping[str, Any]) -> str:
    names = [name for _pk, name in context["groups"]]
    return ", ".join([context["person"].list_name, *names])


def teachers(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """Who teaches them what."""
    schooling = schooling_of(viewer, pupil)
    if schooling is None or not (schooling.taught or schooling.head):
        return None
    return {
        "taught": schooling.taught,
        "head": schooling.head,
        "lead": schooling.lead_in(viewer),
        "heads": schooling.head_links,
        "opens": viewer.works_with_pupils,
    }


def teachers_said(context: Mapping[str, Any]) -> str:
    return ", ".join(dict.fromkeys(one.whom for one in context["taught"])) or context["head"]
