"""Who sees what, who opens each route, what each parameter names."""

from django.db.models import Model

from preau.directory.models import Group, Person, Room, Subject
from preau.domains.timetable.models import (
    Alternation,
    Bookable,
    Booking,
    CoverAsk,
    DaySlot,
    Lesson,
    LessonChange,
    TeacherAbsence,
    TimetableImport,
    ToldCourse,
    WeeklyPattern,
)
from tests.declared import Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_OFFICE,
    EVERYWHERE_STAFF,
    LIFE,
    MEMBERS,
    NEIGHBOURING,
    OFFICE,
    OTHER_FAMILY,
    OWN_FAMILY,
    PHOTOGRAPHERS,
    STAFF,
    WITH_PUPILS,
    Near,
    near,
)

SEES: dict[type[Model], Near] = {
    Lesson: EVERYWHERE_STAFF
    | near(own=STAFF | OWN_FAMILY, other_class=STAFF | OTHER_FAMILY, departed=STAFF | OWN_FAMILY),
    WeeklyPattern: EVERYWHERE_STAFF,
    LessonChange: EVERYWHERE_STAFF,
    Bookable: near(own=STAFF, other_school=NEIGHBOURING),
    Booking: EVERYWHERE_STAFF,
    Alternation: MEMBERS,
    DaySlot: MEMBERS,
    TimetableImport: near(own=OFFICE, other_school={"neighbour_head"}),
    ToldCourse: near(own=OFFICE, other_school={"neighbour_head"}),
    TeacherAbsence: near(
        own=OFFICE | {"teacher"},
        other_class=OFFICE | {"teacher_parent"},
        departed=OFFICE,
        other_school={"neighbour_head"},
    ),
    CoverAsk: near(
        own=OFFICE | {"teacher_parent"},
        other_class=OFFICE | {"teacher"},
        departed=OFFICE,
        other_school={"neighbour_head"},
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "timetable:week": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "timetable:patterns": OFFICE | NEIGHBOURING,
    "timetable:create": OFFICE | NEIGHBOURING,
    "timetable:half_days": OFFICE | NEIGHBOURING,
    "timetable:take_half_days_back": OFFICE | NEIGHBOURING,
    "timetable:stop": ALL_SCOPES_OF_OFFICE,
    "timetable:change_pattern": ALL_SCOPES_OF_OFFICE,
    "timetable:lesson": SEES[Lesson],
    **dict.fromkeys(
        ["timetable:cancel", "timetable:move", "timetable:replace"],
        ALL_SCOPES_OF_OFFICE,
    ),
    # A teacher, of their own lessons: whoever left gives none any more.
    **dict.fromkeys(
        ["timetable:room", "timetable:equip"],
        near(
            own=OFFICE | {"teacher"},
            other_class=OFFICE | {"teacher_parent"},
            departed=OFFICE,
            other_school=NEIGHBOURING,
        ),
    ),
    # And of a room that they changed themselves: the head changed these.
    "timetable:undo": ALL_SCOPES_OF_OFFICE,
    **dict.fromkeys(["timetable:book", "timetable:bookings"], WITH_PUPILS | NEIGHBOURING),
    **dict.fromkeys(
        ["timetable:bookables", "timetable:create_bookable", "timetable:export_bookings"],
        PHOTOGRAPHERS | NEIGHBOURING,
    ),
    **dict.fromkeys(
        ["timetable:change_bookable", "timetable:remove_bookable"],
        near(own=PHOTOGRAPHERS, other_school=NEIGHBOURING),
    ),
    # A room is of nobody's class.
    "timetable:describe_room": near(
        own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, departed=PHOTOGRAPHERS, other_school=NEIGHBOURING
    ),
    "timetable:cancel_booking": near(
        own=PHOTOGRAPHERS | {"teacher"},
        other_class=PHOTOGRAPHERS | {"teacher_parent"},
        departed=PHOTOGRAPHERS,
        other_school=NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            "timetable:add",
            "timetable:changes",
            "timetable:export_changes",
            "timetable:weeks",
            "timetable:hours",
            "timetable:export_hours",
            "timetable:change_week",
            "timetable:create_alternation",
            "timetable:copy_week",
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
        ["timetable:absences", "timetable:announce_absence"],
        OFFICE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            "timetable:cover_lesson",
            "timetable:settle_cover",
            "timetable:cancel_ask",
            "timetable:confirm_absence",
            "timetable:withdraw_absence",
            "timetable:settle_lessons",
            "timetable:give_lessons",
            "timetable:take_back_lessons",
        ],
        ALL_SCOPES_OF_OFFICE,
    ),
    "timetable:absence": SEES[TeacherAbsence],
    **dict.fromkeys(
        ["timetable:ask", "timetable:accept", "timetable:decline"],
        near(own={"teacher_parent"}, other_class={"teacher"}),
    ),
    "timetable:slots": PHOTOGRAPHERS | NEIGHBOURING,
    "timetable:create_slot": PHOTOGRAPHERS | NEIGHBOURING,
    "timetable:study": LIFE | NEIGHBOURING,
    **dict.fromkeys(
        ["timetable:change_slot", "timetable:remove_slot"], near(own=PHOTOGRAPHERS, other_school=NEIGHBOURING)
    ),
}
REST_OF_ADDRESS = {
    "timetable:import_part": {"part": "arrivent"},
}
NAMES = {
    "prof": Named(Person, "public_id"),
    "salle": Named(Room),
    "room": Named(Room),
    "groups": Named(Group),
    **dict.fromkeys(["teachers", "teacher", "gone", "comes", "watchers"], Named(Person)),
    "subject": Named(Subject),
    "alternation": Named(Alternation),
    "heure": Named(DaySlot),
    "thing": Named(Bookable, says=lambda stage, found: f"materiel-{found.pk}"),
    "quoi": Named(Bookable, says=lambda stage, found: f"materiel-{found.pk}"),
}
# « cours-12 »: the number of a lesson stands in the name.
NUMBERED = {"cours": Named(Lesson)}
PLAIN = dict.fromkeys(
    [
        "du",
        "au",
        "weekday",
        "morning_starts",
        "morning_ends",
        "afternoon_starts",
        "afternoon_ends",
        "starts_at",
        "ends_at",
        "first_day",
        # The name of a gesture, drawn at random: `test_half_days` says that it is of one school.
        "ensemble",
        "outside",
        "colonne-0",
        "colonne-1",
        "colonne-2",
        "colonne-3",
        "colonne-4",
        "words",
        "note",
        "cause",
        "apercu",
        "give_back",
        "first",
        "week",
        "to",
        "in_turn",
        "weeks",
        "debut",
        "fin",
        "scope",
        "shown",
        "take",
        "places",
        "weekdays",
        "purpose",
        "is_open",
        "day",
        "back",
    ],
    (),
) | {
    "jour": ("2026-11-23",),
    "semaine": ("2026-10-27",),
    "vue": ("jour", "mois", "liste"),
    "couleurs": ("matiere",),
    "proposer": ("permanence",),
    "par": ("classe", "prof", "salle"),
}
