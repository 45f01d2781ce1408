"""Who sees what, who opens each route, what each parameter names."""

from django.db.models import Model

from preau.directory.models import (
    Closure,
    ConsentRequest,
    ContactRequest,
    Correction,
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
    WorkGroup,
)
from preau.directory.tests.routes.stage import DOUBLES
from tests.declared import Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_OFFICE,
    EVERYWHERE_STAFF,
    FAMILY,
    LIFE,
    MEMBERS,
    NEIGHBOURING,
    OFFICE,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    PHOTOGRAPHERS,
    SETTLED,
    SETTLERS,
    STAFF,
    STEM,
    WITH_PUPILS,
    Near,
    Stage,
    near,
)

AND_THE_TOWN: Near = MEMBERS | near(own=MEMBERS[OWN] | {"town"})
# A room and a subject are read on the timetable of the families too.
WITH_FAMILIES = {
    scope: roles if scope == OTHER_SCHOOL else roles | OWN_FAMILY | OTHER_FAMILY
    for scope, roles in EVERYWHERE_STAFF.items()
}
SEES: dict[type[Model], Near] = {
    Person: near(
        own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY, other_school={"neighbour_head"}
    ),
    ConsentRequest: near(own=WITH_PUPILS | OWN_FAMILY | OTHER_FAMILY, other_school={"neighbour_head"}),
    Group: EVERYWHERE_STAFF | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY),
    Delivery: near(
        own=OFFICE, other_class=OFFICE | {"neighbour_head"}, departed=OFFICE, other_school={"neighbour_head"}
    ),
    Room: WITH_FAMILIES,
    Subject: WITH_FAMILIES,
    School: AND_THE_TOWN,
    Period: MEMBERS,
    Closure: MEMBERS,
    Guardianship: near(
        own={"head", "cpe", "secretary", "guardian"},
        other_class={"head", "cpe", "secretary", "former_guardian"},
        other_school={"neighbour_head"},
    ),
    Holding: near(own=STAFF, other_school={"neighbour_head"}),
    ContactRequest: near(own=OFFICE | {"guardian"}, other_school={"neighbour_head"}),
    Correction: near(own=OFFICE, other_school={"neighbour_head"}),
    Guest: near(own={"head"}, other_school={"neighbour_head"}),
    Leaver: near(own=OFFICE, other_school={"neighbour_head"}),
    PlannedClass: near(own=OFFICE, other_school={"neighbour_head"}),
    SchoolYear: MEMBERS | near(departed=STAFF | OWN_FAMILY | OTHER_FAMILY),
    WorkGroup: near(own={"teacher"}, other_class={"teacher_parent"}),
    Merge: near(own={"head", "secretary"}, other_school={"neighbour_head"}),
}
DECIDERS = near(own=OFFICE, departed=OFFICE, other_school={"neighbour_head"})
READ_GROUPS = near(own=WITH_PUPILS, other_class=WITH_PUPILS, departed=WITH_PUPILS, other_school=NEIGHBOURING)
OF_PHOTOGRAPHERS = near(own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, other_school=NEIGHBOURING)
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        [
            "directory:next_year",
            "directory:year_dates",
            "directory:give_up_year",
            "directory:year_classes",
            "directory:add_year_class",
            "directory:keep_teams",
            "directory:year_pupils",
            "directory:propose_year",
            "directory:year_staff",
            "directory:year_compare",
            "directory:switch_year",
            "directory:forget_switch",
            "directory:undo_switch",
            "directory:school_years",
            "directory:export_year_pupils",
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
    **dict.fromkeys(
        [
            f"directory:{name}"
            for name in ("people", "enrol", "engage", "corrections", "export_corrections", "contact_requests")
        ],
        OFFICE | NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            f"directory:{name}"
            for name in ("correct", "depart", "move", "certificates", "dismiss", "add_guardian")
        ],
        near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    ),
    "directory:withdraw_correction": SEES[Correction],
    "directory:own_contact": {"guardian", "other_guardian", "former_guardian"},
    "directory:withdraw_request": near(own={"guardian"}),
    "directory:answer_request": near(own=OFFICE, other_school=NEIGHBOURING),
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
    "directory:groups": WITH_PUPILS | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "directory:without_class": WITH_PUPILS | NEIGHBOURING,
    "directory:group": READ_GROUPS
    | near(own=WITH_PUPILS | OWN_FAMILY, other_class=WITH_PUPILS | OTHER_FAMILY),
    "directory:group_list": READ_GROUPS,
    "directory:work_groups": READ_GROUPS,
    "directory:export_list": READ_GROUPS,
    # A teacher, of the class that they teach.
    "directory:faces": near(
        own=PHOTOGRAPHERS | {"teacher"},
        other_class=PHOTOGRAPHERS | {"teacher_parent"},
        departed=PHOTOGRAPHERS,
        other_school=NEIGHBOURING,
    ),
    "directory:ask_photos": near(
        own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, departed=PHOTOGRAPHERS, other_school=NEIGHBOURING
    ),
    **dict.fromkeys(
        ["directory:family", "directory:pupil_photo", "directory:remove_photo"], OF_PHOTOGRAPHERS
    ),
    # Those who read the family, and the head teacher.
    "directory:seen_by_family": near(
        own=PHOTOGRAPHERS | {"teacher"}, other_class=PHOTOGRAPHERS, other_school=NEIGHBOURING
    ),
    "directory:photo_consent": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "directory:consents": FAMILY | OTHER_FAMILY,
    "directory:consent": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    # In an école alone, and nobody of the matrix is of age: test_consents.py says who.
    "directory:consent_beside": near(),
    "directory:family_access": set(),
    "directory:consent_requests": PHOTOGRAPHERS | NEIGHBOURING,
    **dict.fromkeys(
        [
            "directory:consent_request",
            "directory:remind_consents",
            "directory:close_consents",
            "directory:paper_consent",
            "directory:export_consents",
            "directory:consent_papers",
        ],
        near(own=PHOTOGRAPHERS, other_school=NEIGHBOURING),
    ),
    "directory:group_consents": near(
        own=PHOTOGRAPHERS | {"teacher"},
        other_class=PHOTOGRAPHERS | {"teacher_parent"},
        departed=PHOTOGRAPHERS,
        other_school=NEIGHBOURING,
    ),
    "directory:photo": near(
        own=PHOTOGRAPHERS | {"teacher"} | OWN_FAMILY,
        other_class=PHOTOGRAPHERS | {"teacher_parent"} | OTHER_FAMILY,
        other_school=NEIGHBOURING,
    ),
    "directory:school": AND_THE_TOWN,
    "directory:logo": AND_THE_TOWN,
    **dict.fromkeys(
        [
            "directory:settings",
            "directory:identity",
            "directory:look",
            "directory:take_logo",
            "directory:remove_logo",
            "directory:hours",
            "directory:periods",
            "directory:create_period",
            "directory:closures",
            "directory:zone",
            "directory:services",
            "directory:service",
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
            "directory:administrators",
            "directory:guests",
            "directory:invite",
            "directory:review",
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
}
NAMES_TWO = {"directory:pair", "directory:tell_apart", "directory:merge"}
REST_OF_ADDRESS = {
    "directory:delivery_part": {"part": "departs"},
    "directory:service": {"key": "attendance"},
    "directory:pair": {"other": DOUBLES[0]},
    "directory:tell_apart": {"other": DOUBLES[0]},
    "directory:merge": {"one": DOUBLES[0], "other": DOUBLES[1]},
    "directory:export": {"key": "responsables"},
}


def a_search(stage: Stage, person: Person) -> str:
    """What finds everybody of the stage, where one may look for them."""
    return STEM


NAMES = {
    "classe": Named(Group),
    "team": Named(Group),
    "group": Named(Group),
    "same": Named(Person, "public_id"),
    "r1_same": Named(Person, "public_id"),
    "r2_same": Named(Person, "public_id"),
    "selection": Named(WorkGroup),
    "sets": Named(WorkGroup),
    "pupils": Named(Person),
    "eleve": Named(Person, "public_id"),
    "responsable": Named(Person, "public_id"),
    "garder": Named(Person, "public_id"),
    "signe": Named(Person, "public_id"),
    "demande": Named(ConsentRequest),
    "nom": Named(Person, says=a_search),
    "holding": Named(Holding),
    "personnes": Named(Person),
}
NUMBERED = {
    "eleve": Named(Person),
    "ou": Named(Person),
}
PLAIN = dict.fromkeys(
    [
        "alone",
        "mots",
        *(
            f"r{rank}_{name}"
            for rank in (1, 2)
            for name in (
                "given_name",
                "family_name",
                "kinship",
                "phone",
                "email",
                "civility",
                "authority",
                "lives_with",
                "lines",
                "is_protected",
            )
        ),
        "papier",
        "word",
        "lines",
        "is_protected",
        "birth_name",
        "birth_date",
        "first_day",
        "role",
        "reason",
        "contexte",
        "suite",
        "etat",
        "avant",
        "state",
        "starts",
        "ends",
        "zone",
        "palette",
        "opens_at",
        "closes_at",
        "open",
        "levels",
        "until",
        "address",
        "phone",
        "email",
        "website",
        "privacy_contact",
        "name",
        "name_0",
        "name_1",
        "ruled_on",
        "barred",
        "last_day",
        "montrer",
        "reach",
        "forme",
        "certified",
        "cases",
        "answer",
        "choix",
        "eleves-0",
        "eleves-1",
        "comparer",
        "power",
        "kind",
        "civility",
        "given_name",
        "family_name",
        "title",
        "powers",
        "level",
        "classe_entiere",
        "geste",
        "day",
        "leave_undecided",
        "name_2",
        "name_3",
        "reponse",
        "dans",
    ],
    (),
) | {
    "quoi": ("attendance-entry", "autre"),
    "colonnes": ("responsables",),
    "page": ("2",),
    "qui": ("responsables", "delegations"),
    "fonction": ("teacher",),
}
