"""What people ask about their data, what they are answered, and when requests go."""

from preau.commons.privacy.actions.answering import (
    AnsweredMeanwhile,
    Over,
    TooLate,
    Unanswered,
    answer_line,
    apply_erasure,
    mark_of,
    prolong,
    send_answer,
    take,
    take_back_answer,
)
from preau.commons.privacy.actions.asking import Asked, TakenInHand, add_line, ask, change_line, withdraw
from preau.commons.privacy.actions.keeping import erase_old, forget_requests, remind, tell_answers
from preau.commons.privacy.actions.terms import (
    RunMovedOn,
    SamePerson,
    erase_batch,
    left_to_do,
    prepare,
    progress_of,
    run_confirmed,
    work_of,
)

__all__ = [
    "AnsweredMeanwhile",
    "Asked",
    "Over",
    "RunMovedOn",
    "SamePerson",
    "TakenInHand",
    "TooLate",
    "Unanswered",
    "add_line",
    "answer_line",
    "apply_erasure",
    "ask",
    "change_line",
    "erase_batch",
    "erase_old",
    "forget_requests",
    "left_to_do",
    "mark_of",
    "prepare",
    "progress_of",
    "prolong",
    "remind",
    "run_confirmed",
    "send_answer",
    "take",
    "take_back_answer",
    "tell_answers",
    "withdraw",
    "work_of",
]
