"""Events as pages, the agenda, the week and the roll show them."""

from preau.domains.events.queries.days import agenda_of, beside_lessons, coming_soon, out_of_school
from preau.domains.events.queries.lists import EventRow, events_found, events_matching, rows_of, with_groups
from preau.domains.events.queries.one import (
    Step,
    answers_of,
    group_names,
    history_of,
    number_of_answers,
    own_answer,
    people_asked,
    taken_at,
    whole_event,
)

__all__ = [
    "EventRow",
    "Step",
    "agenda_of",
    "answers_of",
    "beside_lessons",
    "coming_soon",
    "events_found",
    "events_matching",
    "group_names",
    "history_of",
    "number_of_answers",
    "out_of_school",
    "own_answer",
    "people_asked",
    "rows_of",
    "taken_at",
    "whole_event",
    "with_groups",
]
