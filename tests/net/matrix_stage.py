"""The stage of the isolation matrix: a wide cast, an object of each model near and far, words that only some may read.

Every name, comment and file that could leak holds a mark that nobody can guess. A mark knows the roles that may read it:
that is the law written a second time, by hand, so that `visible_to` is not judged by itself.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.commons.notifications.models import Device, Item, StopLink
from preau.commons.works.models import Work
from preau.directory.actions import merging
from preau.directory.models import (
    Assignment,
    Closure,
    Delivery,
    DeliveryShare,
    Enrolment,
    Group,
    Guardianship,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    Room,
    School,
    SchoolYear,
    Subject,
    Territory,
)
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Kinship, Role
from preau.domains.attendance.models import Decision, Entry, Explanation, Reason, Status
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.foundation import webpush
from preau.identity.codes import digest_of, new_code
from preau.identity.models import Account, AccountSession, Activation

# The link of a mail of the cast's mother: whoever has it may stop that mail, and do nothing else.
STOP_TOKEN = "arret-du-courriel"
# What a browser gives when it asks to be told by push.
PUSH_ENDPOINT = "https://fcm.googleapis.com/fcm/send"
PUSH_POINT = webpush.encode(webpush.point_of(webpush.private_key(webpush.new_private_key())))
# Two rows of one human being, to be merged.
DOUBLES = ("premiere-fiche-x", "seconde-fiche-x")
PUSH_SECRET = webpush.encode(b"sixteen secrets!")
OWN, OTHER_CLASS, OTHER_SCHOOL, DEPARTED, NOBODY = SCOPES = (
    "own",
    "other class",
    "other school",
    "departed",
    "anonymous",
)
TODAY = NOW.date()
LONG_AGO = timedelta(days=28)
# What every marked name begins with: a search by name finds them all, if it looks where it may not.
STEM = "Sentinelle"

STAFF = {"head", "cpe", "teacher", "teacher_parent", "secretary", "cook"}
FAMILY = {"pupil", "guardian", "other_guardian"}
CAST = [
    "head", "cpe", "teacher", "teacher_parent", "pupil", "guardian", "other_guardian", "former_guardian",
    "secretary", "cook", "agent", "operator", "neighbour_head", "former_teacher", "leaver", "visitor",
]  # fmt: skip
# Whoever has no seat (any more) is a visitor, whatever the session says.
VISITORS = {"visitor", "former_teacher", "leaver"}


@dataclass(frozen=True)
class Mark:
    """Words that nobody can guess. `readers` may meet them; of these, `must` do: else the check looks at nothing."""

    name: str
    token: str
    readers: frozenset[str]
    must: frozenset[str]


@dataclass
class Stage:
    """The school of the test, its twin, the cast, one object of each model for each scope, and the marks."""

    college: World
    twin: World
    people: dict[str, Person] = field(default_factory=dict)
    objects: dict[type[Model], dict[str, list[Model]]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)

    def own(self, model: type[Any]) -> Any:
        return self.objects[model][OWN][0]

    def put(self, scope: str, *found: Model) -> None:
        """The first object of a model is the one that its page would show a form for."""
        for one in found:
            self.objects.setdefault(type(one), {}).setdefault(scope, []).append(one)

    def mark(self, name: str, readers: Iterable[str], must: Iterable[str] = ()) -> str:
        token = f"z{secrets.token_hex(5)}"
        self.marks.append(Mark(name, token, frozenset(readers), frozenset(must)))
        return f"{STEM} {token}"


def set_up(college: World, twin: World) -> Stage:
    """Everything, in an order where each thing finds what it needs."""
    stage = Stage(college, twin)
    _cast(stage)
    _own_class(stage)
    _other_class(stage)
    _departed(stage)
    _other_school(stage)
    _deliveries(stage)
    _codes_and_sessions(stage)
    _doubles(stage)
    _nobody(stage)
    return stage


# Who is there


def _cast(stage: Stage) -> None:
    college, here = stage.college, stage.college.people
    stage.people = {key: here[key] for key in ("head", "cpe", "teacher", "secretary")}
    stage.people |= {key: here[key] for key in ("pupil", "guardian", "other_guardian")}
    stage.people |= {"teacher_parent": here["teacher_1"], "neighbour_head": stage.twin.people["head"]}
    school, ended = {"school": college.school}, {"starts": college.year.starts, "ends": TODAY}
    place = Territory.objects.create(kind=Territory.Kind.DEPARTEMENT, code="035", name="Département")
    for key, role, where in [
        ("cook", Role.OTHER, school),
        ("agent", Role.AGENT, {"territory": place}),
        ("operator", Role.OPERATOR, {}),
        ("former_teacher", Role.TEACHER, school | ended),
        ("leaver", Role.PUPIL, school | ended),
    ]:
        person = Person.objects.create(family_name=key.capitalize(), given_name="Ada")
        Holding.objects.create(person=person, role=role, **where)
        stage.people[key] = person
    stage.people["former_guardian"] = Person.objects.create(family_name="Former", given_name="Ada")
    for key, person in stage.people.items():
        if not Account.objects.filter(person=person).exists():
            Account(login=f"{key}.matrix", person=person, password="!").save()
        stage.people[key] = Person.objects.get(pk=person.pk)


def _guard(pupil: Person, guardian: Person, **dates: Any) -> None:
    Guardianship.objects.create(
        pupil=pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.FATHER, **dates
    )


def _name(person: Person, name: str) -> None:
    """Both names hold the mark: some pages show one, some the other."""
    person.family_name, person.given_name = name, f"Nina {name.rsplit(maxsplit=1)[-1]}"
    person.save()


def _call(row: Any, name: str) -> None:
    row.name = name
    row.save()


# What is there


def _own_class(stage: Stage) -> None:
    """The class that the teacher teaches and the cast's pupil is in."""
    people, pupil = stage.people, stage.people["pupil"]
    group = Group.objects.get(year=stage.college.year, enrolments__pupil=pupil)
    _guard(pupil, people["teacher_parent"])
    _guard(pupil, people["former_guardian"], starts=stage.college.year.starts, ends=TODAY)
    family = FAMILY | {"teacher_parent"}
    _call(group, stage.mark("own class", STAFF | family, {"head", "cpe", "secretary"}))
    office = {"head", "cpe", "secretary", "teacher"}
    _name(pupil, stage.mark("own pupil", office | family, office | {"guardian", "pupil"}))
    _name(
        people["guardian"],
        stage.mark("own guardian", {"head", "cpe", "secretary", "guardian"}, {"head", "secretary"}),
    )
    account = pupil.account
    account.login = stage.mark("login of the own pupil", office | {"pupil"}, {"head", "teacher"}).split()[-1]
    account.save()
    _only_taught_by(group, people["teacher"], stage.college)
    lesson = _lesson(stage.college, group, people["teacher"], NOW - timedelta(minutes=10))
    _call(lesson.room, stage.mark("room", STAFF | family | {"former_guardian"}, {"teacher", "pupil"}))
    words = stage.mark("words of the guardian", {"head", "cpe", "guardian"}, {"head", "cpe"})
    entry, explanation = _absence(lesson, pupil, people["guardian"], words)
    answer = stage.mark("answer to the guardian", {"head", "cpe", "guardian"})
    _refused(_lesson(stage.college, group, people["teacher"], NOW - timedelta(days=1)), entry, answer)
    to_explain = _missed(_lesson(stage.college, group, people["teacher"], NOW - timedelta(days=2)), pupil)
    stage.put(OWN, group, pupil, lesson, to_explain, entry, explanation, _pattern(lesson))
    stage.put(OWN, lesson.room, lesson.subject)
    stage.put(OWN, Guardianship.objects.get(pupil=pupil, guardian=people["guardian"]))
    _settings(stage)
    stage.put(OWN, stage.college.school, Reason.objects.filter(school=None)[0])


def _other_class(stage: Stage) -> None:
    """A class of the same school: its teacher is a parent elsewhere, one of its parents has just lost another authority."""
    people = stage.people
    group = Group.objects.filter(year=stage.college.year).exclude(pk=stage.own(Group).pk)[0]
    pupil = Person.objects.filter(enrolments__group=group).order_by("pk")[0]
    _guard(pupil, people["former_guardian"])
    _call(group, stage.mark("other class", STAFF | {"former_guardian"}, {"head"}))
    knowing = {"head", "cpe", "secretary", "teacher", "teacher_parent", "former_guardian"}
    _name(pupil, stage.mark("other pupil", knowing, knowing))
    guardian = Person.objects.filter(wards__pupil=pupil).exclude(pk=people["former_guardian"].pk)[0]
    _name(guardian, stage.mark("other guardian", {"head", "cpe", "secretary"}))
    _only_taught_by(group, people["teacher_parent"], stage.college)
    lesson = _lesson(stage.college, group, people["teacher_parent"], NOW - timedelta(minutes=10))
    words = stage.mark("words of another guardian", {"head", "cpe"}, {"head", "cpe"})
    entry, explanation = _absence(lesson, pupil, guardian, words)
    to_explain = _missed(
        _lesson(stage.college, group, people["teacher_parent"], NOW - timedelta(days=2)), pupil
    )
    stage.put(OTHER_CLASS, group, pupil, lesson, to_explain, entry, explanation, _pattern(lesson))
    stage.put(OTHER_CLASS, lesson.room, lesson.subject)
    stage.put(OTHER_CLASS, Guardianship.objects.get(pupil=pupil, guardian=people["former_guardian"]))


def _departed(stage: Stage) -> None:
    """A pupil and a teacher who have left, what they leave behind, and a class of last year."""
    college, people = stage.college, stage.people
    leaver, teacher = people["leaver"], people["former_teacher"]
    _name(leaver, stage.mark("leaver", {"head", "cpe", "secretary"}, {"cpe", "secretary"}))
    dates = {"starts": college.year.starts, "ends": TODAY}
    group = stage.own(Group)
    Enrolment.objects.create(school=college.school, group=group, pupil=leaver, **dates)
    lesson = _lesson(college, group, teacher, NOW - LONG_AGO)
    guardian = Person.objects.create(family_name="Parti", given_name="Ada")
    words = stage.mark("words about the leaver", {"head", "cpe"}, {"cpe"})
    entry, explanation = _absence(lesson, leaver, guardian, words)
    to_explain = _missed(_lesson(college, group, teacher, NOW - LONG_AGO + timedelta(days=1)), leaver)
    pattern = _pattern(lesson, last_day=TODAY - timedelta(days=1))
    last_year = SchoolYear.objects.create(
        school=college.school, name="2025-2026", starts=college.year.starts - timedelta(days=365),
        ends=college.year.starts - timedelta(days=1),
    )  # fmt: skip
    former = Group.objects.create(
        school=college.school, year=last_year, kind=Group.Kind.CLASS,
        name=stage.mark("class of last year", STAFF), level="6e",
    )  # fmt: skip
    stage.put(DEPARTED, former, leaver, lesson, to_explain, entry, explanation, pattern, lesson.room)
    _guard(leaver, guardian)
    stage.put(DEPARTED, Guardianship.objects.get(pupil=leaver))
    _leavers(stage)


def _leavers(stage: Stage) -> None:
    """Pupils who have left: the school's, whom it keeps longer, and the twin's."""
    office = {"head", "secretary"}
    theirs = Person.objects.create(family_name=f"{STEM} {TWIN}", given_name="Ada")
    Holding.objects.create(person=theirs, role=Role.PUPIL, school=stage.twin.school, ends=TODAY)
    for scope, person, world, reason in [
        (OWN, stage.people["leaver"], stage.college, stage.mark("why they are kept", office, office)),
        (OTHER_SCHOOL, theirs, stage.twin, f"{STEM} {TWIN}"),
    ]:
        Hold.objects.create(
            person=person,
            school=world.school,
            last_day=TODAY + timedelta(days=200),
            reason=reason,
            held_at=NOW,
        )
        stage.put(scope, Leaver.objects.get(pk=person.pk))


def _other_school(stage: Stage) -> None:
    """The twin, whose every name holds its own mark."""
    twin = stage.twin
    stage.marks.append(
        Mark("other school", TWIN.lower(), frozenset({"neighbour_head"}), frozenset({"neighbour_head"}))
    )
    pupil = twin.people["pupil"]
    group = Group.objects.get(year=twin.year, enrolments__pupil=pupil)
    lesson = _lesson(twin, group, twin.people["teacher"], NOW - timedelta(minutes=10))
    entry, explanation = _absence(lesson, pupil, twin.people["guardian"], f"{STEM} {TWIN}")
    to_explain = _missed(_lesson(twin, group, twin.people["teacher"], NOW - timedelta(days=2)), pupil)
    reason = Reason.objects.create(school=twin.school, label=twin.named("Motif"))
    stage.put(OTHER_SCHOOL, group, pupil, lesson, to_explain, entry, explanation, _pattern(lesson))
    stage.put(OTHER_SCHOOL, lesson.room, lesson.subject, twin.school, reason)
    stage.put(OTHER_SCHOOL, Guardianship.objects.get(pupil=pupil, guardian=twin.people["guardian"]))


def _settings(stage: Stage) -> None:
    """A term, a closure to come, and the settings given to the cook and to a teacher of the twin; pictures and logos."""
    for scope, world, key in ((OWN, stage.college, "cook"), (OTHER_SCHOOL, stage.twin, "teacher")):
        person = stage.people[key] if scope == OWN else world.people[key]
        holding = Holding.objects.get(person=person, school=world.school)
        holding.scope = {"settings": {"until": "2027-06-30", "by": world.people["head"].pk}}
        holding.save()
        later = {"starts": TODAY + timedelta(days=200), "ends": TODAY + timedelta(days=201)}
        closure = Closure.objects.create(school=world.school, name=world.named("Pont"), **later)
        stage.put(scope, holding, closure, Period.objects.filter(year=world.year)[0])
        world.school.logo.save("x.png", ContentFile(f"logo {world.mark}".encode()))
        # Read anew: the one at hand does not know its login any more.
        account = Account.objects.get(person=world.people["pupil"])
        account.picture.save(
            "x.png", ContentFile(stage.marks[1].token.encode() if scope == OWN else TWIN.encode())
        )


def _only_taught_by(group: Group, teacher: Person, world: World) -> None:
    """In the schools of the tests everyone teaches everywhere; here a class has one teacher."""
    Assignment.objects.filter(group=group).exclude(teacher=teacher).delete()
    taught = Lesson.teachers.through.objects.filter(lesson__groups=group)
    taught.exclude(person=teacher).delete()
    WeeklyPattern.teachers.through.objects.filter(weeklypattern__groups=group).exclude(
        person=teacher
    ).delete()
    if not Assignment.objects.filter(group=group, teacher=teacher).exists():
        subject = Subject.objects.filter(school=world.school)[0]
        Assignment.objects.create(school=world.school, group=group, teacher=teacher, subject=subject)


def _lesson(world: World, group: Group, teacher: Person, starts: Any) -> Lesson:
    lesson = Lesson.objects.create(
        school=world.school, year=world.year, subject=Subject.objects.filter(school=world.school)[0],
        room=Room.objects.filter(school=world.school)[0], starts=starts, ends=starts + timedelta(minutes=55),
        day=starts.date(),
    )  # fmt: skip
    lesson.groups.set([group])
    lesson.teachers.set([teacher])
    return lesson


def _pattern(lesson: Lesson, **dates: Any) -> WeeklyPattern:
    """A weekly lesson at an hour where nobody has one."""
    days = {"first_day": lesson.year.starts, "last_day": lesson.year.ends} | dates
    pattern = WeeklyPattern.objects.create(
        school=lesson.school, year=lesson.year, subject=lesson.subject, room=lesson.room, weekday=5,
        starts_at="19:00", ends_at="20:00", **days,
    )  # fmt: skip
    pattern.groups.set(lesson.groups.all())
    pattern.teachers.set(lesson.teachers.all())
    return pattern


def _missed(lesson: Lesson, pupil: Person) -> Entry:
    return Entry.objects.create(
        school=lesson.school, lesson=lesson, pupil=pupil, day=lesson.day, status=Status.ABSENT
    )


def _explain(entry: Entry, by: Person, words: str, state: str) -> Explanation:
    entry.explanation = Explanation.objects.create(
        school=entry.school, pupil=entry.pupil, day=entry.day, reason=Reason.objects.filter(school=None)[0],
        comment=words, given_by=by, given_at=NOW, state=state,
    )  # fmt: skip
    entry.save()
    return entry.explanation


def _absence(lesson: Lesson, pupil: Person, by: Person, words: str) -> tuple[Entry, Explanation]:
    """An absence, and what was said of it, not read yet."""
    entry = _missed(lesson, pupil)
    return entry, _explain(entry, by, words, Explanation.State.PENDING)


def _refused(lesson: Lesson, other: Entry, answer: str) -> None:
    """An absence whose explanation the school has refused, with words for its author alone."""
    entry = _missed(lesson, other.pupil)
    explanation = _explain(entry, other.explanation.given_by, "", Explanation.State.REFUSED)
    Decision.objects.create(
        school=entry.school, explanation=explanation, state=explanation.state, comment=answer,
        decided_by_id=lesson.teachers.all()[0].pk, decided_at=NOW,
    )  # fmt: skip


def _deliveries(stage: Stage) -> None:
    """One that the school holds back, one of the whole territory, one that is over, one of the twin."""
    office, twin = {"head", "secretary"}, stage.twin
    own = stage.mark("file of the school", office, office)
    old = stage.mark("file of long ago", office, office)
    for scope, by, school, state, name in [
        (OWN, stage.people["secretary"], stage.college.school, Delivery.State.BLOCKED, own),
        (OTHER_CLASS, None, None, Delivery.State.DONE, f"{STEM} {TWIN}"),
        (DEPARTED, stage.people["former_teacher"], stage.college.school, Delivery.State.DROPPED, old),
        (OTHER_SCHOOL, twin.people["secretary"], twin.school, Delivery.State.BLOCKED, f"{STEM} {TWIN}"),
    ]:
        note = {"file": name, "line": 7, "key": "12", "reason": "Sans nom."}
        report = {
            "counts": {"departures": 1},
            "quarantined": [note],
            "sentences": {"quarantined": [["Sans nom.", 1]]},
        }
        lines = {"departures": [{"name": name, "detail": "Élève"}]}
        delivery = Delivery.objects.create(
            school=school, brought_by=by, state=state, report=report, files=[name],
            preview={"counts": report["counts"], "lines": lines},
        )  # fmt: skip
        stage.put(scope, delivery)
    shared = stage.objects[Delivery][OTHER_CLASS][0]
    for world in (stage.college, twin):
        DeliveryShare.objects.create(delivery=shared, school=world.school, counts={"arrivals": 1})


def _codes_and_sessions(stage: Stage) -> None:
    """A code that somebody could send back, a browser open elsewhere, a news, a work, of people near and far; a mail's link."""
    owners = {
        OWN: ("guardian", "own"), OTHER_CLASS: ("teacher", "other_class"),
        OTHER_SCHOOL: ("neighbour_head", "other_school"), DEPARTED: ("former_teacher", "departed"),
    }  # fmt: skip
    for scope, (key, _) in owners.items():
        store = SessionStore()
        store.create()
        row = Session.objects.get(pk=store.session_key)
        stage.put(scope, AccountSession.objects.create(
            session=row, account=stage.people[key].account, device="Firefox", opened_at=NOW, seen_at=NOW
        ))  # fmt: skip
        stage.put(scope, Item.objects.create(
            person=stage.people[key], kind="attendance.absence", key=f"stage-{key}", url="/", published_at=NOW
        ))  # fmt: skip
        stage.put(scope, Device.objects.create(
            person=stage.people[key], endpoint=f"{PUSH_ENDPOINT}/{key}", p256dh=PUSH_POINT, auth=PUSH_SECRET, label="Firefox",
            opened_in="x", added_at=NOW,
        ))  # fmt: skip
        stage.put(scope, Work.objects.create(
            key=f"stage-{key}", label="Un travail", person=stage.people[key], url="/", can_stop=True, asked_at=NOW
        ))  # fmt: skip
        person: Any = stage.objects[Person][scope][0]
        account, _ = Account.objects.get_or_create(
            person=person, defaults={"login": f"code.{person.pk}", "password": "!"}
        )
        if scope == OTHER_CLASS:
            mark = next(mark for mark in stage.marks if mark.name == "other pupil")
            account.picture.save("x.png", ContentFile(mark.token.encode()))
        code = new_code()
        activation = Activation.objects.create(
            account=account, kind=Activation.Kind.FIRST_LETTER, digest=digest_of(code), issued_at=timezone.now(),
            expires_at=NOW + timedelta(days=60),
        )  # fmt: skip
        stage.codes[activation.pk] = code
        stage.put(scope, activation)
    mother = stage.people["guardian"]
    StopLink.objects.create(person=mother, kind="attendance.refused", token=STOP_TOKEN, made_at=NOW)


def _doubles(stage: Stage) -> None:
    """Two rows of one human being, and two that were merged; the same in the twin."""
    for public_id in DOUBLES:
        _at_the_canteen(stage.college, public_id=public_id)
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, stage.twin)):
        kept, other = _at_the_canteen(world), _at_the_canteen(world)
        viewer = viewer_for(world.people["head"], 0, NOW)
        stage.put(scope, merging.merge(viewer, kept, other, merging.mark_of(kept, other)))


def _at_the_canteen(world: World, **fields: str) -> Person:
    person = Person.objects.create(family_name=world.named("Double"), given_name="Ada", **fields)
    Holding.objects.create(person=person, role=Role.OTHER, school=world.school)
    return person


def _nobody(stage: Stage) -> None:
    """What belongs to nobody: a person who was erased; for the rest, a number that no row has, too large for a database."""
    erased = Person.objects.create(family_name="Personne effacée", erased_at=NOW)
    stage.put(NOBODY, erased)
    for model in [one for one in stage.objects if one is not Person]:
        stage.put(NOBODY, _unsaved(model))


def _unsaved(model: type[Model]) -> Model:
    one = model()
    one.pk = "nobody" if model is AccountSession else 10**19
    return one


def places_of(stage: Stage, model: type[Model], scope: str) -> list[Model]:
    """The objects of a scope; what a model has not there (a class has no subjects of its own) is what is one's own."""
    return stage.objects[model].get(scope) or stage.objects[model][OWN]


def place_of(stage: Stage, model: type[Model], scope: str) -> Model:
    return places_of(stage, model, scope)[0]


def school_key(stage: Stage, scope: str) -> str:
    """The seat of staff in the school of a scope."""
    school: School = stage.twin.school if scope == OTHER_SCHOOL else stage.college.school
    return f"staff-{school.pk}"
