"""Who opens each page, and what makes it long."""

from preau.directory.seeds import World
from preau.directory.tests.props import cast_pupil, many_classes, many_pupils, many_subjects
from preau.domains.attendance.tests.props import (
    class_with_plans,
    many_absences,
    many_alerts,
    many_announced,
    many_arrangements,
    many_changes,
    many_done,
    many_follow_ups,
    many_missed,
    many_plans,
    many_reasons,
    many_registers,
    many_remarks,
    many_visits,
    own_absence,
    own_absences,
    own_announced,
    own_follow_up,
    own_plan,
    own_reason,
)
from preau.domains.timetable.tests.props import lesson_now, many_lessons
from tests import pages
from tests.pages import Page

PAGES = [
    Page("attendance:without_network", pages.EVERYONE),
    Page("attendance:lesson_list", {"teacher", "cpe", "head"}, model=lesson_now),
    Page("attendance:remarks", pages.OFFICE),
    Page("attendance:arrangements", pages.SCHOOL_LIFE),
    Page("attendance:pupil_arrangements", pages.SCHOOL_LIFE, model=cast_pupil, by="public_id"),
    Page("attendance:arrange", pages.SCHOOL_LIFE, model=cast_pupil, by="public_id"),
    Page("attendance:own_arrangements", pages.FAMILY),
    Page("attendance:absences", pages.FAMILY),
    Page("attendance:board", pages.SCHOOL_LIFE),
    Page("attendance:entries", pages.SCHOOL_LIFE),
    Page("attendance:plans", pages.TEACHERS | pages.SCHOOL_LIFE, model=class_with_plans),
    Page("attendance:plan", pages.TEACHERS | pages.SCHOOL_LIFE, otherwise=404, model=own_plan),
    Page("attendance:plan_settings", pages.TEACHERS | pages.SCHOOL_LIFE, otherwise=404, model=own_plan),
    Page("attendance:roll", {"teacher", "cpe", "head"}, model=lesson_now),
    Page("attendance:explain", {"guardian", "other_guardian"}, model=own_absence),
    Page("attendance:entry", pages.SCHOOL_LIFE, model=own_absence),
    Page("attendance:alerts", pages.SCHOOL_LIFE),
    Page("attendance:register", pages.SCHOOL_LIFE),
    Page("attendance:announce", {"guardian", "other_guardian"}),
    Page("attendance:announced", pages.SCHOOL_LIFE),
    Page("attendance:passages", pages.SCHOOL_LIFE),
    Page("attendance:depart", pages.SCHOOL_LIFE, model=cast_pupil, by="public_id"),
    Page("attendance:counting", pages.SCHOOL_LIFE),
    Page("attendance:register_files", pages.SCHOOL_LIFE),
    Page("attendance:follow_ups", pages.SCHOOL_LIFE),
    Page("attendance:follow_up", pages.SCHOOL_LIFE, model=own_follow_up),
    Page("attendance:told_follow_up", pages.FAMILY, model=own_follow_up),
    Page("attendance:reasons", pages.SCHOOL_LIFE),
    Page("attendance:reason", pages.SCHOOL_LIFE, model=own_reason),
]
PUBLIC = {"attendance:without_network"}
ELSEWHERE = {
    "attendance:withdraw", "attendance:decide", "attendance:export", "attendance:day", "attendance:send",
    "attendance:withdraw_announcement", "attendance:begin_visit", "attendance:end_visit",
    "attendance:register_csv", "attendance:register_pdf", "attendance:letters",
    "attendance:open_follow_up", "attendance:close_alert", "attendance:start_follow_up",
    "attendance:end_follow_up", "attendance:settle", "attendance:settle_one", "attendance:reopen",
    "attendance:retire_reason", "attendance:end_arrangement", "attendance:prepare_register",
    "attendance:settle_remark", "attendance:plan_gesture", "attendance:remove_plan",
    "attendance:plan_pdf", "attendance:roll_layout",
}  # fmt: skip
LISTS = [
    ("guardian", "agenda:agenda", own_absences),
    ("guardian", "portal:home", own_absences),
    ("guardian", "attendance:absences", own_absences),
    ("guardian", "attendance:explain", many_missed),
    ("cpe", "portal:home", many_absences),
    ("cpe", "attendance:board", many_absences),
    ("cpe", "attendance:entries", many_absences),
    ("cpe", "attendance:export", many_absences),
    ("cpe", "attendance:entry", many_changes),
    ("teacher", "attendance:day", many_lessons),
    ("cpe", "attendance:reasons", many_reasons),
    ("cpe", "attendance:alerts", many_alerts),
    ("cpe", "attendance:register", many_classes),
    ("cpe", "attendance:register_csv", many_classes),
    ("cpe", "attendance:register_files", many_registers),
    ("cpe", "attendance:announced", many_announced),
    ("guardian", "attendance:absences", own_announced),
    ("cpe", "attendance:passages", many_visits),
    ("cpe", "attendance:passages?nom=eleve", many_visits),
    ("cpe", "attendance:follow_ups", many_follow_ups),
    ("cpe", "attendance:follow_up", many_done),
    ("guardian", "attendance:told_follow_up", many_done),
    ("cpe", "attendance:arrangements", many_arrangements),
    ("teacher", "attendance:lesson_list", many_absences),
    ("teacher", "attendance:plans", many_plans),
    ("teacher", "attendance:plan", many_pupils),
    ("teacher", "attendance:plan_settings", many_pupils),
    ("secretary", "attendance:remarks", many_remarks),
    ("cpe", "attendance:pupil_arrangements", many_arrangements),
    ("guardian", "attendance:own_arrangements", many_arrangements),
    ("cpe", "attendance:arrange", many_subjects),
]
LISTS_APART = {
    "attendance:roll",
    # Each alert of its address is a line: test_follow_ups.py.
    "attendance:letters", "attendance:register_pdf", "attendance:plan_pdf",
}  # fmt: skip
ONE_THING = {
    "attendance:counting", "attendance:reason", "attendance:announce", "attendance:depart",
    "attendance:without_network",
}  # fmt: skip


def lay(college: World) -> None:
    many_remarks(college, 1)
    many_alerts(college, 1)
