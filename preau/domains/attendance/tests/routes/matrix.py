"""Who sees what, who opens each route, what each parameter names."""

from django.db.models import Model

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, Subject
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
from tests.declared import Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_SCHOOL_LIFE,
    CAST,
    DEPARTED,
    EVERYONE,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OFFICE,
    OTHER_CLASS,
    OTHER_FAMILY,
    OWN,
    OWN_FAMILY,
    SCOPES,
    Near,
    near,
)

# A seating plan: whoever teaches the class, school life and head.
PLANS: Near = near(
    own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, other_school={"neighbour_head"}
)
SEES: dict[type[Model], Near] = {
    Entry: near(
        own=LIFE | {"teacher"} | OWN_FAMILY,
        other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
    Explanation: near(
        own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}
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
    SeatingPlan: PLANS,
    ListRemark: near(own=OFFICE | {"teacher"}, other_school={"neighbour_head"}),
    Arrangement: near(
        own=LIFE | {"teacher"} | OWN_FAMILY,
        other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
    Reason: {scope: set(CAST) for scope in SCOPES} | near(other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "attendance:roll": near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    "attendance:without_network": EVERYONE,
    "attendance:day": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "attendance:send": near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    "attendance:lesson_list": near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    "attendance:roll_layout": near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    "attendance:plans": PLANS | near(departed=LIFE),
    **dict.fromkeys(
        [
            "attendance:plan",
            "attendance:plan_gesture",
            "attendance:plan_settings",
            "attendance:remove_plan",
            "attendance:plan_pdf",
        ],
        PLANS,
    ),
    **dict.fromkeys(
        ["attendance:month", "attendance:month_pdf"],
        near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING),
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
        ["attendance:alerts", "attendance:follow_ups", "attendance:letters", "attendance:counting"],
        LIFE | NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            "attendance:open_follow_up",
            "attendance:close_alert",
            "attendance:follow_up",
            "attendance:end_follow_up",
        ],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    **dict.fromkeys(
        [
            "attendance:start_follow_up",
            "attendance:begin_visit",
            "attendance:depart",
            "attendance:note_call",
            "attendance:note_latecomer",
        ],
        near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(
        [
            "attendance:announced",
            "attendance:passages",
            "attendance:calling",
            "attendance:now",
            "attendance:building_pdf",
            "attendance:building_csv",
            "attendance:latecomers",
            "attendance:register",
            "attendance:register_csv",
            "attendance:register_pdf",
            "attendance:register_files",
            "attendance:prepare_register",
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
}
NAMES = {
    "enfant": Named(Person, "public_id"),
    "devant": Named(Person, "public_id"),
    "plan": Named(SeatingPlan),
    # The visit that begins where another one ends.
    "quitte": Named(Visit),
    "subjects": Named(Subject),
    "pupil": Named(Person),
    "told_by": Named(Person),
    "entries": Named(Entry),
    "entry": Named(Entry),
    "reason": Named(Reason),
    "motif": Named(Reason),
    "alertes": Named(Alert),
    "papers-garde": Named(StoredFile, "public_id"),
}
# « status-12 »: the number of a pupil stands in the name.
NUMBERED = {
    "status": Named(Person),
    "minutes": Named(Person),
    "seen": Named(Person),
}
PLAIN = dict.fromkeys(
    [
        "half",
        "mois",
        "comment",
        "seuil",
        "status",
        "minutes_late",
        "voir",
        "place",
        "leaves_at",
        "leaves_with",
        "from_hour",
        "until_hour",
        "done_on",
        "for_family",
        "noon",
        "dialogue_at",
        "report_at",
        "label",
        "for_families",
        "settles",
        "in_report",
        "in_alerts",
        "confidential",
        "order",
        "seen",
        "sending",
        "made_at",
        "must_attend",
        "revision",
        "remark",
        "rows",
        "columns",
        "gaps",
        "aisles",
        "vers",
        "papers",
        "fiche",
        "garder",
    ],
    (),
) | {"appels": ("tous",)}
