"""May this viewer do that with this document? What a place lets one do is asked of its kind (`boards.places`)."""

from preau.commons.documents.models import Comment, Document, Version
from preau.commons.files.rules import Limits
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation.filekinds import IMAGES
from preau.foundation.uploads import MEGABYTE

# Of one sending, of a document once its updates are one, of its words.
HEAVIEST_UPDATE, HEAVIEST_STATE, MOST_WORDS = 600_000, 8_000_000, 200_000
# Documents of one person's own, or of one place.
MOST_DOCUMENTS = 1_000
# What a bin keeps; the versions of a document; the lines of its page of comments.
BIN_DAYS, MOST_VERSIONS, MOST_COMMENTS = 30, 100, 200
# People who write at once in one document; sendings of one of them, in so many seconds; when to send again what came too soon.
MOST_WRITERS, MOST_SENDINGS, SENDING_SECONDS, LATER = 60, 100, 10, 5
# Pictures of a document: how many, how heavy one is when it is sent, how heavy they are together once drawn anew.
MOST_PICTURES, HEAVIEST_PICTURES = 60, 60 * MEGABYTE
# Pictures that one file brings: each is drawn anew while somebody waits.
MOST_BROUGHT = 20
PICTURES = Limits(IMAGES, files=1, size=10 * MEGABYTE)
# A turn to write; a page that says nothing for so long (seconds) is not there any more; how many are shown.
TURN_MINUTES, PRESENT, MOST_PRESENT = 15, 25, 40


def has_documents(viewer: Viewer, *_: object) -> bool:
    """Everyone of a school: its staff, its pupils, their families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN, Profile.STAFF} and bool(viewer.places)


def is_shown(viewer: Viewer, document: Document) -> bool:
    """Whoever sees it; of the bin, to take it out only."""
    return not document.is_trashed


def writes(viewer: Viewer, document: Document) -> bool:
    return not document.is_trashed and _power(viewer, document, "may_write")


def comments(viewer: Viewer, document: Document) -> bool:
    """Speaks of a passage, or suggests another text: whoever writes there; of those who only read, whom the place lets do it."""
    return not document.is_trashed and _power(viewer, document, "may_comment")


def runs(viewer: Viewer, document: Document) -> bool:
    """Whoever runs the place; whoever began it, as long as they write there."""
    return not document.is_trashed and _power(viewer, document, "may_run")


def throws_away(viewer: Viewer, document: Document) -> bool:
    """Whoever runs it, whether or not it is in the bin already: a second click is told so."""
    return _power(viewer, document, "may_run")


def restores(viewer: Viewer, document: Document) -> bool:
    """Takes it out of the bin."""
    by_self = document.trashed_by_id == viewer.person.pk and _power(viewer, document, "may_write")
    return document.is_trashed and (by_self or _power(viewer, document, "may_run"))


def may_restore(viewer: Viewer, document: Document) -> bool:
    """The same, whether or not it was taken out already: a second click is told so."""
    return restores(viewer, document) if document.is_trashed else writes(viewer, document)


def restores_version(viewer: Viewer, version: Version) -> bool:
    return runs(viewer, version.document)


def reads_version(viewer: Viewer, version: Version) -> bool:
    return not version.document.is_trashed


def answers(viewer: Viewer, comment: Comment) -> bool:
    """To what is not an answer itself: whoever comments there."""
    return comment.parent_id is None and comments(viewer, comment.document)


def settles(viewer: Viewer, comment: Comment) -> bool:
    """Says that a comment is dealt with: its author, and whoever runs the document; takes a suggestion or not: these alone."""
    if comment.parent_id is not None or comment.outcome != Comment.Outcome.OPEN:
        return False
    mine = comment.kind == Comment.Kind.COMMENT and comment.author_id == viewer.person.pk
    return runs(viewer, comment.document) or (mine and comments(viewer, comment.document))


def runs_comment(viewer: Viewer, comment: Comment) -> bool:
    """Takes its suggestion, or not: whoever runs the document."""
    return comment.kind == Comment.Kind.SUGGESTION and runs(viewer, comment.document)


def may_settle(viewer: Viewer, comment: Comment) -> bool:
    """The same, whether or not it was settled: a second click is told so."""
    mine = comment.author_id == viewer.person.pk and comments(viewer, comment.document)
    return (
        comment.kind == Comment.Kind.COMMENT
        and comment.parent_id is None
        and (mine or runs(viewer, comment.document))
    )


def withdraws(viewer: Viewer, comment: Comment) -> bool:
    """Takes back what one said; whoever runs the document, what anybody said."""
    mine = comment.author_id == viewer.person.pk and comments(viewer, comment.document)
    return mine or runs(viewer, comment.document)


def _power(viewer: Viewer, document: Document, name: str) -> bool:
    """As the page's own query said (`powered`), else asked now."""
    if hasattr(document, name):
        return bool(getattr(document, name))
    found = Document.objects.powered(viewer).filter(pk=document.pk).values_list(name, flat=True).first()
    return bool(found)
