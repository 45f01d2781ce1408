"""Who opens each page, and what makes it long."""

from typing import Any

from preau.directory.seeds.world import World
from preau.directory.tests.props import many_classes, many_rooms, many_staff
from preau.domains.timetable.tests.props import (
    lesson_to_come,
    lesson_to_cover,
    many_alternations,
    many_away,
    many_bookables,
    many_bookings,
    many_day_slots,
    many_free,
    many_lesson_changes,
    many_lessons,
    many_subjects_given,
    many_timetable_notes,
    many_timetables,
    many_to_cover,
    own_alternation,
    own_ask,
    own_booking,
    own_day_slot,
    own_equipment,
    own_pattern,
    own_room,
    own_timetable,
    teacher_away,
)
from tests import pages
from tests.pages import Page


def own_lesson_to_come(college: World) -> Any:
    """A lesson of tomorrow, given by Claire Moreau alone."""
    lesson = lesson_to_come(college)
    lesson.teachers.set([college.people["teacher"]])
    return lesson


PAGES = [
    *(Page(f"timetable:{name}", pages.KEEPERS) for name in ("slots", "create_slot")),
    Page("timetable:change_slot", pages.KEEPERS, model=own_day_slot),
    Page("timetable:study", pages.SCHOOL_LIFE),
    Page("timetable:week", pages.EVERYONE),
    Page("timetable:patterns", pages.OFFICE),
    Page("timetable:create", pages.OFFICE),
    Page("timetable:half_days", pages.OFFICE),
    Page("timetable:change_pattern", pages.OFFICE, model=own_pattern),
    Page("timetable:add", pages.OFFICE),
    Page("timetable:lesson", pages.EVERYONE, model=lesson_to_come),
    *(
        Page(f"timetable:{name}", pages.OFFICE, model=lesson_to_come)
        for name in ["cancel", "move", "replace"]
    ),
    *(
        Page(f"timetable:{name}", pages.OFFICE | {"teacher"}, model=own_lesson_to_come)
        for name in ["room", "equip"]
    ),
    *(Page(f"timetable:{name}", pages.STAFF) for name in ("book", "bookings")),
    *(Page(f"timetable:{name}", pages.KEEPERS) for name in ("bookables", "create_bookable")),
    Page("timetable:change_bookable", pages.KEEPERS, model=own_equipment),
    Page("timetable:describe_room", pages.KEEPERS, model=own_room),
    Page("timetable:changes", pages.OFFICE),
    Page("timetable:hours", pages.OFFICE),
    Page("timetable:cover", pages.OFFICE),
    Page("timetable:cover_lesson", pages.OFFICE, model=lesson_to_cover),
    Page("timetable:absences", pages.OFFICE | {"teacher", "teacher_1"}),
    Page("timetable:announce_absence", pages.OFFICE | {"teacher", "teacher_1"}),
    Page("timetable:absence", pages.OFFICE, model=teacher_away),
    Page("timetable:settle_lessons", pages.OFFICE, model=teacher_away),
    Page("timetable:give_lessons", pages.OFFICE, model=teacher_away),
    Page("timetable:ask", {"teacher"}, model=own_ask),
    Page("timetable:copy_week", pages.OFFICE),
    Page("timetable:weeks", pages.OFFICE),
    Page("timetable:create_alternation", pages.OFFICE),
    Page("timetable:alternation", pages.OFFICE, model=own_alternation),
    Page("timetable:imports", pages.OFFICE),
    Page("timetable:import", pages.OFFICE, model=own_timetable),
    Page("timetable:import_columns", pages.OFFICE, model=own_timetable),
    Page("timetable:import_choices", pages.OFFICE, model=own_timetable),
]
ELSEWHERE = {
    "timetable:stop",
    "timetable:undo",
    "timetable:change_week",
    "timetable:remove_alternation",
    "timetable:export_changes",
    "timetable:export_hours",
    "timetable:import_part",
    "timetable:import_csv",
    "timetable:import_json",
    "timetable:apply_import",
    "timetable:drop_import",
    "timetable:settle_cover",
    "timetable:take_back_lessons",
    "timetable:accept",
    "timetable:decline",
    "timetable:cancel_ask",
    "timetable:take_half_days_back",
    "timetable:confirm_absence",
    "timetable:withdraw_absence",
    "timetable:export_cover",
    "timetable:remove_slot",
    "timetable:remove_bookable",
    "timetable:cancel_booking",
    "timetable:export_bookings",
}
LISTS = [
    ("teacher", "timetable:book", many_bookables),
    ("teacher", "timetable:equip", many_bookables),
    ("teacher", "timetable:bookings", many_bookings),
    ("teacher", "timetable:week", many_bookings),
    ("teacher", "timetable:lesson", many_bookings),
    ("teacher", "agenda:agenda", many_bookings),
    ("secretary", "timetable:bookables", many_bookables),
    ("secretary", "timetable:export_bookings", many_bookings),
    ("cpe", "timetable:slots", many_day_slots),
    ("cpe", "timetable:create_slot", many_classes),
    ("cpe", "timetable:change_slot", many_staff),
    ("cpe", "timetable:study", many_day_slots),
    ("cpe", "agenda:agenda", many_day_slots),
    ("guardian", "timetable:week", many_day_slots),
    ("teacher", "portal:home", many_lessons),
    ("teacher", "timetable:week", many_lessons),
    ("teacher", "timetable:week?vue=jour", many_lessons),
    ("teacher", "timetable:week?vue=liste", many_lessons),
    ("secretary", "timetable:week?par=prof", many_staff),
    ("secretary", "timetable:week?par=salle", many_rooms),
    ("teacher", "agenda:agenda", many_lessons),
    ("pupil", "portal:home", many_lessons),
    ("secretary", "timetable:imports", many_timetables),
    ("secretary", "timetable:import", many_timetable_notes),
    ("secretary", "timetable:import_part", many_timetable_notes),
    ("secretary", "timetable:import_columns", many_timetable_notes),
    ("secretary", "timetable:import_choices", many_timetable_notes),
    ("secretary", "timetable:import_csv", many_timetable_notes),
    ("secretary", "timetable:import_json", many_timetable_notes),
    ("secretary", "timetable:create", many_classes),
    ("secretary", "timetable:half_days", many_classes),
    ("secretary", "timetable:week", many_classes),
    ("secretary", "timetable:change_pattern", many_classes),
    ("secretary", "timetable:add", many_classes),
    ("secretary", "timetable:replace", many_staff),
    ("secretary", "timetable:move", many_rooms),
    ("secretary", "timetable:room", many_rooms),
    ("secretary", "timetable:lesson", many_lesson_changes),
    ("secretary", "timetable:changes", many_lesson_changes),
    ("secretary", "timetable:export_changes", many_lesson_changes),
    ("secretary", "timetable:hours", many_subjects_given),
    ("secretary", "timetable:export_hours", many_subjects_given),
    ("secretary", "timetable:weeks", many_alternations),
    ("secretary", "timetable:cover", many_to_cover),
    ("secretary", "timetable:cover?etat=tous", many_to_cover),
    ("secretary", "timetable:export_cover", many_to_cover),
    ("secretary", "timetable:cover_lesson", many_free),
    ("secretary", "timetable:absence", many_to_cover),
    ("secretary", "timetable:settle_lessons", many_to_cover),
    ("secretary", "timetable:settle_lessons", many_free),
    ("secretary", "timetable:give_lessons", many_free),
    ("secretary", "timetable:absences", many_away),
    ("secretary", "timetable:announce_absence", many_staff),
    ("teacher", "portal:home", many_to_cover),
]
LISTS_APART = {"timetable:patterns"}
ONE_THING = {
    "timetable:ask",
    "timetable:cancel",
    "timetable:create_alternation",
    "timetable:alternation",
    "timetable:copy_week",
    "timetable:create_bookable",
    "timetable:change_bookable",
    "timetable:describe_room",
}


def _of_timetable(college: World) -> dict[str, Any]:
    return {"pk": own_timetable(college).pk}


ARGUMENTS = {
    **dict.fromkeys(["timetable:import_csv", "timetable:import_json"], _of_timetable),
    "timetable:import_part": lambda college: _of_timetable(college) | {"part": "arrivent"},
}
# A list longer than this many lines has a page of its own.
MORE_THAN_THE_FIRST = 12


def lay(college: World) -> None:
    many_lesson_changes(college, 1)
    own_booking(college)
    many_timetable_notes(college, MORE_THAN_THE_FIRST)
