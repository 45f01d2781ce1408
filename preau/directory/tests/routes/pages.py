"""Who opens each page, and what makes it long."""

from types import SimpleNamespace
from typing import Any

from conftest import NOW
from preau.directory.models import Delivery, PhotoConsent
from preau.directory.seeds import World
from preau.directory.tests.props import (
    asked_pupil,
    cast_pupil,
    class_to_place,
    colleague,
    many_asked_pupils,
    many_classes,
    many_closures,
    many_deliveries,
    many_given,
    many_groups,
    many_guests,
    many_leavers,
    many_merges,
    many_notes,
    many_pairs,
    many_periods,
    many_placed,
    many_planned,
    many_pupils,
    many_questions,
    many_siblings,
    many_staff,
    many_unplaced,
    many_years,
    own_class,
    own_delivery,
    own_guest,
    own_leaver,
    own_link,
    own_period,
    own_question,
    own_school,
    own_tables,
    own_year,
    planned_class,
    prepared,
)
from tests import pages
from tests.pages import Page

PAGES = [
    Page("directory:groups", pages.EVERYONE),
    Page("directory:without_class", pages.STAFF),
    Page("directory:group", pages.EVERYONE, model=own_class),
    Page("directory:group_list", pages.STAFF, model=own_class),
    Page("directory:faces", pages.STAFF, model=own_class),
    Page("directory:family", pages.KEEPERS, model=cast_pupil, by="public_id"),
    Page("directory:photo_consent", pages.FAMILY, model=cast_pupil, by="public_id"),
    Page("directory:pupil_photo", pages.KEEPERS, model=cast_pupil, by="public_id"),
    Page("directory:consents", pages.FAMILY),
    Page("directory:consent", pages.FAMILY, model=asked_pupil, by="public_id"),
    Page("directory:consent_requests", pages.KEEPERS),
    Page("directory:consent_request", pages.KEEPERS, model=own_question),
    Page("directory:group_consents", pages.STAFF, model=own_class),
    Page("directory:deliveries", pages.OFFICE),
    Page("directory:bring", pages.OFFICE),
    Page("directory:bring_tables", pages.OFFICE),
    Page("directory:columns", pages.OFFICE, model=own_tables),
    Page("directory:departures", pages.OFFICE),
    Page("directory:leaver", pages.OFFICE, model=own_leaver, by="public_id"),
    Page("directory:next_year", pages.OFFICE),
    *(
        Page(f"directory:{name}", pages.OFFICE, model=prepared, by="")
        for name in [
            "year_dates",
            "year_classes",
            "add_year_class",
            "year_pupils",
            "year_staff",
            "year_compare",
            "switch_year",
            "year_unplaced",
        ]
    ),
    Page("directory:year_class", pages.OFFICE, otherwise=404, model=planned_class),
    Page("directory:year_placing", pages.OFFICE, model=class_to_place),
    Page("directory:school_years", pages.OFFICE),
    Page("directory:school_year", pages.OFFICE, model=own_year),
    Page("directory:former_class", pages.OFFICE, model=own_class),
    Page("directory:delivery", pages.OFFICE, model=own_delivery),
    Page("directory:settings", {"head"}),
    Page("directory:school", pages.EVERYONE | {"town"}, model=own_school, by="public_id"),
    Page("directory:identity", {"head"}),
    Page("directory:look", {"head"}),
    Page("directory:hours", {"head"}),
    Page("directory:periods", {"head"}),
    Page("directory:create_period", {"head"}),
    Page("directory:change_period", {"head"}, model=own_period),
    Page("directory:closures", {"head"}),
    Page("directory:zone", {"head"}),
    Page("directory:services", {"head"}),
    Page(
        "directory:service",
        {"head"},
        model=lambda college: SimpleNamespace(key="attendance"),
        by="key",
    ),
    Page("directory:administrators", {"head"}),
    Page("directory:powers", pages.STAFF),
    Page("directory:lists", pages.OFFICE | {"town"}),
    Page("directory:guests", {"head"}),
    Page("directory:invite", {"head"}),
    Page("directory:guest", {"head"}, model=own_guest),
    Page("directory:review", {"head"}),
    Page("directory:person", pages.EVERYONE, model=cast_pupil, by="public_id"),
    Page(
        "directory:acts",
        {"head", "cpe", "secretary", "guardian", "other_guardian"},
        model=cast_pupil,
        by="public_id",
    ),
    Page("directory:guardianship", pages.OFFICE, model=own_link),
    Page("directory:duplicates", pages.OFFICE),
    Page("directory:merges", pages.OFFICE),
    Page("directory:pair", pages.OFFICE, model=cast_pupil, by="public_id", beside=colleague),
]
ELSEWHERE = {
    "directory:export_list", "directory:ask_photos", "directory:remove_photo", "directory:photo",
    "directory:apply", "directory:approve", "directory:drop", "directory:delivery_part",
    "directory:report_csv", "directory:merge", "directory:tell_apart", "directory:undo_merge",
    "directory:lift_ruling", "directory:export", "directory:report_json", "directory:logo",
    "directory:take_logo", "directory:remove_logo", "directory:remove_period",
    "directory:remove_closure", "directory:end_delegation", "directory:end_guest",
    "directory:finish_review", "directory:doubt", "directory:export_departures", "directory:let_go",
    "directory:give_up_year", "directory:remove_year_class", "directory:keep_teams",
    "directory:propose_year", "directory:forget_switch", "directory:undo_switch",
    "directory:export_year_pupils",
    # An école, a pupil of age, one pupil of a question: test_consents.py.
    "directory:consent_beside", "directory:family_access", "directory:paper_consent",
    "directory:remind_consents", "directory:close_consents", "directory:export_consents",
    "directory:consent_papers",
}  # fmt: skip
LISTS = [
    ("head", "directory:groups", many_classes),
    ("head", "directory:groups?montrer=groupes", many_groups),
    ("secretary", "directory:without_class", many_unplaced),
    ("teacher", "directory:group", many_pupils),
    (
        "secretary",
        "directory:group_list?colonnes=responsables&colonnes=naissance&colonnes=groupes",
        many_pupils,
    ),
    ("secretary", "directory:faces", many_pupils),
    ("guardian", "directory:consents", many_questions),
    ("guardian", "directory:consent", many_questions),
    ("cpe", "directory:consent_requests", many_questions),
    ("cpe", "directory:consent_request", many_pupils),
    ("teacher", "directory:group_consents", many_asked_pupils),
    ("secretary", "directory:family", many_siblings),
    ("secretary", "directory:deliveries", many_deliveries),
    ("secretary", "directory:delivery", many_notes),
    ("secretary", "directory:delivery_part", many_notes),
    ("secretary", "directory:report_csv", many_notes),
    ("secretary", "directory:report_json", many_notes),
    ("secretary", "directory:departures", many_leavers),
    ("secretary", "directory:departures?qui=personnels", many_leavers),
    ("secretary", "directory:departures?qui=responsables", many_leavers),
    ("secretary", "directory:next_year", many_planned),
    ("secretary", "directory:year_classes", many_planned),
    ("secretary", "directory:year_compare", many_planned),
    ("secretary", "directory:year_class", many_placed),
    ("secretary", "directory:year_placing", many_pupils),
    ("secretary", "directory:year_unplaced", many_unplaced),
    ("secretary", "directory:year_pupils", many_pupils),
    ("secretary", "directory:year_pupils?qui=passent", many_placed),
    ("secretary", "directory:year_staff", many_staff),
    ("secretary", "directory:school_years", many_years),
    ("secretary", "directory:school_year", many_classes),
    ("secretary", "directory:former_class", many_pupils),
    ("secretary", "directory:duplicates", many_pairs),
    ("secretary", "directory:merges", many_merges),
    ("head", "directory:closures", many_closures),
    ("head", "directory:periods", many_periods),
    ("head", "directory:administrators", many_staff),
    ("head", "directory:administrators", many_given),
    ("head", "directory:powers", many_given),
    ("head", "directory:powers?fonction=teacher", many_staff),
    ("head", "directory:lists", many_classes),
    ("head", "directory:guests", many_guests),
    ("head", "directory:review", many_given),
]
LISTS_APART = {"directory:person"}
ONE_THING = {
    "directory:photo_consent", "directory:pupil_photo", "directory:photo", "directory:consent_beside",
    "directory:family_access", "directory:paper_consent", "directory:bring", "directory:bring_tables",
    "directory:columns", "directory:acts", "directory:settings", "directory:invite", "directory:guest",
    "directory:identity", "directory:look", "directory:hours", "directory:create_period",
    "directory:change_period", "directory:guardianship", "directory:leaver", "directory:pair",
    "directory:zone", "directory:services", "directory:service", "directory:logo", "directory:school",
    "directory:year_dates", "directory:add_year_class", "directory:switch_year",
}  # fmt: skip


def _of_delivery(college: World) -> dict[str, Any]:
    return {"pk": Delivery.objects.get(school=college.school).pk}


ARGUMENTS = {
    **dict.fromkeys(["directory:delivery", "directory:report_csv", "directory:report_json"], _of_delivery),
    "directory:delivery_part": lambda college: _of_delivery(college) | {"part": "departs"},
}
LEADS_BACK = {"directory:columns"}


def lay(college: World) -> None:
    """The cast's pupil and her mother agree to a photo, which is still to be put."""
    for key in ("pupil", "guardian"):
        PhotoConsent.objects.create(
            school=college.school, year=college.year, pupil=college.people["pupil"], giver=college.people[key],
            answer="yes", answered_at=NOW,
        )  # fmt: skip
