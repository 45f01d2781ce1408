"""The live process hears of whatever changes who may read what: every such change leaves a line in the journal."""

from collections.abc import Iterable, Iterator
from typing import Any

from preau.foundation import boards, journal, live
from preau.identity.actions import signing

# Who people are and how they come in: every line of these houses may change what somebody opens. Others say which of theirs do.
OF_RIGHTS = ("directory.", "identity.")


def look_again(lines: Iterable[journal.Line], **_more: Any) -> None:
    live.touch(*(topic for line in lines for topic in concerned_by(line)))


def concerned_by(line: journal.Line) -> Iterator[str]:
    """Whose streams are looked at again after this line: the people that it names, else everyone of its school."""
    if line.is_read or not touches_rights(line.verb):
        return
    people = {line.subject_id, line.target_id if line.target == "directory.person" else None} - {None}
    for person_id in people:
        yield from (live.person(int(person_id or 0)), live.pupil(int(person_id or 0)))
    if not people and line.school_id:
        yield live.school(line.school_id)


def touches_rights(verb: str) -> bool:
    word = boards.journal_words.named(verb, by="verb")
    return verb.startswith(OF_RIGHTS) or bool(word and word.touches_rights)


def leave_with_sessions(account_id: int, **_more: Any) -> None:
    live.touch(live.account(account_id))


journal.written.connect(look_again, dispatch_uid="live.look_again")
signing.sessions_ended.connect(leave_with_sessions, dispatch_uid="live.leave")
