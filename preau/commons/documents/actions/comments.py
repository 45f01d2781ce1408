"""What is said about a passage, answers, and suggestions taken or not."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.actions import telling, writing
from preau.commons.documents.models import Comment, Document
from preau.commons.documents.queries import texts
from preau.directory.viewer import Viewer
from preau.foundation import journal, live
from preau.foundation.locks import lock
from preau.foundation.richtext import shared


class Gone(Exception):
    """The passage is not in the document any more."""


@dataclass(frozen=True)
class Said:
    """What a form says of a passage: a comment, or with a `replacement` a suggestion (« » takes the passage away)."""

    passage: str
    prefix: str
    text: str
    replacement: str | None = None


@transaction.atomic
def comment(viewer: Viewer, document_id: int, said: Said) -> tuple[Comment, bool]:
    """Keep it, and say whether it is new: the same said again by the same person is that one. Raises NotOpen."""
    document = writing.hold(viewer, document_id, to=rules.comments)
    facts = {
        "document": document,
        "author": viewer.person,
        "passage": said.passage,
        "prefix": said.prefix,
        "text": said.text,
        "kind": Comment.Kind.COMMENT if said.replacement is None else Comment.Kind.SUGGESTION,
        "replacement": said.replacement or "",
        "outcome": Comment.Outcome.OPEN,
        "parent": None,
    }
    known = Comment.objects.filter(**facts).first()
    if known:
        return known, False
    made = Comment.objects.create(**facts, made_at=timezone.now())
    telling.tell(viewer, made)
    live.touch(writing.topic_of(document.pk))
    return made, True


@transaction.atomic
def answer(viewer: Viewer, comment: Comment, text: str) -> bool:
    """Answer; False when the last answer says the same. Raises NotOpen."""
    comment = _held(viewer, comment)
    if not rules.answers(viewer, comment):
        raise writing.NotOpen
    last = comment.answers.order_by("-pk").first()
    if last and (last.author_id, last.text) == (viewer.person.pk, text):
        return False
    made = Comment.objects.create(
        document=comment.document,
        parent=comment,
        text=text,
        author=viewer.person,
        made_at=timezone.now(),
        outcome=Comment.Outcome.DONE,
    )
    telling.tell(viewer, made)
    live.touch(writing.topic_of(comment.document_id))
    return True


@transaction.atomic
def settle(viewer: Viewer, comment: Comment) -> bool:
    """A comment is dealt with; False when it was."""
    return _settle(viewer, _held(viewer, comment), Comment.Outcome.DONE)


@transaction.atomic
def refuse(viewer: Viewer, comment: Comment) -> bool:
    """A suggestion is not taken; False when it was settled."""
    return _settle(viewer, _held(viewer, comment), Comment.Outcome.REFUSED)


@transaction.atomic
def accept(viewer: Viewer, comment: Comment) -> bool:
    """Put a suggestion in the text; False when it was settled. Raises Gone when its passage has changed."""
    document: Document = writing.hold(viewer, comment.document_id, to=rules.runs)
    comment = lock(Comment, comment.pk, "document")
    if comment.kind != Comment.Kind.SUGGESTION or not rules.settles(viewer, comment):
        return False
    doc = texts.doc_of(document)
    content = shared.swap(doc, comment.passage, comment.prefix, comment.replacement)
    if content is None:
        raise Gone
    writing.add(document, viewer, content)
    writing.project(document, shared.html_of(doc))
    journal.record(viewer, "documents.suggestion_accepted", document)
    return _settle(viewer, comment, Comment.Outcome.ACCEPTED)


def _held(viewer: Viewer, comment: Comment) -> Comment:
    """A comment that nobody else changes; its document first, always: two who hold both in another order would wait for each other."""
    writing.hold(viewer, comment.document_id, to=_whoever)
    return lock(Comment, comment.pk, "document")


def _whoever(_viewer: Viewer, _document: Document) -> bool:
    """Who may do what is asked of the comment itself."""
    return True


def _settle(viewer: Viewer, comment: Comment, outcome: str) -> bool:
    if not rules.settles(viewer, comment):
        return False
    comment.outcome, comment.settled_by, comment.settled_at = outcome, viewer.person, timezone.now()
    comment.save(update_fields=["outcome", "settled_by", "settled_at"])
    telling.settle(comment)
    live.touch(writing.topic_of(comment.document_id))
    return True


@transaction.atomic
def withdraw(viewer: Viewer, comment: Comment) -> bool:
    """Erase what was said; where somebody else answered, its words alone, and their answers stay. False when it was. Raises NotOpen."""
    writing.hold(viewer, comment.document_id, to=_whoever)
    found = Comment.objects.select_for_update(of=("self",)).filter(pk=comment.pk).first()
    if found is None:
        return False
    if not rules.withdraws(viewer, found):
        raise writing.NotOpen
    if found.withdrawn_at:
        return False
    if found.author_id != viewer.person.pk:
        journal.record(viewer, "documents.remark_withdrawn", found.document)
    if found.answers.exclude(author=found.author_id).exists():
        found.text, found.replacement, found.withdrawn_at = "", "", timezone.now()
        if found.outcome == Comment.Outcome.OPEN:
            found.outcome, found.settled_by, found.settled_at = (
                Comment.Outcome.DONE,
                viewer.person,
                found.withdrawn_at,
            )
        found.save()
    else:
        telling.settle(found)
        found.delete()
    live.touch(writing.topic_of(comment.document_id))
    return True
