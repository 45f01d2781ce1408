"""A draft is kept while it is typed: one a form, whatever is sent twice, and never over what another tab has written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.messaging.models import Attachment, Message
from preau.foundation import text
from preau.foundation.locks import lock
from preau.foundation.richtext import showing

State = Message.State


class NotADraft(Exception):
    """It has left, or it is held: nothing of it changes any more."""


class WrittenElsewhere(Exception):
    """Another tab has changed it since this one was opened."""


@dataclass(frozen=True)
class Typed:
    """What a form holds of a message. `addressed`: keys by « to », « cc » and « bcc »."""

    subject: str = ""
    body: str = ""
    addressed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    about: Person | None = None
    urgent: str = ""
    asked_for: datetime | None = None
    files: Sequence[StoredFile] = ()
    page: str = ""


@transaction.atomic
def keep(
    viewer: Viewer,
    school_id: int,
    number: str,
    typed: Typed,
    revision: int = 0,
    answers: Message | None = None,
) -> Message:
    """Keep what is typed under the number of its form. Raises NotADraft once it has left, WrittenElsewhere for a stale tab."""
    lock(Person, viewer.person.pk)
    draft = Message.objects.filter(author=viewer.person.pk, sent_as=number).first()
    if draft is None:
        draft = Message(
            author=viewer.person,
            seat=viewer.key,
            sent_as=number,
            school_id=school_id,
            answers=answers,
            revision=0,
        )
        draft.thread = answers.thread if answers else None
    elif not draft.is_draft or draft.seat != viewer.key:
        raise NotADraft
    elif revision and draft.revision != revision and not _same(draft, typed):
        raise WrittenElsewhere
    _write(draft, typed)
    return draft


def _same(draft: Message, typed: Typed) -> bool:
    """The same page wrote it last, whose own sending was under way; or both say the same."""
    return bool(typed.page and draft.written_in == typed.page) or (draft.subject, draft.body) == (
        typed.subject,
        typed.body,
    )


def _write(draft: Message, typed: Typed) -> None:
    plain = showing.plain(typed.body)
    draft.subject, draft.body, draft.urgent = typed.subject, typed.body, typed.urgent
    draft.addressed = {kind: list(keys) for kind, keys in typed.addressed.items() if keys}
    draft.about, draft.asked_for = typed.about, typed.asked_for
    draft.written_in = typed.page
    draft.excerpt = " ".join(plain.split())[:160]
    draft.search_text = text.fold(f"{typed.subject} {plain}")
    draft.revision, draft.changed_at = draft.revision + 1, timezone.now()
    draft.save()
    kept = {attachment.file_id for attachment in draft.attachments.all()}
    wanted = [file.pk for file in typed.files]
    draft.attachments.exclude(file__in=wanted).delete()
    Attachment.objects.bulk_create(
        Attachment(school_id=draft.school_id, message=draft, file_id=pk, rank=rank)
        for rank, pk in enumerate(wanted)
        if pk not in kept
    )


@transaction.atomic
def discard(viewer: Viewer, message: Message) -> bool:
    """Throw a draft of one's own away; False when it has left."""
    found: Any = (
        Message.objects.select_for_update(of=("self",)).written_by(viewer).drafts().filter(pk=message.pk)
    )
    if not found.exists():
        return False
    Message.objects.filter(pk=message.pk).delete()
    return True
