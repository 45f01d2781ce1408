"""What the isolation matrix is told: who sees which object, who opens which route, what each parameter names.

A route, a model or a parameter that is missing here fails the matrix: nobody forgets to say what a new page may show.
Refused means 404 for what one does not see, 403 for what one sees but may not open, the sign-in page for a visitor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from preau.commons.notifications.models import Device, Item
from preau.commons.works.models import Work
from preau.directory.models import (
    Closure,
    Delivery,
    Group,
    Guardianship,
    Holding,
    Leaver,
    Merge,
    Period,
    Person,
    Room,
    School,
    Subject,
)
from preau.domains.attendance.models import Entry, Explanation, Reason
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.foundation import boards
from preau.identity.models import AccountSession, Activation
from tests.net.matrix_stage import (
    CAST,
    DEPARTED,
    DOUBLES,
    FAMILY,
    NOBODY,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SCOPES,
    STAFF,
    STEM,
    STOP_TOKEN,
    VISITORS,
    Stage,
    place_of,
    school_key,
)

Near = dict[str, set[str]]
SIGNED_IN = set(CAST) - VISITORS
WITH_PUPILS = STAFF - {"cook"}
OFFICE, LIFE = {"head", "secretary"}, {"head", "cpe"}
# A member of staff, and the family of the pupil of the scope.
OWN_FAMILY, OTHER_FAMILY = FAMILY | {"teacher_parent"}, {"former_guardian"}
EVERYWHERE_STAFF: Near = {OWN: STAFF, OTHER_CLASS: STAFF, DEPARTED: STAFF, OTHER_SCHOOL: {"neighbour_head"}}


def near(**who: set[str]) -> Near:
    """`near(own=…, other_class=…)`: nobody where nothing is said."""
    return {name.replace("_", " "): roles for name, roles in who.items()}


MEMBERS: Near = near(own=STAFF | OWN_FAMILY | OTHER_FAMILY, other_school={"neighbour_head"})

# Who sees the object of each scope. An anonymous object (erased, or never there) is seen by nobody.
SEES: dict[type[Model], Near] = {
    Person: near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, other_school={"neighbour_head"}
    ),
    Group: EVERYWHERE_STAFF | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY),
    Lesson: EVERYWHERE_STAFF
    | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY, departed=STAFF | OWN_FAMILY),
    WeeklyPattern: EVERYWHERE_STAFF,
    Entry: near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE, other_school={"neighbour_head"},
    ),
    Explanation: near(
        own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}
    ),
    Delivery: near(
        own=OFFICE, other_class=OFFICE | {"neighbour_head"}, departed=OFFICE, other_school={"neighbour_head"}
    ),
    AccountSession: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Item: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Device: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Work: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Room: EVERYWHERE_STAFF,
    Subject: EVERYWHERE_STAFF,
    School: MEMBERS,
    Period: MEMBERS,
    Closure: MEMBERS,
    Guardianship: near(
        own={"head", "cpe", "secretary", "guardian"}, other_class={"head", "cpe", "secretary", "former_guardian"},
        other_school={"neighbour_head"},
    ),
    Holding: near(own=STAFF, other_school={"neighbour_head"}),
    Leaver: near(own=OFFICE, other_school={"neighbour_head"}),
    Merge: near(own={"head", "secretary"}, other_school={"neighbour_head"}),
    Reason: {scope: set(CAST) for scope in SCOPES} | near(other_school={"neighbour_head"}),
    Activation: near(own=OFFICE, other_class=OFFICE, other_school={"neighbour_head"}),
}  # fmt: skip

EVERYONE = set(CAST)
ALL_SCOPES_OF_SCHOOL_LIFE = near(own=LIFE, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"})
ALL_SCOPES_OF_OFFICE = near(own=OFFICE, other_class=OFFICE, departed=OFFICE, other_school={"neighbour_head"})
ITS_OWNER = SEES[AccountSession]
CODE_GIVERS = near(
    own={"head", "cpe", "teacher", "secretary"}, other_class={"head", "cpe", "teacher_parent", "secretary"},
    other_school={"neighbour_head"},
)  # fmt: skip
DECIDERS = near(own=OFFICE, departed=OFFICE, other_school={"neighbour_head"})
NEIGHBOURING = {"neighbour_head"}
# The head, and the cook to whom they are given.
SETTLERS = {"head", "cook"} | NEIGHBOURING
SETTLED = near(own={"head", "cook"}, other_school=NEIGHBOURING)

# Who opens each route: by scope when its address names an object, else a set of roles.
OPENS: dict[str, Near | set[str]] = {
    "portal:home": EVERYONE,
    "portal:demonstration": EVERYONE,
    "foundation:alive": EVERYONE,
    "foundation:ready": EVERYONE,
    "foundation:styleguide": EVERYONE,
    "demo:outbox": EVERYONE,
    "identity:sign_in": EVERYONE,
    "identity:activation": EVERYONE,
    "identity:forgotten": EVERYONE,
    "identity:new_password": EVERYONE,
    "identity:sign_out": SIGNED_IN,
    "identity:switch": SIGNED_IN,
    "identity:resume": SIGNED_IN,
    "identity:change_password": SIGNED_IN,
    "identity:sessions": SIGNED_IN,
    "identity:end_session": ITS_OWNER,
    "identity:accounts": (STAFF - {"cook"}) | NEIGHBOURING,
    "identity:class_accounts": near(
        own={"head", "cpe", "secretary", "teacher"}, other_class={"head", "cpe", "secretary", "teacher_parent"},
        departed={"head", "cpe", "secretary"}, other_school=NEIGHBOURING,
    ),
    "identity:prepare_class": ALL_SCOPES_OF_OFFICE,
    "identity:staff_accounts": OFFICE | NEIGHBOURING,
    "identity:prepare_staff": OFFICE | NEIGHBOURING,
    "identity:letters_pdf": OFFICE | NEIGHBOURING,
    "identity:person": CODE_GIVERS,
    "identity:give_code": CODE_GIVERS,
    "identity:prepare_person": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "notifications:centre": SIGNED_IN,
    "notifications:read_all": SIGNED_IN,
    "notifications:preferences": SIGNED_IN,
    "notifications:revoke": SIGNED_IN,
    "notifications:add_device": SIGNED_IN,
    "notifications:renew_device": SIGNED_IN,
    "notifications:remove_device": SEES[Device],
    "notifications:try_device": SEES[Device],
    "notifications:stop": EVERYONE,
    "notifications:item": SEES[Item],
    "notifications:open": SEES[Item],
    "notifications:mark": SEES[Item],
    "works:works": SIGNED_IN,
    "works:stop": SEES[Work],
    "directory:deliveries": OFFICE | NEIGHBOURING,
    "directory:bring": OFFICE | NEIGHBOURING,
    "directory:bring_tables": OFFICE | NEIGHBOURING,
    "directory:export": OFFICE | NEIGHBOURING,
    "directory:departures": OFFICE | NEIGHBOURING,
    "directory:export_departures": OFFICE | NEIGHBOURING,
    "directory:leaver": SEES[Leaver],
    "directory:let_go": SEES[Leaver],
    "directory:delivery": SEES[Delivery],
    # A delivery for several schools shows each its share, and no list of people.
    "directory:delivery_part": near(own=OFFICE, departed=OFFICE, other_school=NEIGHBOURING),
    "directory:report_csv": SEES[Delivery],
    "directory:report_json": SEES[Delivery],
    "directory:columns": DECIDERS,
    "directory:apply": DECIDERS,
    "directory:drop": DECIDERS,
    "directory:approve": DECIDERS | near(own={"head"}),
    "directory:person": near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, other_school=NEIGHBOURING
    ),
    "search:search": SIGNED_IN,
    "agenda:agenda": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscription": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:unsubscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:feed": EVERYONE,
    "timetable:week": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "timetable:patterns": OFFICE | NEIGHBOURING,
    "timetable:create": OFFICE | NEIGHBOURING,
    "timetable:stop": ALL_SCOPES_OF_OFFICE,
    "attendance:roll": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
    ),
    "attendance:absences": FAMILY | OTHER_FAMILY,
    "attendance:explain": near(
        own={"guardian", "other_guardian", "teacher_parent"}, other_class=OTHER_FAMILY
    ),
    "attendance:withdraw": near(own={"guardian"}),
    "attendance:board": LIFE | NEIGHBOURING,
    "attendance:entries": LIFE | NEIGHBOURING,
    "attendance:export": LIFE | NEIGHBOURING,
    "attendance:entry": ALL_SCOPES_OF_SCHOOL_LIFE,
    "attendance:decide": ALL_SCOPES_OF_SCHOOL_LIFE,
    "portal:app_manifest": EVERYONE,
    "portal:service_worker": EVERYONE,
    "portal:offline": EVERYONE,
    "portal:help": EVERYONE,
    "portal:guide": EVERYONE,
    "portal:first_visit": SIGNED_IN,
    "portal:settle_guide": SIGNED_IN,
    "portal:accessibility": EVERYONE,
    "portal:legal": EVERYONE,
    "portal:privacy": EVERYONE,
    "portal:privacy_house": EVERYONE,
    "portal:state": EVERYONE,
    "portal:sitemap": EVERYONE,
    "portal:robots": EVERYONE,
    "foundation:styleguide_section": EVERYONE,
    "identity:profile": SIGNED_IN,
    "privacy:own_data": SIGNED_IN,
    "privacy:readings": SIGNED_IN,
    "privacy:part": SIGNED_IN,
    "privacy:export": SIGNED_IN,
    "identity:reading": SIGNED_IN,
    # A pupil of the cast is twelve: a picture is for fifteen and more.
    "identity:take_picture": SIGNED_IN - {"pupil"},
    "identity:remove_picture": SIGNED_IN,
    "identity:picture": SEES[Person],
    "journal:changes": {"head"} | NEIGHBOURING,
    "directory:school": MEMBERS,
    "directory:logo": MEMBERS,
    **dict.fromkeys(
        [
            "directory:settings", "directory:identity", "directory:look", "directory:take_logo",
            "directory:remove_logo", "directory:hours", "directory:periods", "directory:create_period",
            "directory:closures", "directory:zone", "directory:services", "directory:service",
        ],
        SETTLERS,
    ),
    "directory:duplicates": OFFICE | NEIGHBOURING,
    "directory:merges": OFFICE | NEIGHBOURING,
    # Beside somebody of the school: whom another school compares with them does not exist.
    "directory:pair": near(own=OFFICE, other_class=OFFICE),
    "directory:tell_apart": near(own=OFFICE, other_class=OFFICE),
    "directory:merge": OFFICE,
    "directory:undo_merge": SEES[Merge],
    "directory:guardianship": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "directory:lift_ruling": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "directory:change_period": SETTLED,
    "directory:remove_period": SETTLED,
    "directory:remove_closure": SETTLED,
    "directory:administrators": {"head"} | NEIGHBOURING,
    "directory:end_delegation": near(own={"head"}, other_school=NEIGHBOURING),
}  # fmt: skip
# Pages of the demonstration alone: elsewhere they do not exist, for anybody.
NOT_HERE = {"portal:demonstration", "demo:outbox"}
# Addresses that name two people: 403 for whoever may compare nobody, 404 for whoever does not see both.
NAMES_TWO = {"directory:pair", "directory:tell_apart", "directory:merge"}
# What an address holds besides its object.
REST_OF_ADDRESS = {
    "directory:delivery_part": {"part": "departs"},
    "directory:service": {"key": "attendance"},
    "directory:pair": {"other": DOUBLES[0]},
    "directory:tell_apart": {"other": DOUBLES[0]},
    "directory:merge": {"one": DOUBLES[0], "other": DOUBLES[1]},
    "directory:export": {"key": "responsables"},
    "privacy:part": {"key": "attendance-entry"},
    "foundation:styleguide_section": {"key": "actions"},
    "portal:guide": {"key": "famille"},
    "portal:privacy_house": {"key": "directory"},
    "notifications:stop": {"token": STOP_TOKEN},
}


# What each parameter of a query or of a form names


@dataclass(frozen=True)
class Named:
    """A parameter that names an object: of `model`, by its field `by`; `says` writes it otherwise."""

    model: type[Model]
    by: str = "pk"
    says: Callable[[Stage, Any], str] | None = None

    def value(self, stage: Stage, scope: str) -> str:
        found = place_of(stage, self.model, scope)
        return self.says(stage, found) if self.says else str(getattr(found, self.by))


def _letter(stage: Stage, activation: Activation) -> str:
    return f"{activation.pk}:{stage.codes.get(activation.pk, 'XXXX-XXXX-XXXX')}"


def _seat(stage: Stage, school: School) -> str:
    return school_key(stage, OTHER_SCHOOL if school == stage.twin.school else OWN)


def _search(stage: Stage, person: Person) -> str:
    return STEM


NAMES: dict[str, Named] = {
    "classe": Named(Group),
    "enfant": Named(Person, "public_id"),
    "garder": Named(Person, "public_id"),
    "pour": Named(Person, "public_id"),
    "nom": Named(Person, says=_search),
    "texte": Named(Person, says=_search),
    "groups": Named(Group),
    "teachers": Named(Person),
    "subject": Named(Subject),
    "room": Named(Room),
    "entries": Named(Entry),
    "entry": Named(Entry),
    "reason": Named(Reason),
    "seat": Named(School, says=_seat),
    "holding": Named(Holding),
    "old": Named(Device, "endpoint"),
    "lettre": Named(Activation, says=_letter),
}
# « status-12 »: the number of a pupil stands in the name.
NUMBERED = {"status": Named(Person), "minutes": Named(Person), "seen": Named(Person)}
# Parameters that name nothing of anybody's, and the values that show other sides of a page.
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "csrfmiddlewaretoken", "contexte", "suite", "du", "au", "etat", "refaire", "vu", "avant", "login", "password",
        "code", "identifiant", "former", "new_password", "again", "comment", "state", "status", "minutes_late",
        "weekday", "starts_at", "ends_at", "first_day", "outside",
        "starts", "ends", "zone", "palette", "opens_at", "closes_at", "open", "levels", "until", "address", "phone",
        "email", "website", "privacy_contact", "name", "name_0", "name_1", "text", "spacing", "font", "color-scheme",
        "contrast", "motion", "simple", "ruled_on", "barred", "last_day", "tri", "cle", "montrer", "q", "reach", "forme",
        "certified", "eleves-0", "eleves-1", "comparer",
    ],
    (),
) | dict.fromkeys(
    ["lue", "jusqu-a", "hour", "sujet", "endpoint", "p256dh", "auth"]
    + [f"{kind.key}-{what}" for kind in boards.notification_kinds for what in ("in_app", "pace", "push")],
    (),
) | {
    "page": ("2",), "appels": ("tous",), "jour": ("2026-11-23",), "semaine": ("2026-10-27",), "qui": ("responsables",),
    "vue": ("jour", "mois", "liste"),
}  # fmt: skip


@dataclass
class Told:
    """The tables together, so that a test may plant something in a copy."""

    opens: dict[str, Near | set[str]] = field(default_factory=lambda: dict(OPENS))
    sees: dict[type[Model], Near] = field(default_factory=lambda: dict(SEES))
    names: dict[str, Named] = field(default_factory=lambda: dict(NAMES))

    def may_open(self, route: str, scope: str | None, role: str) -> bool:
        opened = self.opens[route]
        return role in (opened if isinstance(opened, set) else opened.get(scope or OWN, set()))

    def sees_object(self, model: type[Model], scope: str, role: str) -> bool:
        return scope != NOBODY and role in self.sees[model].get(scope, set())
