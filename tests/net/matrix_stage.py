"""The stage of the isolation matrix: a wide cast, an object of each model near and far, words that only some may read.

Every name, comment and file that could leak holds a mark that nobody can guess. A mark knows the roles that may read it:
that is the law written a second time, by hand, so that `visible_to` is not judged by itself.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from conftest import NOW, TWIN
from preau.commons.federation.actions import saml
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.tests.desk import described
from preau.commons.files.models import GLIMPSE, StoredFile
from preau.commons.lti import models as lti
from preau.commons.media.models import Medium, Rendition, Upload
from preau.commons.notifications.models import Device, Item, StopLink
from preau.commons.platform.models import OperatedDelivery, OperatedSchool
from preau.commons.privacy import models as privacy
from preau.commons.signon.models import Opening, Service
from preau.commons.works.models import Work
from preau.directory.actions import merging, years
from preau.directory.models import (
    Assignment,
    Closure,
    ConsentRequest,
    Delivery,
    DeliveryShare,
    Enrolment,
    Group,
    Guardianship,
    Guest,
    Hold,
    Holding,
    Leaver,
    Period,
    Person,
    PhotoConsent,
    Placement,
    PlannedClass,
    PupilPhoto,
    Room,
    School,
    SchoolYear,
    Subject,
    Territory,
)
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Kinship, Role
from preau.domains.attendance.models import (
    Alert,
    Announcement,
    Arrangement,
    Decision,
    Entry,
    Explanation,
    FollowUp,
    FollowUpAction,
    ListRemark,
    Reason,
    SeatingPlan,
    Status,
    Visit,
)
from preau.domains.attention import models as attention
from preau.domains.campaigns.models import Campaign, PostalAddress, Sending
from preau.domains.catalogue import models as catalogue
from preau.domains.catalogue.actions import next_edition
from preau.domains.catalogue.models import Collection, FollowedSearch, Institution, Node, Resource
from preau.domains.catalogue.models.edited import EditedResource
from preau.domains.conduct.models import (
    Contract,
    Detention,
    Incident,
    Involvement,
    Observation,
    Punition,
    Responsibility,
    Sanction,
    Slot,
)
from preau.domains.events.models import Event, Invitation
from preau.domains.homework.models import (
    ClassBook,
    HandIn,
    Homework,
    LessonNote,
    LessonRecord,
    Progression,
    ProgressionStep,
)
from preau.domains.mediacentre.models import BroughtList, Subscription
from preau.domains.mediacentre.models import Resource as DigitalResource
from preau.domains.mediacentre.models import Rule as ResourceRule
from preau.domains.mediacentre.models import Target as ResourceTarget
from preau.domains.records import models as records
from preau.domains.records.actions import access, hanging, writing
from preau.domains.scenarios.models import (
    Author,
    Case,
    Content,
    Facts,
    Qualification,
    Report,
    Review,
    Scenario,
    Step,
    Version,
)
from preau.domains.timetable.models import (
    Alternation,
    CoverAsk,
    DaySlot,
    Lesson,
    LessonChange,
    TeacherAbsence,
    TimetableImport,
    ToldCourse,
    WeeklyPattern,
)
from preau.foundation import mediaroom, vault, webpush
from preau.identity import keys
from preau.identity.codes import digest_of, new_code
from preau.identity.models import AccessKey, Account, AccountSession, Activation, Passkey

# The published scenario of the stage, and the name of its step.
SCENARIO_CODE, SCENARIO_STEP = "scenario-de-la-scene", "etape-un"
# The link of a mail of the cast's mother: whoever has it may stop that mail, and do nothing else.
STOP_TOKEN = "arret-du-courriel"
SHOWN_MEDIUM = "a" * 32
# A provider of the platform that is open: everybody may come in by it.
OPEN_PROVIDER = "guichet-ouvert"
OPEN_SAML = "guichet-saml"
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
# What a mark looks like in a text of small letters: all those of a page are found in one reading.
TOKEN = re.compile(f"z[0-9a-f]{{10}}|{TWIN.lower()}")

STAFF = {"head", "cpe", "teacher", "teacher_parent", "secretary", "cook"}
FAMILY = {"pupil", "guardian", "other_guardian"}
CAST = [
    "head", "cpe", "teacher", "teacher_parent", "pupil", "guardian", "other_guardian", "former_guardian",
    "secretary", "cook", "agent", "town", "operator", "neighbour_head", "former_teacher", "leaver", "visitor",
]  # fmt: skip
# Whom the matrix follows on the second engine (docs/decisions/0102): a role of each kind, whose questions are not alike.
OF_EACH_KIND = ["head", "teacher_parent", "pupil", "guardian", "neighbour_head", "visitor"]
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
    _timetables(stage)
    _codes_and_sessions(stage)
    _doubles(stage)
    _photos(stage)
    _consents(stage)
    _arrangements(stage)
    _seating_plans(stage)
    _guests(stage)
    _next_years(stage)
    _followed(stage)
    _campaigns(stage)
    _changed_lessons(stage)
    _homework(stage)
    _scenarios(stage)
    _conduct(stage)
    _attention(stage)
    _requests(stage)
    _terms(stage)
    _covers(stage)
    _events(stage)
    _digital_resources(stage)
    _records(stage)
    _day_slots(stage)
    _services(stage)
    _activities(stage)
    _providers(stage)
    _sources(stage)
    _media(stage)
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
    academy = Territory.objects.create(kind=Territory.Kind.ACADEMIE, code="14", name="Académie")
    college.school.territory = Territory.objects.create(
        kind=Territory.Kind.COMMUNE, code="35238", name="Commune", parent=academy
    )
    college.school.save()
    for key, role, where in [
        ("cook", Role.OTHER, school),
        ("agent", Role.AGENT, {"territory": place}),
        ("town", Role.AGENT, school | _lent(college)),
        ("operator", Role.OPERATOR, {"territory": academy}),
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


def _lent(world: World) -> dict[str, Any]:
    """What the head gave to an agent of the commune: the lists, for a month."""
    head = world.people["head"]
    given = {"lists": {"until": (TODAY + timedelta(days=30)).isoformat(), "by": head.pk}}
    return {"ends": TODAY + timedelta(days=31), "given_by": head, "scope": given}


def _guests(stage: Stage) -> None:
    """The agent of the commune, and another in the twin."""
    theirs = Person.objects.create(family_name=f"{STEM} {TWIN}", given_name="Ada")
    Holding.objects.create(person=theirs, role=Role.AGENT, school=stage.twin.school, **_lent(stage.twin))
    for scope, person, reason in [
        (OWN, stage.people["town"], stage.mark("why they are let in", {"head"}, {"head"})),
        (OTHER_SCHOOL, theirs, f"{STEM} {TWIN}"),
    ]:
        holding = Holding.objects.get(person=person)
        stage.put(scope, Guest.objects.create(holding=holding, reason=reason, invited_at=NOW))


def _sources(stage: Stage) -> None:
    """A source of the catalogue whose last reading waits: whoever runs the whole platform decides, and nobody of the cast does."""
    shelf = catalogue.Collection.objects.create(slug="source-essai", title="Source d’essai", abstract="…")
    house = catalogue.Institution.objects.create(slug="maison-essai", name="Maison d’essai")
    source = catalogue.Source.objects.create(
        slug="source-essai", name=stage.mark("a source of the catalogue", set()), kind="oai", address="https://source.example/oai",
        institution=house, collection=shelf, audiences=["eleve"], due_at=NOW,
    )  # fmt: skip
    run = catalogue.Harvest.objects.create(
        source=source, state="waiting", began_at=NOW, ended_at=NOW, leaving=3, refused=1, problems=[{"where": "=1+1", "why": "…"}],
    )  # fmt: skip
    words = stage.mark("words that find nothing", set())
    stage.put(OWN, source, run, catalogue.Miss.objects.create(words=words[:80], last=TODAY))


def _services(stage: Stage) -> None:
    """The service that each school has of its own."""
    own = Service.objects.get(school=stage.college.school)
    readers = STAFF | FAMILY | {"former_guardian"}
    _call(own, stage.mark("own service", readers, {"head", "teacher", "pupil"}))
    stage.put(OWN, own)
    stage.put(OTHER_SCHOOL, Service.objects.get(school=stage.twin.school))


def _activities(stage: Stage) -> None:
    """What a service of the platform gave to a class, near and far, and what a teacher has just chosen there."""
    own = stage.mark(
        "activity of the own class", {"head", "teacher"} | FAMILY | {"teacher_parent"}, {"teacher", "pupil"}
    )
    other = stage.mark(
        "activity of another class", {"head", "teacher_parent", "former_guardian"}, {"teacher_parent"}
    )
    chosen = {
        OWN: stage.mark("choice of the teacher", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("choice of another teacher", {"teacher_parent"}),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    for scope, world, by, title in [
        (OWN, stage.college, "teacher", own),
        (OTHER_CLASS, stage.college, "teacher_parent", other),
        (OTHER_SCHOOL, stage.twin, "neighbour_head", f"{STEM} {TWIN}"),
    ]:
        opening = Opening.objects.get(service__tool__isnull=False, school=world.school)
        opening.profiles = ["pupil", "guardian", "staff"]
        opening.save()
        Service.objects.filter(pk=opening.service_id).update(profiles=opening.profiles)
        context = lti.Context.objects.get_or_create(opening=opening, group=stage.objects[Group][scope][0])[0]
        person = stage.people[by]
        activity = lti.Activity.objects.create(
            school=world.school, context=context, title=title, text=title, given_by=person, given_at=NOW
        )
        column = lti.Column.objects.create(context=context, activity=activity, label=title, maximum=20)
        lti.Score.objects.create(
            column=column, pupil=stage.objects[Person][scope][0], given=12, maximum=20, activity="Completed",
            grading="FullyGraded", said_at=NOW,
        )  # fmt: skip
        item = {"title": chosen[scope], "text": "", "target": "", "custom": {}, "line": None, "due_on": ""}
        proposal = lti.Proposal.objects.create(
            account=person.account, seat=f"staff-{world.school.pk}", context=context, items=[item],
            ends_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        stage.put(scope, activity, proposal)


def _providers(stage: Stage) -> None:
    """A provider of each school, and whom it knows there."""
    for scope, world, person, name in [
        (
            OWN,
            stage.college,
            stage.people["pupil"],
            stage.mark("own provider", STAFF | FAMILY | {"former_guardian"}, {"head"}),
        ),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["pupil"], f"{STEM} {TWIN}"),
    ]:
        row = Provider.objects.create(
            school=world.school,
            name=name,
            issuer="https://guichet.exemple.fr",
            client_id="preau",
            changed_at=NOW,
        )
        stage.put(scope, row)
        stage.put(scope, Link.objects.create(provider=row, subject=name, person=person, made_at=NOW))
    places = dict.fromkeys(
        ["authorization_endpoint", "token_endpoint", "jwks_uri"], "https://guichet.exemple.fr/"
    )
    Provider.objects.create(
        public_id=OPEN_PROVIDER, name="Guichet ouvert", issuer="https://guichet.exemple.fr", client_id="preau", is_on=True,
        discovered=places, discovered_at=NOW, changed_at=NOW,
    )  # fmt: skip
    saml.keep_saml_keys(NOW, must=True)
    Provider.objects.create(
        public_id=OPEN_SAML, name="Guichet SAML", protocol="saml", is_on=True, changed_at=NOW, saml={"described": described()}
    )  # fmt: skip


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
    _call(group, stage.mark("own class", STAFF | family | {"town"}, {"head", "cpe", "secretary", "town"}))
    office = {"head", "cpe", "secretary", "teacher"}
    knowing = office | family | {"town"}
    # The cook is the adult who was told of this pupil (see `_attention`).
    _name(pupil, stage.mark("own pupil", knowing | {"cook"}, office | {"guardian", "pupil"}))
    _name(
        people["guardian"],
        stage.mark("own guardian", {"head", "cpe", "secretary", "guardian", "town"}, {"head", "secretary"}),
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
    _call(group, stage.mark("other class", STAFF | {"former_guardian", "town"}, {"head"}))
    knowing = {"head", "cpe", "secretary", "teacher", "teacher_parent", "former_guardian", "town"}
    _name(pupil, stage.mark("other pupil", knowing, knowing))
    guardian = Person.objects.filter(wards__pupil=pupil).exclude(pk=people["former_guardian"].pk)[0]
    _name(guardian, stage.mark("other guardian", {"head", "cpe", "secretary", "town"}))
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
    stage.put(
        DEPARTED, last_year, former, leaver, lesson, to_explain, entry, explanation, pattern, lesson.room
    )
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


def _followed(stage: Stage) -> None:
    """In each scope a pupil with an alert and a follow-up: words of school life for the family, a note, a word of a mother."""
    life, kind = {"head", "cpe"}, FollowUpAction.Kind
    families = {OWN: FAMILY | {"teacher_parent"}, OTHER_CLASS: {"former_guardian"}, DEPARTED: set()}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        about = {"school": world.school, "pupil": pupil}
        alert = Alert.objects.create(
            month=TODAY.replace(day=1), level=Alert.Level.DIALOGUE, half_days=5, raised_at=NOW, **about
        )
        follow_up = FollowUp.objects.create(opened_by=cpe, opened_at=NOW - timedelta(days=3), **about)
        visit = Visit.objects.create(place=Visit.Place.INFIRMARY, starts=NOW, noted_by=cpe, **about)
        stage.put(scope, alert, follow_up, visit)
        said, noted, word = f"{STEM} {TWIN}", f"{STEM} {TWIN}", f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            said = stage.mark(f"words of a follow-up, {scope}", life | families[scope], life)
            noted = stage.mark(f"note of a follow-up, {scope}", life, life)
            word = stage.mark(
                f"word of a mother, {scope}", life | ({"guardian"} if scope == OWN else set()), life
            )
        mother = (
            stage.people["guardian"]
            if scope == OWN
            else Person.objects.create(family_name="Mère", given_name="Ida")
        )
        told = (
            stage.mark(
                f"words of an announcement, {scope}", life | ({"guardian"} if scope == OWN else set()), life
            )
            if scope != OTHER_SCHOOL
            else f"{STEM} {TWIN}"
        )
        announcement = Announcement.objects.create(
            kind=Announcement.Kind.ABSENCE, starts=NOW + timedelta(days=1), ends=NOW + timedelta(days=2), comment=told,
            reason=Reason.objects.filter(school=None)[0], given_by=mother, given_at=NOW, **about,
        )  # fmt: skip
        stage.put(scope, announcement)
        for what, by, words, shown in [
            (kind.CALL, cpe, said, True), (kind.NOTE, cpe, noted, False), (kind.WORD, mother, word, False),
        ]:  # fmt: skip
            FollowUpAction.objects.create(
                school=world.school, follow_up=follow_up, kind=what, day=TODAY, words=words, for_family=shown,
                made_by=by, made_at=NOW,
            )  # fmt: skip


def _campaigns(stage: Stage) -> None:
    """In each scope a draft about its pupil, a letter that waits and a text message that failed; where a mother lives."""
    life = {"head", "cpe"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        mother = (
            stage.people["guardian"]
            if scope == OWN
            else Person.objects.create(family_name="Mère", given_name="Eva")
        )
        reader = {"guardian"} if scope == OWN else set()
        words = place = subject = f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            words = stage.mark(
                f"what a family was written, {scope}", life | reader, life if scope == OWN else set()
            )
            place = stage.mark(f"where a mother lives, {scope}", life | reader, life)
            subject = stage.mark(f"words of a draft, {scope}", life, life)
        campaign = Campaign.objects.create(
            school=world.school, kind=Campaign.Kind.CHOSEN, by_mail=True, by_letter=True, body=f"{subject} {{eleve}}", sms="Bonjour",
            key=f"stage {scope}", made_by=cpe, made_at=NOW,
        )  # fmt: skip
        target = campaign.targets.create(school=world.school, pupil=pupil)
        target.entries.add(place_of(stage, Entry, scope))
        about = {
            "school": world.school,
            "target": target,
            "pupil": pupil,
            "person": mother,
            "made_at": NOW,
            "due_at": NOW,
        }
        # To somebody who is told of nothing any more: confirming the draft writes to the mother.
        aunt = Person.objects.create(family_name="Tante", given_name="Eva")
        Sending.objects.create(channel="letter", to=place, text=words, sheet="x", **about | {"person": aunt})
        Sending.objects.create(
            channel="sms", to="+33699999999", text=words, parts=1, state="failed", reason="lost", **about
        )
        lives = {"street": place, "postcode": "35000", "city": "Rennes", "noted_by": cpe, "noted_at": NOW}
        PostalAddress.objects.update_or_create(school=world.school, person=mother, defaults=lives)
        stage.put(scope, campaign)


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


def _photos(stage: Stage) -> None:
    """In each class a pupil whose photo may be shown: they agree, and so does a guardian."""
    former = stage.people["former_guardian"]
    for scope, world, giver, mark in [
        (OWN, stage.college, stage.people["guardian"], stage.marks[1].token),
        (
            OTHER_CLASS,
            stage.college,
            former,
            next(one.token for one in stage.marks if one.name == "other pupil"),
        ),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["guardian"], TWIN),
    ]:
        pupil: Any = stage.objects[Person][scope][0]
        for person in (pupil, giver):
            PhotoConsent.objects.create(
                school=world.school, year=world.year, pupil=pupil, giver=person, answer="yes", answered_at=NOW
            )
        photo = PupilPhoto(school=world.school, pupil=pupil, taken_by=world.people["cpe"], taken_at=NOW)
        photo.picture.save("x.png", ContentFile(mark.encode()))


def _consents(stage: Stage) -> None:
    """What each school asks to publish, in its own words: its families read them, and those who work with pupils."""
    readers = {"head", "cpe", "secretary", "teacher", "teacher_parent", "former_guardian"} | FAMILY
    for scope, world, words in (
        (
            OWN,
            stage.college,
            stage.mark("what may be published", readers, {"cpe", "teacher", "guardian", "pupil"}),
        ),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ):
        request = ConsentRequest.objects.create(
            school=world.school,
            year=world.year,
            purpose="image",
            words=words,
            asked_by=world.people["cpe"],
            asked_at=NOW,
        )
        stage.put(scope, request)


def _arrangements(stage: Stage) -> None:
    """What a teacher must know of a pupil: the staff who follow them, their teachers, their family."""
    own = {"head", "cpe", "teacher"} | FAMILY | {"teacher_parent"}
    for scope, world, words in [
        (OWN, stage.college, stage.mark("what a pupil needs", own, {"cpe", "teacher", "guardian"})),
        (OTHER_CLASS, stage.college, stage.mark("what another needs", {"head", "cpe", "teacher_parent", "former_guardian"}, {"cpe"})),
        (DEPARTED, stage.college, stage.mark("what a leaver needed", {"head", "cpe"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:  # fmt: skip
        arrangement = Arrangement.objects.create(
            school=world.school, pupil=stage.objects[Person][scope][0], kind=Arrangement.Kind.ADJUSTMENT, words=words,
            first_day=TODAY, said_by=world.people["head"], said_at=NOW,
        )  # fmt: skip
        stage.put(scope, arrangement)
    for scope, world, said_by in (
        (OWN, stage.college, stage.people["teacher"]),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"]),
    ):
        remark = ListRemark.objects.create(
            school=world.school, lesson=stage.objects[Lesson][scope][0], pupil=stage.objects[Person][scope][0],
            kind=ListRemark.Kind.NOT_HERE, said_by=said_by, said_at=NOW,
        )  # fmt: skip
        stage.put(scope, remark)


def _seating_plans(stage: Stage) -> None:
    """A plan of a class: its teachers, school life and the head."""
    for scope, world, name in [
        (OWN, stage.college, stage.mark("a seating plan", {"head", "cpe", "teacher"}, {"teacher", "cpe"})),
        (OTHER_CLASS, stage.college, stage.mark("a plan of another class", {"head", "cpe", "teacher_parent"}, {"teacher_parent"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:  # fmt: skip
        stage.put(
            scope,
            SeatingPlan.objects.create(
                school=world.school, group=stage.objects[Group][scope][0], name=name, made_by=world.people["head"], made_at=NOW,
            ),
        )  # fmt: skip


def _next_years(stage: Stage) -> None:
    """Next year prepared in both schools: the class of the cast's pupil, who leaves for a place that only the office reads."""
    office = {"head", "secretary"}
    for scope, world, words in [
        (OWN, stage.college, stage.mark("where a pupil goes next year", office, office)),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        head = world.people["head"]
        viewer = viewer_for(head, Account.objects.get(person=head).pk, NOW)
        plan = years.begin(
            viewer, name="2027-2028", starts=world.year.starts + timedelta(days=365),
            ends=world.year.ends + timedelta(days=365),
        )  # fmt: skip
        own = Group.objects.get(year=world.year, enrolments__pupil=world.people["pupil"])
        planned = PlannedClass.objects.get(plan=plan, name=own.name)
        Placement.objects.create(
            plan=plan,
            person=world.people["pupil"],
            outcome=Placement.Outcome.LEAVES,
            elsewhere=words,
            decided_at=NOW,
        )
        stage.put(scope, planned, world.year)


def _homework(stage: Stage) -> None:
    """In the lesson of each scope, its content and homework due the day after; what a teacher noted for herself."""
    life, family = {"head", "cpe"}, FAMILY | {"teacher_parent"}
    own = stage.mark(
        "homework of the own class", life | {"teacher"} | family, {"teacher", "pupil", "guardian"}
    )
    other = stage.mark(
        "homework of another class", life | {"teacher_parent", "former_guardian"}, {"teacher_parent"}
    )
    old = stage.mark("homework of long ago", life | {"teacher"} | family)
    sequences = {
        OWN: stage.mark("sequence of the teacher", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("sequence of another teacher", {"teacher_parent"}),
        DEPARTED: stage.mark("sequence of a former teacher", set()),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    answers = {
        OWN: stage.mark(
            "handed in by the own pupil", {"head", "teacher"} | family, {"head", "teacher", "pupil"}
        ),
        OTHER_CLASS: stage.mark("handed in by another pupil", {"head", "teacher_parent", "former_guardian"}),
        DEPARTED: stage.mark("handed in by the leaver", {"head"}),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    for scope, words in [(OWN, own), (OTHER_CLASS, other), (DEPARTED, old), (OTHER_SCHOOL, f"{STEM} {TWIN}")]:
        lesson: Any = stage.objects[Lesson][scope][0]
        teacher = lesson.teachers.all()[0]
        written = {
            "school": lesson.school,
            "written_by": teacher,
            "written_at": lesson.starts,
            "day": lesson.day,
        }
        record = LessonRecord.objects.create(
            lesson=lesson, subject=lesson.subject, content=words, state="ready", **written
        )
        work = Homework.objects.create(
            school=lesson.school, record=record, title=words, due_day=lesson.day + timedelta(days=1), minutes=20,
            given_by=teacher, given_at=lesson.starts, hand_in="online",
        )  # fmt: skip
        handed = HandIn.objects.create(
            school=lesson.school, homework=work, pupil=stage.objects[Person][scope][0], text=answers[scope],
            handed_at=NOW, comment=answers[scope], corrected_by=teacher, returned_at=NOW,
        )  # fmt: skip
        stage.put(scope, handed)
        sequence = Progression.objects.create(
            school=lesson.school, author=teacher, title=sequences[scope], changed_at=NOW
        )
        step = ProgressionStep.objects.create(
            progression=sequence, order=1, content=sequences[scope], work="Lire"
        )
        stage.put(scope, sequence, step)
        stage.put(scope, work, ClassBook.objects.get(pk=stage.objects[Group][scope][0].pk))
        if scope == OWN:
            note = stage.mark("what a teacher notes for herself", {"teacher"}, {"teacher"})
            LessonNote.objects.create(record=record, author=teacher, text=note)


def _scenarios(stage: Stage) -> None:
    """One of each teacher: published in words that anyone reads, then written on in words that its authors alone read."""
    marks = {
        OWN: stage.mark("what the teacher is writing", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("what another teacher is writing", {"teacher_parent"}, {"teacher_parent"}),
        DEPARTED: stage.mark("what a former teacher was writing", set()),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    for scope, words in marks.items():
        lesson: Any = stage.objects[Lesson][scope][0]
        person = lesson.teachers.all()[0]
        facts = Facts("Un scénario", "Un résumé.", ("4e",), "mathematiques", 50, "<p>Chercher.</p>")
        content = Content(facts, (Step(SCENARIO_STEP, "Chercher", 10),))
        code = {"code": SCENARIO_CODE} if scope == OWN else {}
        made = Scenario.objects.create(
            school=lesson.school,
            title="Un scénario",
            body=content.told(),
            made_at=NOW,
            changed_at=NOW,
            **code,
        )
        author = Author.objects.create(
            scenario=made, person=person, is_first=True, invited_at=NOW, accepted_at=NOW
        )
        version = Version.objects.create(
            scenario=made, number=1, title="Un scénario", body=content.told(), licence="cc-by",
            signatures=["Un enseignant"], made_by=person, made_at=NOW,
        )  # fmt: skip
        written = Content(
            Facts(words, words, ("4e",), "mathematiques", 50, words), (Step(SCENARIO_STEP, words, 10),)
        )
        Scenario.objects.filter(pk=made.pk).update(
            title=words, body=written.told(), state="published", shown=version
        )
        made.refresh_from_db()
        stage.put(scope, made, version, author)
        # What anyone reads of a resource, reported and hidden.
        given = dict.fromkeys(["clarity", "interest", "access", "ease"], 4) | {
            "level": "4e",
            "signed": "Enseignante de 4e",
        }
        said = Review.objects.create(
            person=person, resource=resource, text="Clair.", made_at=NOW, changed_at=NOW, **given
        )
        case = Case.objects.create(
            review=said, state="decided", hidden=True, why="À revoir.", decided_at=NOW, opened_at=NOW
        )
        Report.objects.create(case=case, person=stage.people["cook"], reason="wrong", made_at=NOW)
        tried = Resource.objects.published().exclude(qualification__isnull=False).order_by("key")[0]
        known = Qualification.objects.create(resource=tried, opened_at=NOW, changed_at=NOW)
        stage.put(scope, said, case, known)


def _conduct(stage: Stage) -> None:
    """An incident, what its family reads, a detention and a procedure: of each class, of a leaver, of the twin."""
    people, life = stage.people, {"head", "cpe"}
    own, other = FAMILY | {"teacher_parent"}, {"former_guardian"}
    theirs = f"{STEM} {TWIN}"
    for scope, world, reporter, watcher, family in [
        (OWN, stage.college, people["teacher"], people["secretary"], own),
        (OTHER_CLASS, stage.college, people["teacher_parent"], people["teacher_parent"], other),
        (DEPARTED, stage.college, people["former_teacher"], people["former_teacher"], set()),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], stage.twin.people["cpe"], None),
    ]:
        here = life | ({"teacher"} if scope == OWN else {"teacher_parent"} if scope == OTHER_CLASS else set())
        twin = family is None
        facts = theirs if twin else stage.mark(f"facts ({scope})", here, life)
        told = theirs if twin else stage.mark(f"told to the family ({scope})", here | family, life)
        why = (
            theirs
            if twin
            else stage.mark(f"why a punition ({scope})", here | family | {"secretary"}, {"cpe"})
        )
        charge = theirs if twin else stage.mark(f"charge ({scope})", life | family, life)
        pupil: Any = stage.objects[Person][scope][0]
        incident = _incident(world, pupil, reporter, facts, told)
        days = [3, 10] if scope != DEPARTED else [-20]
        slots = [_slot(world, watcher, NOW + timedelta(days=day)) for day in days]
        punition = Punition.objects.create(
            school=world.school, pupil=pupil, incident=incident, kind="detention", day=incident.day, reason=why,
            given_by=reporter, given_at=NOW,
        )  # fmt: skip
        detention = Detention.objects.create(
            school=world.school, punition=punition, slot=slots[0], placed_by=reporter
        )
        sanction = _procedure(world, pupil, charge)
        task = theirs if twin else stage.mark(f"what a pupil commits to ({scope})", life | family, {"cpe"})
        measure = Responsibility.objects.create(
            school=world.school, sanction=sanction, host="Association", is_outside=True, task=task, hours=6,
            signed_on=TODAY,
        )  # fmt: skip
        contract = Contract.objects.create(
            school=world.school, pupil=pupil, goals=task, help="Tutorat", starts=TODAY - timedelta(days=7),
            ends=TODAY + timedelta(days=21), opened_by=world.people["cpe"],
        )  # fmt: skip
        stage.put(scope, measure, contract)
        # The first slot of a model is the one of its page; a form moves a detention to the second.
        stage.put(
            scope, incident, incident.involvements.get(person=pupil), punition, *slots, detention, sanction
        )
    _several_in_one(stage, life)


def _records(stage: Stage) -> None:
    """A PAI of each scope, opened by the head, that the CPE reads in the own one; and one that nobody opens any more."""
    records.Record.objects.all().delete()
    legal = {"guardian", "other_guardian", "teacher_parent"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        head, pupil = world.people["head"], place_of(stage, Person, scope)
        viewer = viewer_for(head, 0, NOW, f"staff-{world.school.pk}")
        assert viewer is not None
        words = [f"{STEM} {TWIN}"] * 4
        if scope != OTHER_SCHOOL:
            family = {OWN: legal, OTHER_CLASS: {"former_guardian"}}.get(scope, set())
            pupils = {"pupil"} if scope == OWN else set()
            listed = {"head", "cpe"} if scope == OWN else {"head"}
            adults = {"head", "cpe"} | {OWN: {"teacher"}, OTHER_CLASS: {"teacher_parent"}}.get(scope, set())
            words = [
                stage.mark(f"what must be known, {scope}", listed | family, {"head"}),
                stage.mark(f"what is planned for a pupil, {scope}", listed | family, {"head"}),
                stage.mark(f"what a pupil reads, {scope}", listed | family | pupils, {"head"} | pupils),
                stage.mark(f"what to do in an emergency, {scope}", adults | family, adults),
            ]
        written = writing.Written(records.Words(*words), TODAY + timedelta(days=200), shows_emergency=True)
        record = writing.open_record(viewer, pupil, "pai", written)
        if scope == OWN:
            access.add_reader(viewer, record, stage.people["cpe"], "team", None)
        content = f"Ordonnance {words[0]}".encode()
        paper = hanging.keep_sealed(viewer, record, f"{words[1]}.txt", "text/plain", content, "")
        hanging.add_measure(viewer, record, "Tiers-temps", TODAY, None)
        reader = record.readers.order_by("-pk").first()
        stage.put(
            scope, record, reader, paper, record.measures.get(), records.Protocol.objects.get(pk=record.pk)
        )
        lost = records.Record.objects.create(
            school=world.school, pupil=pupil, kind="pap", review_on=TODAY + timedelta(days=200), opened_by=head,
            opened_at=NOW,
        )  # fmt: skip
        stage.put(scope, records.Orphan.objects.get(pk=lost.pk))


def _attention(stage: Stage) -> None:
    """Facts that wait, and a review: with its reason, a step, a mother's word. The own one was told to the cook."""
    life, people = {"head", "cpe"}, stage.people
    families = {OWN: FAMILY | {"teacher_parent"}, OTHER_CLASS: {"former_guardian"}, DEPARTED: set()}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        own, about = scope == OWN, {"school": world.school, "pupil": pupil}
        told = {"cook"} if own else set()
        fact, reason, step, word = [f"{STEM} {TWIN}"] * 4
        if scope != OTHER_SCHOOL:
            fact = stage.mark(
                f"a fact that nobody has looked at, {scope}", life, set() if scope == DEPARTED else life
            )
            reason = stage.mark(f"why it was decided, {scope}", life | told | families[scope], life)
            step = stage.mark(f"what is planned, {scope}", life | told | families[scope], life)
            word = stage.mark(
                f"what a mother contests, {scope}", life | ({"guardian"} if own else set()), life
            )
        mother = people["guardian"] if own else Person.objects.create(family_name="Mère", given_name="Ada")
        count = {
            "number": 3,
            "before": 0,
            "threshold": 3,
            "since": TODAY,
            "until": TODAY,
            "found_at": NOW,
            **about,
        }
        attention.Finding.objects.update_or_create(
            pupil=pupil,
            school=world.school,
            fact="attendance.subject",
            review=None,
            defaults={**count, "what": fact},
        )
        review = attention.Review.objects.create(
            kind="tell" if own else "talk", told_to=people["cook"] if own else None, owner=cpe, opened_at=NOW,
            until=TODAY + timedelta(days=20), **about,
        )  # fmt: skip
        attention.Finding.objects.create(fact="attendance.lates", review=review, **count)
        of = {"school": world.school, "review": review}
        attention.Decision.objects.create(
            kind=review.kind, reason=reason, decided_by=cpe, decided_at=NOW, **of
        )
        planned = attention.Step.objects.create(what=step, due=TODAY + timedelta(days=3), added_by=cpe, **of)
        contested = attention.Word.objects.create(about="contest", text=word, by=mother, at=NOW, **of)
        stage.put(scope, review, planned, contested)


def _requests(stage: Stage) -> None:
    """What a guardian asked about the data of the pupil of each scope, in words of their own."""
    askers = {OWN: "guardian", OTHER_CLASS: "former_guardian"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        asker = (
            stage.people[askers[scope]]
            if scope in askers
            else Person.objects.create(family_name="Mère", given_name="Ada")
        )
        words = f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            readers = {"head"} | ({askers[scope]} if scope in askers else set())
            words = stage.mark(f"what was asked about data, {scope}", readers, readers)
        request = privacy.DataRequest.objects.create(
            school=world.school, subject=place_of(stage, Person, scope), asked_by=asker, asked_at=NOW,
            due=privacy.due_after(TODAY),
        )  # fmt: skip
        line = privacy.RequestLine.objects.create(
            school=world.school,
            request=request,
            right="rectify",
            kind="attendance-entry",
            wrong=words,
            better="Présent",
        )
        stage.put(scope, request, line)


def _terms(stage: Stage) -> None:
    """What is past its term in each school: counts, and why it was postponed."""
    for scope in (OWN, OTHER_SCHOOL):
        world = stage.twin if scope == OTHER_SCHOOL else stage.college
        why = f"{STEM} {TWIN}"
        if scope == OWN:
            why = stage.mark("why what is past its term waits", {"head", "operator"}, {"head", "operator"})
        run = privacy.RetentionRun.objects.create(
            school=world.school, day=TODAY, prepared_at=NOW, postponed_by=world.people["head"],
            postponed_until=TODAY + timedelta(days=30), postponed_why=why,
        )  # fmt: skip
        part = privacy.RetentionPart.objects.create(
            run=run, rule="attendance.visits", since=date(2026, 9, 1), count=12, oldest=TODAY, newest=TODAY
        )
        stage.put(
            scope, run, part, privacy.RetentionBatch.objects.create(part=part, erased=0, left=0, at=NOW)
        )


def _several_in_one(stage: Stage, life: set[str]) -> None:
    """A child of the other class was hurt in the own incident: each family reads its own sentence alone."""
    incident, hurt = stage.own(Incident), stage.objects[Person][OTHER_CLASS][0]
    words = stage.mark("told to the other family", life | {"teacher", "former_guardian"}, {"former_guardian"})
    Involvement.objects.create(
        school=incident.school, incident=incident, person=hurt, part="harmed", for_family=words, told_at=NOW
    )
    answer = stage.mark("what the guardian answers", life | {"guardian"}, {"head"})
    Observation.objects.create(
        school=incident.school, sanction=stage.own(Sanction), by=stage.people["guardian"], text=answer, at=NOW
    )


def _incident(world: World, pupil: Person, reporter: Person, facts: str, told: str) -> Incident:
    incident = Incident.objects.create(
        school=world.school, day=TODAY - timedelta(days=2), place="yard", kind="talk", facts=facts,
        reported_by=reporter, reported_at=NOW,
    )  # fmt: skip
    Involvement.objects.create(
        school=world.school, incident=incident, person=pupil, part="concerned", for_family=told, told_at=NOW
    )
    return incident


def _slot(world: World, watcher: Person, starts: Any) -> Slot:
    """At an hour of its own: two slots of a room are not held together."""
    starts += timedelta(minutes=Slot.objects.count())
    return Slot.objects.create(
        school=world.school, day=starts.date(), starts=starts, ends=starts + timedelta(hours=1), places=12,
        supervisor=watcher, opened_by=watcher,
    )  # fmt: skip


def _procedure(world: World, pupil: Person, facts: str) -> Sanction:
    return Sanction.objects.create(
        school=world.school, pupil=pupil, authority="head", facts=facts, opened_by=world.people["head"],
        told_on=TODAY - timedelta(days=10), defend_until=TODAY - timedelta(days=5),
    )  # fmt: skip


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


def _changed_lessons(stage: Stage) -> None:
    """A lesson to come of each class that changed rooms, with a note for the staff; one that is over; named weeks."""
    for scope, world, words in [
        (OWN, stage.college, stage.mark("note of a changed lesson", STAFF, {"head", "secretary"})),
        (OTHER_CLASS, stage.college, stage.mark("note of another class", STAFF, {"head", "secretary"})),
        (DEPARTED, stage.college, stage.mark("note of a former lesson", STAFF)),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        lesson: Any = stage.objects[Lesson][scope][0]
        if scope != DEPARTED:
            known = lesson
            lesson = _lesson(
                world, known.groups.all()[0], known.teachers.all()[0], NOW + timedelta(days=3, hours=9)
            )
        made = {"made_by": world.people["head"], "made_at": NOW, "note": words}
        change = LessonChange.objects.create(
            school=world.school, lesson=lesson, kind="room", room_after=lesson.room, **made
        )
        Lesson.objects.filter(pk=lesson.pk).update(revision=1)
        stage.put(scope, change)
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, stage.twin)):
        weeks = {"name": world.named("Stage"), "mondays": ["2026-11-30"]}
        stage.put(scope, Alternation.objects.create(school=world.school, year=world.year, **weeks))


def _covers(stage: Stage) -> None:
    """Teachers who are away, and colleagues who were asked: near, of the other class, gone, and in the twin."""
    people, twin = stage.people, stage.twin
    office = {"head", "secretary"}
    saturday = _lesson(stage.college, stage.own(Group), people["teacher"], NOW + timedelta(days=4, hours=8))
    others = [stage.objects[Lesson][scope][0] for scope in (OTHER_CLASS, DEPARTED, OTHER_SCHOOL)]
    own = stage.mark("words of who was asked", office | {"teacher_parent"}, {"secretary"})
    other = stage.mark("words of another who was asked", office | {"teacher"}, {"secretary"})
    gone = stage.mark("words of who has left", office)
    for scope, lesson, world, key, starts, words in [
        (OWN, saturday, stage.college, "teacher_parent", NOW - timedelta(hours=1), own),
        (OTHER_CLASS, others[0], stage.college, "teacher", None, other),
        (DEPARTED, others[1], stage.college, "former_teacher", None, gone),
        (OTHER_SCHOOL, others[2], twin, "", None, f"{STEM} {TWIN}"),
    ]:
        absence = TeacherAbsence.objects.create(
            school=world.school, teacher=lesson.teachers.all()[0], starts=starts or lesson.starts, ends=lesson.ends,
            cause="personal", announced_by=world.people["secretary"], announced_at=NOW, confirmed_at=NOW,
        )  # fmt: skip
        ask = CoverAsk.objects.create(
            school=world.school, lesson=lesson, absence=absence, words=words, asked_at=NOW,
            person=people[key] if key else twin.people["teacher_1"], asked_by=world.people["secretary"],
        )  # fmt: skip
        stage.put(scope, absence, ask)
    # What is said of the lesson that is going on, where the office looks for somebody.
    CoverAsk.objects.create(
        school=stage.college.school, lesson=stage.own(Lesson), absence=stage.own(TeacherAbsence), words=own,
        person=people["teacher_parent"], asked_by=people["secretary"], asked_at=NOW, state="declined",
    )  # fmt: skip


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
    stage.put(OWN, OperatedDelivery.objects.get(pk=shared.pk))
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, twin)):
        stage.put(scope, OperatedSchool.objects.get(pk=world.school.pk))
    for world in (stage.college, twin):
        DeliveryShare.objects.create(delivery=shared, school=world.school, counts={"arrivals": 1})


def _timetables(stage: Stage) -> None:
    """A timetable that waits for a decision, in each school."""
    office = {"head", "secretary"}
    own = stage.mark("timetable of the school", office, office)
    for scope, world, mark in ((OWN, stage.college, own), (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}")):
        line = {"what": mark, "groups": "6e A", "when": "Lundi, 8 h – 9 h", "detail": mark}
        report = {
            "format": "edt", "scope": "all", "created": 1, "reasons": [["Sans classe.", 1]],
            "put_aside": [{"file": mark, "line": 7, "reason": "Sans classe.", "what": ""}],
        }  # fmt: skip
        brought = TimetableImport.objects.create(
            school=world.school, year=world.year, brought_by=world.people["secretary"], source="edt", files=[mark],
            state=TimetableImport.State.PREVIEW, report=report, preview={"created": [line], "decided": [_decided(mark)], "columns": _columns(mark)},
            moved_at=NOW,
        )  # fmt: skip
        stage.put(scope, brought)
        told = ToldCourse.objects.create(
            school=world.school, year=world.year, source="edt", key="un", said={}
        )
        stage.put(scope, told)


def _columns(mark: str) -> list[dict[str, object]]:
    """The columns of a table, whose cells name somebody."""
    held = {"J": "day", "H": "hours", "M": "subject", "C": "class", "P": "teacher"}
    return [{"title": title, "cells": [mark], "field": key} for title, key in held.items()]


def _decided(mark: str) -> dict[str, str]:
    """A choice between a file and the school."""
    return {"id": "cours:un", "what": mark, "groups": "6e A", "file": mark, "here": mark, "by": mark}


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
        stage.put(scope, FollowedSearch.objects.create(
            person=stage.people[key], query=f"q={key.replace('_', '-')}", since=NOW.date(), seen=0
        ))  # fmt: skip
        stage.put(scope, _just_sent(stage, stage.people[key], scope))
        keeper = {OWN: "cpe", OTHER_CLASS: "teacher_parent"}.get(scope, key)
        stage.put(scope, Passkey.objects.create(
            account=stage.people[keeper].account, name="Téléphone", credential_id=bytes_to_base64url(f"stage-{key}".encode()), handle="c3RhZ2U", public_key="x", made_at=NOW
        ))  # fmt: skip
        stage.put(scope, AccessKey.objects.create(
            account=stage.people[keeper].account, kind="token", name="Programme", seat="staff", scopes=["api"], prefix=keys.prefix_of(keys.new_key()),
            digest="x", made_at=NOW, expires_at=NOW + timedelta(days=30),
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


def _just_sent(stage: Stage, person: Person, scope: str) -> StoredFile:
    """A picture that nothing owns yet: its sender alone reads it."""
    sender = {OWN: "guardian", OTHER_CLASS: "teacher"}.get(scope)
    words = stage.mark(f"a file just sent, {scope}", {sender}, {sender}) if sender else f"{STEM} {TWIN}"
    world = stage.twin if scope == OTHER_SCHOOL else stage.college
    file = StoredFile.objects.create(
        school=world.school, name=f"{words}.png", kind="image/png", size=9, digest=words, width=80, height=60, kept_by=person,
        kept_at=NOW,
    )  # fmt: skip
    for name in (file.public_id, f"{file.public_id}{GLIMPSE}"):
        vault.write(BytesIO(words.encode()), name)
    return file


def _media(stage: Stage) -> None:
    """A sound of the operator's that nothing shows, a file on its way, and a book that the catalogue shows to all."""
    sender = stage.people["operator"]
    words = stage.mark("a sound of an operator", {"operator"})
    facts = {"kept_by": sender, "kept_at": NOW, "moved_at": NOW, "state": "ready", "size": 9}
    hidden = Medium.objects.create(
        kind="audio", name=f"{words}.mp3", facts={"seconds": 12.0, "sound": True}, transcript=words, **facts
    )
    shown = Medium.objects.create(kind="epub", name="Un livre.epub", public_id=SHOWN_MEDIUM, **facts)
    for medium, name, mime in (
        (hidden, "son.m4a", "audio/mp4"),
        (shown, "livre.epub", "application/epub+zip"),
    ):
        row = Rendition.objects.create(medium=medium, name=name, mime=mime, size=9)
        mediaroom.open_folder(mediaroom.path_of(row.stored).parent)
        mediaroom.path_of(row.stored).write_bytes(b"neuf sons")
    resource = Resource.objects.create(
        key="nombres-et-calculs/un-livre", collection=Collection.objects.get(slug="nombres-et-calculs"), title="Un livre", abstract="À lire.",
        authors=["Préau"], institution=Institution.objects.all()[0], type="livre", licence="cc-by", audiences=["eleve"], published=TODAY,
        changed=TODAY, source="plateforme", digest="0" * 64, edition=next_edition(), medium=shown,
    )  # fmt: skip
    resource.nodes.set(Node.objects.filter(kind__in=["level", "subject"], key__in=["cp", "francais"]))
    stage.put(OWN, hidden, EditedResource.objects.get(pk=resource.pk))
    name = stage.mark("a file on its way", {"operator"})
    stage.put(OWN, Upload.objects.create(person=sender, name=f"{name}.mp4", size=20, moved_at=NOW))


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


def _events(stage: Stage) -> None:
    """An event of each class, one of a month ago, one of the twin; a meeting kept to one teacher."""
    people, staff = stage.people, STAFF - {"cook"}
    own, other = FAMILY | {"teacher_parent"}, {"former_guardian"}
    for scope, by, readers, must, days in [
        (OWN, people["head"], staff | own, {"head", "teacher", "guardian", "pupil"}, 3),
        (OTHER_CLASS, people["teacher_parent"], staff | other, {"cpe", "former_guardian"}, 3),
        (DEPARTED, people["former_teacher"], staff | own, {"secretary"}, -28),
        (OTHER_SCHOOL, stage.twin.people["head"], None, None, 3),
    ]:
        title = stage.mark(f"an event ({scope})", readers, must) if readers else f"{STEM} {TWIN}"
        # A class of last year has no event of this one.
        group: Any = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        event = _an_event(
            group.school, by, title, days, audience="groups", with_families=True, asks_answer=days > 0
        )
        event.groups.set([group])
        stage.put(scope, event)
    Invitation.objects.create(
        school=stage.college.school,
        event=stage.own(Event),
        person=people["guardian"],
        answer="yes",
        answered_at=NOW,
    )
    kept = {"head", "teacher"}
    meeting = _an_event(
        stage.college.school,
        people["head"],
        stage.mark("a meeting kept to one", kept, kept),
        2,
        audience="people",
    )
    Invitation.objects.create(school=stage.college.school, event=meeting, person=people["teacher"])


def _day_slots(stage: Stage) -> None:
    """An hour of study of each school; everybody of the school reads its name."""
    readers = STAFF | FAMILY | {"former_guardian"}
    for scope, world, name in [
        (OWN, stage.college, stage.mark("an hour of study", readers, {"head", "cpe"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        slot = DaySlot.objects.create(
            school=world.school,
            year=world.year,
            kind="study",
            name=name,
            weekdays=[0, 1],
            starts_at="17:10",
            ends_at="18:00",
        )
        slot.watchers.set([world.people["cpe"]])
        stage.put(scope, slot)


def _digital_resources(stage: Stage) -> None:
    """A resource of each class, its rule, and the list it came from."""
    college = stage.college
    # Those of the seeds are given by subject and by level: here, only what the stage gives is looked at.
    ResourceRule.objects.filter(school=college.school).delete()
    Subscription.objects.filter(school=college.school).delete()
    for scope, world, readers, must in [
        (OWN, college, {"head"} | FAMILY | {"teacher_parent"}, {"head", "pupil", "guardian"}),
        (OTHER_CLASS, college, {"head", "former_guardian"}, {"head"}),
        (OTHER_SCHOOL, stage.twin, None, None),
    ]:
        name = (
            stage.mark(f"a digital resource ({scope})", readers, must or ()) if readers else f"{STEM} {TWIN}"
        )
        head: Any = world.people["head"]
        resource = DigitalResource.objects.create(
            school=world.school, code=f"ark:/matrix/{scope}", name=name, search_name=name.lower(), listed_on=TODAY,
            url="https://sp-auth.gar.example/matrix", with_families=True,
        )  # fmt: skip
        rule = ResourceRule.objects.create(
            school=world.school, public="pupil", scope="groups", made_by=head, made_at=NOW
        )
        rule.resources.add(resource)
        ResourceTarget.objects.create(school=world.school, rule=rule, group=place_of(stage, Group, scope))
        names: dict[str, list[str]] = {part: [] for part in ("created", "changed", "back", "closed")}
        counts = dict.fromkeys(["created", "changed", "back", "closed"], 0)
        brought = BroughtList.objects.create(
            school=world.school, kind="subscriptions", name="liste.json", digest=scope, by=head, at=NOW,
            facts={"records": [], "aside": [], "kept": []}, report=counts | {"same": 0, "aside": [], "names": names},
        )  # fmt: skip
        stage.put(scope, resource, rule, brought)


def _an_event(school: School, by: Person, title: str, days: int, **fields: Any) -> Event:
    starts = NOW + timedelta(days=days)
    event: Event = Event.objects.create(
        school=school, kind="meeting", title=title, search_title=title.lower(), description=title, first_day=starts.date(),
        last_day=starts.date(), starts=starts, ends=starts + timedelta(hours=1), state="published", created_by=by,
        created_at=NOW, published_at=NOW, **fields,
    )  # fmt: skip
    return event


def _nobody(stage: Stage) -> None:
    """What belongs to nobody: a person who was erased; for the rest, a number that no row has, too large for a database."""
    erased = Person.objects.create(family_name="Personne effacée", erased_at=NOW)
    stage.put(NOBODY, erased)
    for model in [one for one in stage.objects if one is not Person]:
        stage.put(NOBODY, _unsaved(model))


def _unsaved(model: type[Model]) -> Model:
    one = model()
    one.pk = "nobody" if model is AccountSession else 10**19
    if isinstance(one, catalogue.Source):
        # Its address is its key.
        one.slug = "personne"
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
