"""Verbs of the cahier de textes: every write, in one transaction, with its trace."""

from preau.domains.homework.actions.archives import ask_archive, keep_archive
from preau.domains.homework.actions.corrections import Given, HandInConflict, Remark, correct, give_back
from preau.domains.homework.actions.days import Entry, ToGive, write_day
from preau.domains.homework.actions.hand_ins import TooLate, forget_hand_ins, hand_in, join_papers
from preau.domains.homework.actions.loads import set_limits
from preau.domains.homework.actions.progressions import (
    NotEnoughLessons,
    Step,
    add_step,
    begin_progression,
    change_step,
    copy_lessons,
    forget_progressions,
    give_progression,
    remove_step,
    shift,
)
from preau.domains.homework.actions.putting import put_link, put_work
from preau.domains.homework.actions.records import (
    RecordConflict,
    Typed,
    forget_notes,
    note,
    publish_record,
    write_record,
)
from preau.domains.homework.actions.telling import remind_of_tomorrow, tell_handed_in, tell_published
from preau.domains.homework.actions.visas import forget_visas, give_visa
from preau.domains.homework.actions.works import Work, WorkConflict, change, give, remove, restore, tick

__all__ = [
    "Entry",
    "Given",
    "HandInConflict",
    "NotEnoughLessons",
    "RecordConflict",
    "Remark",
    "Step",
    "ToGive",
    "TooLate",
    "Typed",
    "Work",
    "WorkConflict",
    "add_step",
    "ask_archive",
    "begin_progression",
    "change",
    "change_step",
    "copy_lessons",
    "correct",
    "forget_hand_ins",
    "forget_notes",
    "forget_progressions",
    "forget_visas",
    "give",
    "give_back",
    "give_progression",
    "give_visa",
    "hand_in",
    "join_papers",
    "keep_archive",
    "note",
    "publish_record",
    "put_link",
    "put_work",
    "remind_of_tomorrow",
    "remove",
    "remove_step",
    "restore",
    "set_limits",
    "shift",
    "tell_handed_in",
    "tell_published",
    "tick",
    "write_day",
    "write_record",
]
