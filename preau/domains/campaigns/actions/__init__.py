"""What people and workers do with campaigns."""

from preau.domains.campaigns.actions.drafts import (
    NotADraft,
    choose,
    drop,
    leave_out,
    make_draft,
    say_words,
)
from preau.domains.campaigns.actions.families import forget_addresses, forget_refusal, note_address, say_sms
from preau.domains.campaigns.actions.leaving import (
    SeenOtherwise,
    TooMany,
    confirm,
    forget_sendings,
    note_posted,
    retry,
    sendings_ready,
    stop,
    stop_work,
)
from preau.domains.campaigns.actions.sending import (
    campaigns_due,
    end_if_over,
    hold,
    note_reports,
    note_taken,
    put_off,
    texts_to_ask,
    work_of,
)

__all__ = [
    "NotADraft",
    "SeenOtherwise",
    "TooMany",
    "campaigns_due",
    "choose",
    "confirm",
    "drop",
    "end_if_over",
    "forget_addresses",
    "forget_refusal",
    "forget_sendings",
    "hold",
    "leave_out",
    "make_draft",
    "note_address",
    "note_posted",
    "note_reports",
    "note_taken",
    "put_off",
    "retry",
    "say_sms",
    "say_words",
    "sendings_ready",
    "stop",
    "stop_work",
    "texts_to_ask",
    "work_of",
]
