"""What the isolation matrix is told: who sees which object, who opens which route, what each parameter names.

A route, a model or a parameter that is missing here fails the matrix: nobody forgets to say what a new page may show.
Refused means 404 for what one does not see, 403 for what one sees but may not open, the sign-in page for a visitor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from preau.commons.federation.models import Link, Provider
from preau.commons.files.models import StoredFile
from preau.commons.lti.models import Activity, Proposal
from preau.commons.lti.words import ALLOWED
from preau.commons.media.models import Medium, Upload
from preau.commons.notifications.models import Device, Item
from preau.commons.platform.models import OperatedDelivery, OperatedSchool
from preau.commons.privacy.models import DataRequest, RequestLine, RetentionBatch, RetentionPart, RetentionRun
from preau.commons.signon.models import Service
from preau.commons.signon.words import ATTRIBUTES
from preau.commons.works.models import Work
from preau.directory.boards import early_facts
from preau.directory.models import (
    Closure,
    ConsentRequest,
    Delivery,
    Group,
    Guardianship,
    Guest,
    Holding,
    Leaver,
    Merge,
    Period,
    Person,
    PlannedClass,
    Room,
    School,
    SchoolYear,
    Subject,
)
from preau.domains.attendance.models import (
    Alert,
    Announcement,
    Arrangement,
    Entry,
    Explanation,
    FollowUp,
    ListRemark,
    Reason,
    SeatingPlan,
    Visit,
)
from preau.domains.attention.models import Review as AttentionReview
from preau.domains.attention.models import Step as AttentionStep
from preau.domains.attention.models import Word as AttentionWord
from preau.domains.campaigns.models import Campaign
from preau.domains.catalogue.models import FollowedSearch, Harvest, Miss, Source
from preau.domains.catalogue.models.edited import EditedResource
from preau.domains.conduct.models import (
    Contract,
    Detention,
    Incident,
    Involvement,
    Punition,
    Responsibility,
    Sanction,
    Slot,
)
from preau.domains.events.models import Event
from preau.domains.exams.models import code_of
from preau.domains.homework.models import ClassBook, HandIn, Homework, Progression, ProgressionStep
from preau.domains.mediacentre.models import BroughtList
from preau.domains.mediacentre.models import Resource as DigitalResource
from preau.domains.mediacentre.models import Rule as ResourceRule
from preau.domains.records.models import Measure, Orphan, Paper, Protocol, Reader, Record
from preau.domains.scenarios.models import Author, Case, Qualification, Review, Scenario, Version
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
from preau.foundation import boards
from preau.identity.models import AccessKey, AccountSession, Activation, Passkey
from tests.net.matrix_stage import (
    CAST,
    DEPARTED,
    DOUBLES,
    FAMILY,
    NOBODY,
    OPEN_PROVIDER,
    OPEN_SAML,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SCENARIO_CODE,
    SCENARIO_STEP,
    SCOPES,
    SHOWN_MEDIUM,
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
AND_THE_TOWN: Near = MEMBERS | near(own=MEMBERS[OWN] | {"town"})

GIVERS = LIFE | {"teacher", "teacher_parent"}
# An incident: whoever follows them, and whoever reported it.
IN_PERSON: Near = near(
    own=LIFE | {"teacher"},
    other_class=LIFE | {"teacher_parent"},
    departed=LIFE,
    other_school={"neighbour_head"},
)

# A seating plan: whoever teaches the class, school life and head.
PLANS: Near = near(
    own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, other_school={"neighbour_head"}
)

# Who sees the object of each scope. An anonymous object (erased, or never there) is seen by nobody.
SEES: dict[type[Model], Near] = {
    Person: near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, other_school={"neighbour_head"}
    ),
    ConsentRequest: near(own=WITH_PUPILS | OWN_FAMILY | OTHER_FAMILY, other_school={"neighbour_head"}),
    Group: EVERYWHERE_STAFF | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY),
    Lesson: EVERYWHERE_STAFF
    | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY, departed=STAFF | OWN_FAMILY),
    WeeklyPattern: EVERYWHERE_STAFF,
    LessonChange: EVERYWHERE_STAFF,
    Alternation: MEMBERS,
    DaySlot: MEMBERS,
    TimetableImport: near(own=OFFICE, other_school={"neighbour_head"}),
    ToldCourse: near(own=OFFICE, other_school={"neighbour_head"}),
    TeacherAbsence: near(
        own=OFFICE | {"teacher"}, other_class=OFFICE | {"teacher_parent"}, departed=OFFICE,
        other_school={"neighbour_head"},
    ),
    CoverAsk: near(
        own=OFFICE | {"teacher_parent"}, other_class=OFFICE | {"teacher"}, departed=OFFICE,
        other_school={"neighbour_head"},
    ),
    # Its people and families where it is open; the head of each school, its own.
    Service: MEMBERS,
    Provider: near(own={"head", "cook"}, other_school={"neighbour_head"}),
    Link: near(own=OFFICE | {"pupil"}, other_class=OFFICE, other_school={"neighbour_head"}),
    Entry: near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE, other_school={"neighbour_head"},
    ),
    Explanation: near(
        own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}
    ),
    **dict.fromkeys(
        [DataRequest, RequestLine],
        near(
            own={"head", "guardian"}, other_class={"head", "former_guardian"}, departed={"head"},
            other_school={"neighbour_head"},
        ),
    ),
    # Counts of the school, to whoever answers for its data; the operator runs it.
    **dict.fromkeys(
        [RetentionRun, RetentionPart, RetentionBatch],
        near(own={"head", "operator"}, other_school={"neighbour_head"}),
    ),
    Alert: near(own=LIFE, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}),
    Announcement: near(
        own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}
    ),
    Visit: near(
        own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    FollowUp: near(
        own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    Campaign: near(own=LIFE, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}),
    Homework: near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE | {"teacher"} | OWN_FAMILY, other_school={"neighbour_head"},
    ),
    HandIn: near(
        own={"head", "teacher"} | OWN_FAMILY, other_class={"head", "teacher_parent"} | OTHER_FAMILY,
        departed={"head"}, other_school={"neighbour_head"},
    ),
    **dict.fromkeys(
        [Progression, ProgressionStep],
        near(own={"teacher"}, other_class={"teacher_parent"}),
    ),
    # Of no school: nobody of the cast was given it, and the operator of the matrix runs one territory.
    Qualification: near(),
    # One's own reviews; what is decided of them, by whoever runs the platform.
    Review: near(own={"teacher"}, other_class={"teacher_parent"}),
    Case: near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys([Scenario, Version, Author], near(own={"teacher"}, other_class={"teacher_parent"})),
    ClassBook: near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE,
        other_school={"neighbour_head"},
    ),
    Incident: IN_PERSON,
    Involvement: IN_PERSON | near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY
    ),
    Punition: IN_PERSON | near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY
    ),
    Detention: IN_PERSON | near(
        own=LIFE | {"teacher", "secretary"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY
    ),
    # A slot names nobody: whoever may place a detention sees it, and whoever watches over it.
    Slot: near(
        own=GIVERS | {"secretary"}, other_class=GIVERS, departed=GIVERS, other_school={"neighbour_head"}
    ),
    Sanction: near(
        own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    **dict.fromkeys(
        [Responsibility, Contract],
        near(own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}),
    ),
    # A confidential record: its list (the head opened each, the CPE reads the own one), the legal guardians, the pupil.
    **dict.fromkeys(
        [Record, Measure, Paper],
        near(
            own={"head", "cpe"} | OWN_FAMILY, other_class={"head"} | OTHER_FAMILY, departed={"head"},
            other_school={"neighbour_head"},
        ),
    ),
    Reader: near(own={"head", "cpe"}, other_class={"head"}, departed={"head"}, other_school={"neighbour_head"}),
    # What to do in an emergency: the adults in charge of the pupil.
    Protocol: near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school={"neighbour_head"}
    ),
    Orphan: near(own={"head"}, other_class={"head"}, departed={"head"}, other_school={"neighbour_head"}),
    # What is for classes, whoever works with pupils reads; families, what is opened to them.
    Event: near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, departed=WITH_PUPILS | OWN_FAMILY,
        other_school={"neighbour_head"},
    ),
    # Whoever assigns, and those of the class that has it; families, since it is shown to them.
    DigitalResource: near(
        own={"head"} | OWN_FAMILY, other_class={"head"} | OTHER_FAMILY, other_school={"neighbour_head"}
    ),
    **dict.fromkeys(
        [ResourceRule, BroughtList], near(own={"head"}, other_class={"head"}, other_school={"neighbour_head"})
    ),
    # The cook is the adult who was told of the own one.
    AttentionReview: near(
        own=LIFE | {"cook"} | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    AttentionStep: near(
        own=LIFE | {"cook"} | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    # What the mother wrote is hers, and read by those in charge.
    AttentionWord: near(own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}),
    Delivery: near(
        own=OFFICE, other_class=OFFICE | {"neighbour_head"}, departed=OFFICE, other_school={"neighbour_head"}
    ),
    AccountSession: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    # Those of the stage are of people who do not sign in with their password there: it would suffice no more.
    AccessKey: near(own={"cpe"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
    Passkey: near(own={"cpe"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
    Item: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Device: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    FollowedSearch: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Work: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    StoredFile: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    Room: EVERYWHERE_STAFF,
    Subject: EVERYWHERE_STAFF,
    School: AND_THE_TOWN,
    Period: MEMBERS,
    Closure: MEMBERS,
    Guardianship: near(
        own={"head", "cpe", "secretary", "guardian"}, other_class={"head", "cpe", "secretary", "former_guardian"},
        other_school={"neighbour_head"},
    ),
    Holding: near(own=STAFF, other_school={"neighbour_head"}),
    # The operator of the matrix runs the schools of one territory, that of the school of the test.
    OperatedSchool: near(own={"operator"}),
    Upload: near(own={"operator"}),
    Medium: near(own={"operator"}),
    OperatedDelivery: near(),
    # Whoever runs one territory changes nothing of the catalogue.
    EditedResource: near(),
    Miss: near(),
    Source: near(),
    Harvest: near(),
    Guest: near(own={"head"}, other_school={"neighbour_head"}),
    Leaver: near(own=OFFICE, other_school={"neighbour_head"}),
    PlannedClass: near(own=OFFICE, other_school={"neighbour_head"}),
    SchoolYear: MEMBERS | near(departed=STAFF | OWN_FAMILY | OTHER_FAMILY),
    Merge: near(own={"head", "secretary"}, other_school={"neighbour_head"}),
    SeatingPlan: PLANS,
    ListRemark: near(own=OFFICE | {"teacher"}, other_school={"neighbour_head"}),
    Arrangement: near(
        own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE, other_school={"neighbour_head"},
    ),
    Reason: {scope: set(CAST) for scope in SCOPES} | near(other_school={"neighbour_head"}),
    Activation: near(own=OFFICE, other_class=OFFICE, other_school={"neighbour_head"}),
    Activity: near(
        own={"head", "teacher"} | OWN_FAMILY, other_class={"head", "teacher_parent"} | OTHER_FAMILY,
        other_school={"neighbour_head"},
    ),
    Proposal: near(own={"teacher"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
}  # fmt: skip

EVERYONE = set(CAST)
ALL_SCOPES_OF_SCHOOL_LIFE = near(own=LIFE, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"})
ALL_SCOPES_OF_OFFICE = near(own=OFFICE, other_class=OFFICE, departed=OFFICE, other_school={"neighbour_head"})
NO_SESSION: set[str] = set()
ITS_OWNER = SEES[AccountSession]
ITS_OWNER_OF_A_KEY = SEES[Passkey]
CODE_GIVERS = near(
    own={"head", "cpe", "teacher", "secretary"}, other_class={"head", "cpe", "teacher_parent", "secretary"},
    other_school={"neighbour_head"},
)  # fmt: skip
DECIDERS = near(own=OFFICE, departed=OFFICE, other_school={"neighbour_head"})
NEIGHBOURING = {"neighbour_head"}
# The head, and the cook to whom they are given.
SETTLERS = {"head", "cook"} | NEIGHBOURING
SETTLED = near(own={"head", "cook"}, other_school=NEIGHBOURING)

READ_GROUPS = near(own=WITH_PUPILS, other_class=WITH_PUPILS, departed=WITH_PUPILS, other_school=NEIGHBOURING)
# Who reads a family, and keeps the photos of pupils.
PHOTOGRAPHERS = {"head", "cpe", "secretary"}
OF_PHOTOGRAPHERS = near(own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, other_school=NEIGHBOURING)

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
    "identity:second_step": EVERYONE,
    "identity:second_proof": SIGNED_IN - {"pupil"},
    "identity:install_second_proof": SIGNED_IN - {"pupil"},
    "identity:passkey_challenge": EVERYONE,
    "identity:passkey_options": SIGNED_IN - {"pupil"},
    "identity:add_passkey": SIGNED_IN - {"pupil"},
    "identity:passkey": ITS_OWNER_OF_A_KEY,
    "identity:remove_passkey": ITS_OWNER_OF_A_KEY,
    "identity:keys": SIGNED_IN,
    "identity:revoke_keys": SIGNED_IN,
    "identity:revoke_key": SEES[AccessKey],
    "identity:make_key": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "identity:new_password": EVERYONE,
    "identity:sign_out": SIGNED_IN,
    "identity:switch": SIGNED_IN,
    "identity:resume": SIGNED_IN,
    "identity:confirm": SIGNED_IN,
    "identity:confirm_otherwise": SIGNED_IN,
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
    "identity:everyone_out": {"head"} | NEIGHBOURING,
    # The schools of the matrix are collèges: nobody gives cards with pictures there (test_cards.py says who does in an école).
    "identity:class_cards": near(),
    "identity:give_cards": near(),
    "identity:withdraw_card": CODE_GIVERS,
    "identity:pictures": EVERYONE,
    "identity:person": CODE_GIVERS,
    "identity:give_code": CODE_GIVERS,
    "identity:lift_second_proof": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:delay_proof": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "identity:proof_demand": SETTLERS,
    "identity:proof_readiness": OFFICE | NEIGHBOURING,
    # The operator of the matrix runs one territory, and this touches every school.
    "identity:platform_proof": set(),
    "identity:remind_later": SIGNED_IN,
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
    "files:file": SEES[StoredFile],
    "files:glimpse": SEES[StoredFile],
    **dict.fromkeys(
        [
            "directory:next_year", "directory:year_dates", "directory:give_up_year", "directory:year_classes",
            "directory:add_year_class", "directory:keep_teams", "directory:year_pupils", "directory:propose_year",
            "directory:year_staff", "directory:year_compare", "directory:switch_year", "directory:forget_switch",
            "directory:undo_switch", "directory:school_years", "directory:export_year_pupils",
            "directory:year_unplaced",
        ],
        OFFICE | NEIGHBOURING,
    ),
    "directory:year_class": SEES[PlannedClass],
    "directory:remove_year_class": SEES[PlannedClass],
    # A class of last year is not one from which a year is prepared.
    "directory:year_placing": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "directory:school_year": near(own=OFFICE, departed=OFFICE, other_school=NEIGHBOURING),
    "directory:former_class": ALL_SCOPES_OF_OFFICE,
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
    "directory:acts": near(
        own=LIFE | {"secretary"} | OWN_FAMILY - {"pupil"},
        other_class=LIFE | {"secretary"} | OTHER_FAMILY,
        other_school=NEIGHBOURING,
    ),
    # What all read is changed by whoever runs the whole platform.
    **{f"media:{name}": set() for name in ("shelf", "send", "tus")},
    **dict.fromkeys([f"media:{name}" for name in ("part", "abandon", "medium", "words", "remove")], near()),
    "media:bytes": EVERYONE,
    "catalogue:desk": set(),
    "catalogue:add": set(),
    "catalogue:change": SEES[EditedResource],
    "catalogue:withdraw": SEES[EditedResource],
    "catalogue:put_back": SEES[EditedResource],
    "platform:schools": {"operator"},
    "platform:export": {"operator"},
    "platform:deliveries": {"operator"},
    "platform:school": near(own={"operator"}),
    "platform:delivery": near(),
    "directory:groups": WITH_PUPILS | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "directory:without_class": WITH_PUPILS | NEIGHBOURING,
    "directory:group": READ_GROUPS | near(own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY),
    "directory:group_list": READ_GROUPS,
    "directory:export_list": READ_GROUPS,
    # A teacher, of the class that they teach.
    "directory:faces": near(
        own=PHOTOGRAPHERS | {"teacher"}, other_class=PHOTOGRAPHERS | {"teacher_parent"}, departed=PHOTOGRAPHERS,
        other_school=NEIGHBOURING,
    ),
    "directory:ask_photos": near(
        own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, departed=PHOTOGRAPHERS, other_school=NEIGHBOURING
    ),
    **dict.fromkeys(["directory:family", "directory:pupil_photo", "directory:remove_photo"], OF_PHOTOGRAPHERS),
    "directory:photo_consent": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "directory:consents": FAMILY | OTHER_FAMILY,
    "directory:consent": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    # In an école alone, and nobody of the matrix is of age: test_consents.py says who.
    "directory:consent_beside": near(),
    "directory:family_access": set(),
    "directory:consent_requests": PHOTOGRAPHERS | NEIGHBOURING,
    **dict.fromkeys(
        [
            "directory:consent_request", "directory:remind_consents", "directory:close_consents",
            "directory:paper_consent", "directory:export_consents", "directory:consent_papers",
        ],
        near(own=PHOTOGRAPHERS, other_school=NEIGHBOURING),
    ),
    "directory:group_consents": near(
        own=PHOTOGRAPHERS | {"teacher"}, other_class=PHOTOGRAPHERS | {"teacher_parent"}, departed=PHOTOGRAPHERS,
        other_school=NEIGHBOURING,
    ),
    "directory:photo": near(
        own=PHOTOGRAPHERS | {"teacher"} | OWN_FAMILY, other_class=PHOTOGRAPHERS | {"teacher_parent"} | OTHER_FAMILY,
        other_school=NEIGHBOURING,
    ),
    "search:search": SIGNED_IN,
    **dict.fromkeys(["signon:services", "signon:confirm", "signon:oidc_confirm", "signon:saml_confirm", "signon:saml_open"], STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING),
    **dict.fromkeys([f"federation:{name}" for name in ("others", "link", "goodbye", "start", "back", "ended")], EVERYONE),
    **dict.fromkeys(["federation:links"], SIGNED_IN),
    "federation:person_links": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "federation:cut": near(own=OFFICE | {"pupil"}, other_class=OFFICE, other_school=NEIGHBOURING),
    "federation:providers": SETTLERS | {"operator"},
    "federation:create": {"head"} | NEIGHBOURING,
    "federation:only_ways": SETTLERS,
    "federation:local_door": OFFICE | NEIGHBOURING,
    "federation:provider": SETTLED,
    **dict.fromkeys(
        ["federation:change", "federation:attempt", "federation:secret"], near(own={"head"}, other_school=NEIGHBOURING)
    ),
    **dict.fromkeys([f"federation:saml_{name}" for name in ("metadata", "acs", "arrival", "logout")], EVERYONE),
    "federation:saml": near(own={"head"}, other_school=NEIGHBOURING),
    "signon:register": SETTLERS | {"operator"},
    # Whoever runs one territory changes nothing of the whole platform.
    "signon:create": SETTLERS,
    **dict.fromkeys(["signon:service", "signon:change", "signon:secret"], SETTLED),
    **dict.fromkeys(
        [
            f"signon:{name}"
            for name in (
                "login", "logout", "validate", "service_validate", "proxy_validate", "p3_service_validate",
                "p3_proxy_validate", "proxy", "oidc_configuration", "oidc_authorize", "oidc_token", "oidc_userinfo", "oidc_keys",
                "oidc_logout", "oidc_leave",
                "saml_metadata", "saml_sso", "saml_next", "saml_logout", "saml_leave",
            )
        ],
        EVERYONE,
    ),
    "lti:activities": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "lti:add": {"teacher", "teacher_parent"},
    "lti:choice": near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys(["lti:activity", "lti:launch"], SEES[Activity]),
    **dict.fromkeys(["lti:change", "lti:end", "lti:restore"], near(own={"teacher"}, other_class={"teacher_parent"})),
    "lti:export": near(own={"head", "teacher"}, other_class={"head", "teacher_parent"}, other_school=NEIGHBOURING),
    **dict.fromkeys(["lti:tool", "lti:agreement"], SETTLED),
    **dict.fromkeys(
        [f"lti:{name}" for name in ("authorize", "token", "chosen", "members", "lines", "line", "scores", "results")],
        EVERYONE,
    ),
    # By a token alone, whoever is signed in: identity/tests/test_keys.py, tests/test_api.py.
    **dict.fromkeys([f"portal:api_{name}" for name in ("moi", "agenda", "devoirs", "notifications")], NO_SESSION),
    "portal:api": EVERYONE,
    "portal:openapi": EVERYONE,
    "agenda:agenda": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscription": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:unsubscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:feed": EVERYONE,
    "agenda:well_known": EVERYONE,
    # By a key alone, whoever is signed in: tests/test_caldav.py, tests/test_drive.py.
    **dict.fromkeys(
        ["agenda:calendars", "agenda:calendar", "files:drive_bare", "files:drive", "files:in_drive"], near()
    ),
    "timetable:week": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "timetable:patterns": OFFICE | NEIGHBOURING,
    "timetable:create": OFFICE | NEIGHBOURING,
    "timetable:stop": ALL_SCOPES_OF_OFFICE,
    "timetable:change_pattern": ALL_SCOPES_OF_OFFICE,
    "timetable:lesson": SEES[Lesson],
    **dict.fromkeys(
        ["timetable:cancel", "timetable:move", "timetable:replace", "timetable:room", "timetable:undo"],
        ALL_SCOPES_OF_OFFICE,
    ),
    **dict.fromkeys(
        [
            "timetable:add", "timetable:changes", "timetable:export_changes", "timetable:weeks",
            "timetable:hours", "timetable:export_hours",
            "timetable:change_week", "timetable:create_alternation", "timetable:copy_week",
        ],
        OFFICE | NEIGHBOURING,
    ),
    **dict.fromkeys(
        ["timetable:alternation", "timetable:remove_alternation"], near(own=OFFICE, other_school=NEIGHBOURING)
    ),
    "timetable:imports": OFFICE | NEIGHBOURING,
    "timetable:import": SEES[TimetableImport],
    "timetable:import_part": SEES[TimetableImport],
    "timetable:import_csv": SEES[TimetableImport],
    "timetable:import_json": SEES[TimetableImport],
    "timetable:import_choices": SEES[TimetableImport],
    "timetable:import_columns": SEES[TimetableImport],
    "timetable:apply_import": SEES[TimetableImport],
    "timetable:drop_import": SEES[TimetableImport],
    **dict.fromkeys(["timetable:cover", "timetable:export_cover"], OFFICE | NEIGHBOURING),
    **dict.fromkeys(
        ["timetable:absences", "timetable:announce_absence"], OFFICE | {"teacher", "teacher_parent"} | NEIGHBOURING
    ),
    **dict.fromkeys(
        [
            "timetable:cover_lesson", "timetable:settle_cover", "timetable:cancel_ask", "timetable:confirm_absence",
            "timetable:withdraw_absence",
        ],
        ALL_SCOPES_OF_OFFICE,
    ),
    "timetable:absence": SEES[TeacherAbsence],
    **dict.fromkeys(
        ["timetable:ask", "timetable:accept", "timetable:decline"], near(own={"teacher_parent"}, other_class={"teacher"})
    ),
    "attendance:roll": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
    ),
    "attendance:without_network": EVERYONE,
    "attendance:day": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "attendance:send": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
    ),
    "attendance:lesson_list": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
    ),
    "attendance:roll_layout": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
    ),
    "attendance:plans": PLANS | near(departed=LIFE),
    **dict.fromkeys(
        [
            "attendance:plan", "attendance:plan_gesture", "attendance:plan_settings", "attendance:remove_plan",
            "attendance:plan_pdf",
        ],
        PLANS,
    ),
    "attendance:remarks": OFFICE | NEIGHBOURING,
    "attendance:settle_remark": near(own=OFFICE, other_school=NEIGHBOURING),
    "attendance:arrangements": LIFE | NEIGHBOURING,
    "attendance:pupil_arrangements": near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    "attendance:arrange": near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    "attendance:end_arrangement": ALL_SCOPES_OF_SCHOOL_LIFE,
    "attendance:own_arrangements": FAMILY | OTHER_FAMILY,
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
    **dict.fromkeys(["attendance:settle", "attendance:reopen", "attendance:reasons"], LIFE | NEIGHBOURING),
    "attendance:settle_one": ALL_SCOPES_OF_SCHOOL_LIFE,
    **dict.fromkeys(
        ["attendance:alerts", "attendance:follow_ups", "attendance:letters", "attendance:counting"], LIFE | NEIGHBOURING
    ),
    **dict.fromkeys(
        [
            "attendance:open_follow_up", "attendance:close_alert", "attendance:follow_up",
            "attendance:end_follow_up",
        ],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    **dict.fromkeys(
        ["attendance:start_follow_up", "attendance:begin_visit", "attendance:depart"],
        near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(
        [
            "attendance:announced", "attendance:passages", "attendance:register", "attendance:register_csv",
            "attendance:register_pdf",
            "attendance:register_files", "attendance:prepare_register",
        ],
        LIFE | NEIGHBOURING,
    ),
    "attendance:end_visit": ALL_SCOPES_OF_SCHOOL_LIFE,
    "attendance:announce": (FAMILY | OTHER_FAMILY) - {"pupil"},
    "attendance:withdraw_announcement": near(own={"guardian"}),
    "attendance:told_follow_up": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    # A common reason is everybody's; that of the twin is its own.
    **dict.fromkeys(
        ["attendance:reason", "attendance:retire_reason"],
        dict.fromkeys([OWN, OTHER_CLASS, DEPARTED], LIFE | NEIGHBOURING) | near(other_school=NEIGHBOURING),
    ),
    "homework:sessions": {"teacher", "teacher_parent"},
    "homework:day": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [f"homework:{name}" for name in ("record", "publish", "edit", "remove", "restore", "shift")],
        near(own={"teacher"}, other_class={"teacher_parent"}),
    ),
    "homework:progressions": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [f"homework:{name}" for name in ("progression", "give_progression", "step", "remove_step")],
        SEES[Progression],
    ),
    "homework:archive": near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    "homework:book_of_year": near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING),
    "homework:archives": LIFE | NEIGHBOURING,
    "homework:visa": near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    "homework:put": {"teacher", "teacher_parent"},
    "scenarios:space": {"teacher", "teacher_parent"},
    "scenarios:create": {"teacher", "teacher_parent"},
    "scenarios:take_up": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [
            f"scenarios:{name}"
            for name in (
                "workshop", "facts", "add_step", "step", "arrange", "publish", "withdraw", "remove", "restore", "versions",
                "authors", "go_back", "invitation", "leave",
            )
        ],
        SEES[Scenario],
    ),
    "scenarios:reviews": EVERYONE,
    "scenarios:report": SIGNED_IN,
    "scenarios:review": {"teacher", "teacher_parent"},
    "scenarios:remove_review": SEES[Review],
    "scenarios:qualifications": set(),
    "scenarios:qualify": set(),
    "scenarios:qualification": SEES[Qualification],
    "scenarios:cases": set(),
    "scenarios:case": near(),
    "scenarios:appeal": SEES[Review],
    # Nobody takes oneself out: it is done on the line of a colleague.
    "scenarios:take_out": set(),
    **dict.fromkeys(["scenarios:home", "scenarios:scenario", "scenarios:paper"], EVERYONE),
    "homework:classes": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    **dict.fromkeys(["homework:class_book", "homework:class_load"], SEES[ClassBook]),
    "homework:correct": near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys(
        [f"homework:{name}" for name in ("hand_ins", "hand_ins_csv", "hand_in")],
        near(
            own={"head", "teacher"}, other_class={"head", "teacher_parent"}, departed={"head"},
            other_school=NEIGHBOURING,
        ),
    ),
    "homework:send": near(own={"pupil"}, departed={"pupil"}),
    "homework:limits": SETTLERS,
    **dict.fromkeys(["homework:to_do", "homework:sheet"], FAMILY | OTHER_FAMILY),
    "homework:in_class": FAMILY | OTHER_FAMILY,
    "homework:work": near(own=OWN_FAMILY, other_class=OTHER_FAMILY, departed=OWN_FAMILY),
    "homework:tick": near(own={"pupil"}, departed={"pupil"}),
    "campaigns:received": FAMILY | OTHER_FAMILY,
    **dict.fromkeys(["campaigns:campaigns", "campaigns:start", "campaigns:from_list"], LIFE | NEIGHBOURING),
    **dict.fromkeys(
        [
            f"campaigns:{name}"
            for name in ("campaign", "text", "check", "confirm", "drop", "stop", "retry", "posted", "letters", "export")
        ],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    **dict.fromkeys(
        ["campaigns:sent", "campaigns:reach"], near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING)
    ),
    **dict.fromkeys(["attention:waiting", "attention:thresholds", "attention:reviews"], LIFE | NEIGHBOURING),
    "attention:look": near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    "attention:review": ALL_SCOPES_OF_SCHOOL_LIFE | near(own=LIFE | {"cook"}),
    **dict.fromkeys(
        ["attention:decide_again", "attention:add_step", "attention:end", "attention:note_step", "attention:answer"],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    "attention:mine": FAMILY | OTHER_FAMILY,
    "attention:told": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    **dict.fromkeys(["conduct:incidents", "conduct:report", "conduct:slots"], WITH_PUPILS | NEIGHBOURING),
    **dict.fromkeys(["conduct:punitions", "conduct:give"], GIVERS | NEIGHBOURING),
    **dict.fromkeys(
        ["conduct:export", "conduct:open_slot", "conduct:figures", "conduct:sanctions", "conduct:register",
         "conduct:export_register"],
        LIFE | NEIGHBOURING,
    ),
    **dict.fromkeys(
        ["conduct:incident", "conduct:correct", "conduct:punition", "conduct:finish", "conduct:cancel", "conduct:place"],
        IN_PERSON,
    ),
    **dict.fromkeys(["conduct:contracts", "conduct:open_contract"], LIFE | NEIGHBOURING),
    **dict.fromkeys(["conduct:note_week", "conduct:end_contract"], ALL_SCOPES_OF_SCHOOL_LIFE),
    "conduct:contract": SEES[Contract],
    "conduct:agree": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    **dict.fromkeys(
        ["conduct:responsibility", "conduct:accomplish"],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["conduct:settle", "conduct:reopen", "conduct:tell"], ALL_SCOPES_OF_SCHOOL_LIFE),
    "conduct:slip": SEES[Punition],
    "conduct:slot": ALL_SCOPES_OF_SCHOOL_LIFE
    | near(own=LIFE | {"secretary"}, other_class=LIFE | {"teacher_parent"}),
    "conduct:followed": FAMILY | OTHER_FAMILY,
    "conduct:sanction": SEES[Sanction],
    "conduct:letter": SEES[Sanction],
    "conduct:answer": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "conduct:open_procedure": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        ["conduct:pronounce", "conduct:drop", "conduct:erase"],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    "records:records": STAFF | NEIGHBOURING,
    "records:open_record": {"head", "teacher", "teacher_parent"} | NEIGHBOURING,
    "records:audit": {"head"} | NEIGHBOURING,
    "records:entrust": SEES[Orphan],
    "records:around": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "records:emergency": SEES[Protocol],
    **dict.fromkeys(["records:record", "records:printed", "records:readers"], SEES[Reader]),
    **dict.fromkeys(
        [
            f"records:{name}"
            for name in (
                "revise", "close", "measures", "papers", "hand_over", "end_reader", "end_measure", "remove_paper",
            )
        ],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    "records:readings": SEES[Record],
    # Not the pupil, before eighteen.
    "records:paper": near(
        own={"head", "cpe"} | OWN_FAMILY - {"pupil"}, other_class={"head"} | OTHER_FAMILY, departed={"head"},
        other_school=NEIGHBOURING,
    ),
    "records:own_records": FAMILY | OTHER_FAMILY,
    "records:own_record": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "records:agree": near(own=OWN_FAMILY - {"pupil"}, other_class=OTHER_FAMILY),
    **dict.fromkeys(
        (
            "exams:home", "exams:search", "exams:suggestions", "exams:feed", "exams:basket", "exams:basket_page", "exams:basket_pdf", "exams:training",
            "exams:exam", "exams:paper", "exams:paper_pdf", "exams:correction", "exams:correction_pdf", "exams:exercise",
        ),
        EVERYONE,
    ),
    "catalogue:home": EVERYONE,
    "catalogue:search": EVERYONE,
    "catalogue:suggestions": EVERYONE,
    "catalogue:feed": EVERYONE,
    "catalogue:tell_miss": EVERYONE,
    "catalogue:followed": SIGNED_IN,
    "catalogue:follow": SIGNED_IN,
    "catalogue:unfollow": SEES[FollowedSearch],
    "catalogue:collection": EVERYONE,
    "catalogue:resource": EVERYONE,
    "catalogue:paper": EVERYONE,
    "catalogue:media": EVERYONE,
    **{f"catalogue:{name}": set() for name in ("sources", "add_source", "dead_links", "export_dead_links", "misses", "export_misses", "clear_miss")},
    **dict.fromkeys(
        [
            f"catalogue:{name}"
            for name in (
                "source", "change_source", "try_source", "harvest_source", "pause_source", "export_harvests",
                "harvest", "settle_harvest", "export_problems",
            )
        ],
        near(),
    ),
    "catalogue:oai": EVERYONE,
    "catalogue:oembed": EVERYONE,
    "catalogue:card": EVERYONE,
    "portal:api_ressources": EVERYONE,
    "portal:api_ressource": EVERYONE,
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
    "portal:register": EVERYONE,
    "portal:state": EVERYONE,
    "portal:sitemap": EVERYONE,
    "portal:robots": EVERYONE,
    "foundation:styleguide_section": EVERYONE,
    "identity:profile": SIGNED_IN,
    "privacy:own_data": SIGNED_IN,
    "privacy:readings": SIGNED_IN,
    "privacy:part": SIGNED_IN,
    "privacy:export": SIGNED_IN,
    "privacy:requests": SIGNED_IN,
    "privacy:ask": SIGNED_IN,
    # Whoever asked; not the other parent, nor the pupil.
    **dict.fromkeys(
        [f"privacy:{name}" for name in ("asked", "add_line", "withdraw", "change_line")],
        near(own={"guardian"}, other_class={"former_guardian"}),
    ),
    "privacy:queue": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"privacy:{name}"
            for name in ("handle", "take", "prolong", "send_answer", "take_back", "answer_line", "erase")
        ],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["privacy:register", "privacy:export_register"], SETTLERS | {"operator"}),
    "privacy:breach": {"head", "operator"} | NEIGHBOURING,
    "privacy:terms": {"head", "operator"} | NEIGHBOURING,
    "privacy:count_terms": {"head"} | NEIGHBOURING,
    "privacy:run": near(own={"head", "operator"}, other_school=NEIGHBOURING),
    # An operator gives the second agreement; the school, the first.
    **dict.fromkeys(
        ["privacy:approve_run", "privacy:confirm_run", "privacy:postpone_run"],
        near(own={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["privacy:breach_contacts", "privacy:breach_papers"], {"head"} | NEIGHBOURING),
    "identity:reading": SIGNED_IN,
    # A pupil of the cast is twelve: a picture is for fifteen and more.
    "identity:take_picture": SIGNED_IN - {"pupil"},
    "identity:remove_picture": SIGNED_IN,
    "identity:picture": SEES[Person],
    **dict.fromkeys(
        ["journal:changes", "journal:lines", "journal:extracts", "journal:extract"], {"head"} | NEIGHBOURING
    ),
    "directory:school": AND_THE_TOWN,
    "directory:logo": AND_THE_TOWN,
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
    **dict.fromkeys(
        [
            "directory:administrators", "directory:guests", "directory:invite", "directory:review",
            "directory:finish_review",
        ],
        {"head"} | NEIGHBOURING,
    ),
    "directory:end_delegation": near(own={"head"}, other_school=NEIGHBOURING),
    "directory:powers": STAFF | NEIGHBOURING,
    "directory:lists": OFFICE | {"town"} | NEIGHBOURING,
    "directory:guest": SEES[Guest],
    "directory:end_guest": SEES[Guest],
    "directory:doubt": near(own={"head"}, other_school=NEIGHBOURING),
}  # fmt: skip
OPENS |= {
    "timetable:slots": PHOTOGRAPHERS | NEIGHBOURING,
    "timetable:create_slot": PHOTOGRAPHERS | NEIGHBOURING,
    "timetable:study": LIFE | NEIGHBOURING,
    **dict.fromkeys(
        ["timetable:change_slot", "timetable:remove_slot"], near(own=PHOTOGRAPHERS, other_school=NEIGHBOURING)
    ),
    "mediacentre:mine": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "mediacentre:one": SEES[DigitalResource],
    # The GAR knows no guardian.
    "mediacentre:understand": near(own={"head", "pupil"}, other_class={"head"}, other_school=NEIGHBOURING),
    **dict.fromkeys(
        [f"mediacentre:{name}" for name in ("resources", "assign", "rules", "lists", "export")], {"head"} | NEIGHBOURING
    ),
    **dict.fromkeys(
        [f"mediacentre:{name}" for name in ("resource", "people", "give", "set_apart", "licences", "families")],
        near(own={"head"}, other_class={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys([f"mediacentre:{name}" for name in ("rule", "end", "restore")], SEES[ResourceRule]),
    **dict.fromkeys([f"mediacentre:{name}" for name in ("list", "apply_list", "drop_list")], SEES[BroughtList]),
    "events:events": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "events:create": PHOTOGRAPHERS | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "events:event": SEES[Event],
    **dict.fromkeys(
        [f"events:{name}" for name in ("change", "publish", "cancel", "restore", "remove", "export")],
        near(
            own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS | {"teacher_parent"}, departed=PHOTOGRAPHERS,
            other_school=NEIGHBOURING,
        ),
    ),
    # Those for whom it is; not those who organise for others.
    "events:answer": near(own=OWN_FAMILY | {"teacher"}, other_class=OTHER_FAMILY),
}  # fmt: skip
# Pages of the demonstration alone: elsewhere they do not exist, for anybody.
NOT_HERE = {"portal:demonstration", "demo:outbox"}
# Addresses that name two people: 403 for whoever may compare nobody, 404 for whoever does not see both.
NAMES_TWO = {"directory:pair", "directory:tell_apart", "directory:merge"}
# The journal of a school knows who has left it: whoever reads it may ask about them, and that they asked is noted.
ASKS_THE_JOURNAL = {"journal:lines", "journal:extract", "privacy:breach_contacts"}
# A resource of the starter collection, with questions and a drawing.
RESOURCE = {"collection": "nombres-et-calculs", "slug": "les-fractions-et-la-tablette"}
# A training paper that comes with Préau, corrected, and the code of its first exercise.
EXAM_PAPER = {"exam": "bac-general", "slug": "entrainement-specialite-maths-2026-1"}
EXAM_EXERCISE = {"code": code_of("/".join(EXAM_PAPER.values()), "1")}
# What an address holds besides its object.
REST_OF_ADDRESS = {
    "exams:exam": {"exam": EXAM_PAPER["exam"]},
    **{f"exams:{name}": EXAM_PAPER for name in ("paper", "paper_pdf", "correction", "correction_pdf")},
    "exams:exercise": EXAM_EXERCISE,
    "directory:delivery_part": {"part": "departs"},
    "timetable:import_part": {"part": "arrivent"},
    "directory:service": {"key": "attendance"},
    "directory:pair": {"other": DOUBLES[0]},
    "directory:tell_apart": {"other": DOUBLES[0]},
    "directory:merge": {"one": DOUBLES[0], "other": DOUBLES[1]},
    "directory:export": {"key": "responsables"},
    "privacy:part": {"key": "attendance-entry"},
    "foundation:styleguide_section": {"key": "actions"},
    "portal:guide": {"key": "famille"},
    **{f"scenarios:{name}": {"key": SCENARIO_STEP} for name in ("step", "arrange")},
    **{f"scenarios:{name}": {"code": SCENARIO_CODE} for name in ("scenario", "paper")},
    "catalogue:collection": {"slug": RESOURCE["collection"]},
    "catalogue:resource": RESOURCE,
    "catalogue:paper": RESOURCE,
    "catalogue:card": RESOURCE,
    "portal:api_ressource": {"collection": RESOURCE["collection"], "nom": RESOURCE["slug"]},
    "catalogue:media": RESOURCE | {"name": "fractions.svg"},
    "media:bytes": {"public_id": SHOWN_MEDIUM, "name": "livre.epub"},
    **{f"federation:{name}": {"public_id": OPEN_PROVIDER} for name in ("start", "back", "ended")},
    **{
        f"federation:saml_{name}": {"public_id": OPEN_SAML}
        for name in ("metadata", "acs", "arrival", "logout")
    },
    "portal:privacy_house": {"key": "directory"},
    "notifications:stop": {"token": STOP_TOKEN},
    **{f"lti:{name}": {"number": "0" * 24} for name in ("members", "lines")},
    "agenda:calendar": {"path": "personne/agenda/"},
    "files:in_drive": {"path": "Cahier de textes/"},
    **{f"lti:{name}": {"number": "0" * 24, "line": "0" * 24} for name in ("line", "scores", "results")},
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


def _course(stage: Stage, group: Group) -> str:
    """« 12-3 »: a class, and the subject of the lessons of the stage."""
    subject = Subject.objects.filter(school=group.school_id).first()
    return f"{group.pk}-{subject.pk if subject else 0}"


NAMES: dict[str, Named] = {
    "scenario": Named(Scenario),
    "seance": Named(Lesson),
    "cours": Named(Group, says=_course),
    "source": Named(Group, says=_course),
    "classe": Named(Group),
    "ecole": Named(School, "public_id"),
    "enfant": Named(Person, "public_id"),
    "eleve": Named(Person, "public_id"),
    "garder": Named(Person, "public_id"),
    "media": Named(Medium, "public_id"),
    "personne": Named(Person, "public_id"),
    "ressource": Named(DigitalResource),
    "prof": Named(Person, "public_id"),
    "salle": Named(Room),
    "devant": Named(Person, "public_id"),
    "quitte": Named(Visit),
    "plan": Named(SeatingPlan),
    "demande": Named(ConsentRequest),
    "signe": Named(Person, "public_id"),
    "pour": Named(Person, "public_id"),
    "nom": Named(Person, says=_search),
    "texte": Named(Person, says=_search),
    "groups": Named(Group),
    "classes": Named(Group),
    "teachers": Named(Person),
    "teacher": Named(Person),
    "subject": Named(Subject),
    "subjects": Named(Subject),
    "pupil": Named(Person, "public_id"),
    "room": Named(Room),
    "alternation": Named(Alternation),
    "gone": Named(Person),
    "comes": Named(Person),
    "entries": Named(Entry),
    "entry": Named(Entry),
    "reason": Named(Reason),
    "motif": Named(Reason),
    "alertes": Named(Alert),
    "suivis": Named(FollowUp),
    "group": Named(Group),
    "papers-garde": Named(StoredFile, "public_id"),
    "told_by": Named(Person),
    "told_to": Named(Person),
    "pupils": Named(Person),
    "matiere": Named(Subject),
    "due": Named(Lesson),
    **dict.fromkeys(["matiere-0", "matiere-1", "matiere-2"], Named(Lesson)),
    "documents-garde": Named(StoredFile, "public_id"),
    "seat": Named(School, says=_seat),
    "school": Named(School),
    "holding": Named(Holding),
    "team": Named(Group),
    "personnes": Named(Person),
    "old": Named(Device, "endpoint"),
    "lettre": Named(Activation, says=_letter),
    **dict.fromkeys(
        ["concerned", "harmed", "witness", "adult", "pupils", "pupil", "supervisor"], Named(Person)
    ),
    "people": Named(Person),
    "person": Named(Person),
    "watchers": Named(Person),
    "heure": Named(DaySlot),
    "incident": Named(Incident),
    "slot": Named(Slot),
    "tool": Named(Service, "public_id"),
}
# « status-12 »: the number of a pupil stands in the name.
NUMBERED = {
    "status": Named(Person),
    "minutes": Named(Person),
    "seen": Named(Person),
    "eleve": Named(Person),
    "ou": Named(Person),
    "presence": Named(Detention),
    "connu": Named(Detention),
    "fait": Named(Lesson),
    "vu": Named(Lesson),
}
# Parameters that name nothing of anybody's, and the values that show other sides of a page.
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "titre", "resume", "collection", "type", "niveaux", "matieres", "publics", "duree", "mots", "auteurs", "institution", "licence", "sans_sous_titres",
        "langue", "description", "sous_titres", "sans_paroles", "transcription", "chapitres", "telecharger", "v",
        "csrfmiddlewaretoken", "contexte", "suite", "retour", "du", "au", "etat", "refaire", "vu", "avant", "login",
        "password", "code", "recovery", "sealed", "trusted", "credential", "moi", "identifiant", "former", "new_password", "again", "comment", "state", "status",
        "minutes_late", "weekday", "starts_at", "ends_at", "first_day", "outside", "starts", "ends", "zone",
        "palette", "opens_at", "closes_at", "open", "levels", "until", "address", "phone", "email", "website",
        "privacy_contact", "name", "name_0", "name_1", "text", "spacing", "font", "color-scheme", "contrast",
        "motion", "simple", "ruled_on", "barred", "last_day", "tri", "cle", "montrer", "q", "reach", "forme",
        "certified", "cases", "answer", "changer", "choix", "image", "carte", "eleves-0", "eleves-1", "jour", "travail-0", "travail-1", "travail-2", "pour-0", "pour-1", "pour-2", "colonne-0", "colonne-1", "colonne-2", "colonne-3", "colonne-4", "comparer",
        "nature", "voir", "power", "kind", "civility", "given_name", "family_name", "title", "powers", "place",
        "leaves_at", "leaves_with", "from_hour", "until_hour", "papers", "done_on", "words", "for_family", "noon",
        "dialogue_at", "report_at", "label", "for_families", "settles", "in_report", "in_alerts", "confidential",
        "order", "note", "seen", "level", "classe_entiere", "geste", "day", "leave_undecided", "sending", "made_at",
        "cause", "apercu", "give_back", "first", "week", "to", "in_turn", "weeks", "debut", "fin", "scope",
        "must_attend", "content", "shown", "take", "shown_at", "due_day", "hand_in", "body", "fait", "minutes", "niveau-0",
        "niveau-1", "mark", "from_day", "work", "facts", "revision", "sent_as", "sentence", "why", "due", "places",
        "authority", "host", "is_outside", "task", "hours", "signed_on", "goals", "help", "how", "outcome",
        "defend_until", "grounds", "register", "suspended_until", "content-forme", "body-forme", "remark", "name_2",
        "name_3", "quand", "audience", "with_families", "asks_answer", "description", "anyway", "publier", "weekdays",
        "name_3", "rows", "columns", "gaps", "aisles", "vers", "since", "at_least", "by_letter", "by_mail", "by_sms", "sms", "keep", "sure", "street", "postcode",
        "city", "no_sms", "lot",
        "first_step", "first_step_on", "what", "about", "who",
        "right", "which", "wrong", "better",
        # Of a provider: what is typed of it, what it sends back.
        "acr", "audiences", "close", "days", "domains", "encore", "error", "iss", "issuer", "jointure", "logout_token", "reference",
        "scopes", "secret", "strong", "vector",
        "SAMLRequest", "SAMLResponse", "RelayState", "contexts", "encrypted", "mot", "pinned", "signed", "subject",
        *(fact.key.replace(".", "_") for fact in early_facts),
        "sens", "action", "genre",
        "ticket", "renew", "gateway", "pgt", "pgtUrl", "targetService", "format", "connexion", "url", "icon", "shape",
        "profiles", "may_proxy", "opens_on", "closes_on", "is_on", "agreed",
        "protocol", "redirects", "after_logout", "back_channel", "is_public", "client_id", "client_secret", "redirect_uri",
        "response_type", "response_mode", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age", "request",
        "request_uri", "id_token_hint", "post_logout_redirect_uri", "grant_type", "code_verifier", "refresh_token",
        "due_on", "items", "allowed", "login_url", "target", "chooses", "keys_url", "keys", "login_hint", "lti_message_hint",
        "JWT", "client_assertion", "client_assertion_type", "resource_link_id", "resource_id", "tag", "limit", "rlid", "role",
        "user_id",
        # Of a site that speaks SAML.
        "begins_here", "cipher", "encryption", "entity_id", "hides", "logout", "logout_binding", "metadata",
        "metadata_file-clear", "must_sign", "name_form", "receives", "signing", "soap",
        # Of a search of resources, and of the answers to an exercise.
        "partie", "niveau", "type", "public", "duree", "accessibilite", "licence", "institution", "acces", "recherche", "verifier", "v",
        # Of what other sites ask of them, and of a source that brings some.
        "maxwidth", "maxheight", "depuis", "suivant", "collection", "matiere", "verb", "slug", "prefix", "part", "subjects", "access",
        "every_days", "language",
        *(f"r{number}" for number in range(1, 13)),
        # Of a scenario, which its address names.
        "avis", "clarity", "interest", "access", "ease", "context", "decision", "adresse", "titre", "abstract", "objectives", "objectives-forme", "material", "resources", "setting", "teacher-forme",
        "pupils-forme", "differentiation", "differentiation-forme", "signature", "pseudonym", "de", "a",
        # Of a search of exam papers, of a basket of exercises, which is all in its address, and of training.
        "examen", "voie", "serie", "notion", "annee", "session", "panier", "titre", "commencer", "corrige",
        # Of a confidential record, which its address names.
        "accord", "emergency", "needs", "plain", "review_on", "shows_emergency",
    ]
    + [f"ask_{key}" for key in ALLOWED]
    + [f"why_{key}" for key in ATTRIBUTES],
    (),
) | dict.fromkeys(
    ["whom", "licences", "publics", "liste", "asks_consent", "reponse", "mots", "dans", "lue", "jusqu-a", "hour", "sujet", "endpoint", "p256dh", "auth"]
    + [f"{kind.key}-{what}" for kind in boards.notification_kinds for what in ("in_app", "pace", "push")],
    (),
) | {
    "service": ("https://moodle.academie.example/",),
    "quoi": ("attendance-entry", "autre"),
    "version": ("1", "99"),
    "colonnes": ("responsables",), "page": ("2",), "appels": ("tous",), "jour": ("2026-11-23",), "semaine": ("2026-10-27",),
    "qui": ("responsables", "delegations"), "fonction": ("teacher",),
    "vue": ("jour", "mois", "liste"), "par": ("classe", "prof", "salle"),
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
