"""Verbs of identity. Each leaves a line in the journal."""

from preau.identity.actions.accounts import (
    MOST_LETTERS,
    Issued,
    TooManyCodes,
    cancel_codes_of_leavers,
    close_account,
    give_code,
    give_code_at_console,
    issue_link,
    open_accounts,
    prepare_letters,
    purge_codes,
)
from preau.identity.actions.everyone import (
    Out,
    follow_everyone_out,
    sign_everyone_out,
    signed_out_together,
)
from preau.identity.actions.passwords import (
    CodeGone,
    NoRole,
    activate,
    change_password,
)
from preau.identity.actions.profile import (
    put_guide_away,
    read_as,
    read_there,
    remove_picture,
    take_guide_back,
    take_picture,
)
from preau.identity.actions.signing import (
    end_session,
    session_kept,
    sessions_ended,
    sign_in,
    sign_out,
    take_seat,
)

__all__ = [
    "MOST_LETTERS",
    "CodeGone",
    "Issued",
    "NoRole",
    "Out",
    "TooManyCodes",
    "activate",
    "cancel_codes_of_leavers",
    "change_password",
    "close_account",
    "end_session",
    "follow_everyone_out",
    "give_code",
    "give_code_at_console",
    "issue_link",
    "open_accounts",
    "prepare_letters",
    "purge_codes",
    "put_guide_away",
    "read_as",
    "read_there",
    "remove_picture",
    "session_kept",
    "sessions_ended",
    "sign_everyone_out",
    "sign_in",
    "sign_out",
    "signed_out_together",
    "take_guide_back",
    "take_picture",
    "take_seat",
]
