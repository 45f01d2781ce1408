"""Pages of the cahier de textes."""

from preau.domains.homework.views.archives import archive, archives, book_of_year
from preau.domains.homework.views.books import class_book, class_load, classes, limits, visa
from preau.domains.homework.views.day import day, sheet
from preau.domains.homework.views.family import in_class, tick, to_do, work
from preau.domains.homework.views.hand_ins import (
    copies,
    correct,
    give_back,
    hand_in,
    hand_ins,
    hand_ins_csv,
    send,
)
from preau.domains.homework.views.progressions import (
    give_progression,
    progression,
    progressions,
    remove_step,
    shift,
    step,
)
from preau.domains.homework.views.putting import put
from preau.domains.homework.views.records import edit, publish, record, remove, restore, sessions

__all__ = [
    "archive",
    "archives",
    "book_of_year",
    "class_book",
    "class_load",
    "classes",
    "copies",
    "correct",
    "day",
    "edit",
    "give_back",
    "give_progression",
    "hand_in",
    "hand_ins",
    "hand_ins_csv",
    "in_class",
    "limits",
    "progression",
    "progressions",
    "publish",
    "put",
    "record",
    "remove",
    "remove_step",
    "restore",
    "send",
    "sessions",
    "sheet",
    "shift",
    "step",
    "tick",
    "to_do",
    "visa",
    "work",
]
