"""Settling services, giving activities, carrying messages, taking what services say."""

from preau.commons.lti.actions.giving import Direct, end, give, give_one, rename, restore
from preau.commons.lti.actions.grading import Clash, Said, drop_line, score, write_line
from preau.commons.lti.actions.keeping import (
    forget_activities,
    forget_passing,
    forget_scores,
    name_members,
    purge,
)
from preau.commons.lti.actions.passes import Given, Refusal, give_pass, read_pass
from preau.commons.lti.actions.passing import Stale, answer, begin, enter
from preau.commons.lti.actions.settings import Facts, agree, save_tool

__all__ = [
    "Clash",
    "Direct",
    "Facts",
    "Given",
    "Refusal",
    "Said",
    "Stale",
    "agree",
    "answer",
    "begin",
    "drop_line",
    "end",
    "enter",
    "forget_activities",
    "forget_passing",
    "forget_scores",
    "give",
    "give_one",
    "give_pass",
    "name_members",
    "purge",
    "read_pass",
    "rename",
    "restore",
    "save_tool",
    "score",
    "write_line",
]
