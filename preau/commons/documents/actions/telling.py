"""A comment, or an answer, told to whom it is for: whoever began the document, whoever spoke of the passage first."""

from django.urls import reverse
from django.utils import timezone

from preau.commons.documents.models import Comment, Document
from preau.directory.models import Person
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import notices

COMMENTED = "documents.commented"


def tell(viewer: Viewer, comment: Comment) -> None:
    """Publish it, to those who still read the document."""
    document = comment.document
    first = comment.parent.author if comment.parent else None
    recipients = {person.pk: person for person in (document.begun_by, first) if person}
    recipients.pop(viewer.person.pk, None)
    news = []
    for person in recipients.values():
        seat = _seat_of(person, document)
        if seat is None:
            continue
        news.append(
            notices.News(
                COMMENTED,
                person.pk,
                _key(comment.pk),
                reverse("documents:comments", kwargs={"pk": document.pk}),
                facts={"title": document.title},
                school_id=document.school_id,
                seat=seat,
            )
        )
    notices.publish(*news)


def settle(comment: Comment) -> None:
    """Nothing is left to do about a comment, nor about its answers."""
    answers = comment.answers.order_by("pk").values_list("pk", flat=True)
    notices.settle(COMMENTED, *(_key(pk) for pk in (comment.pk, *answers)))


def _key(number: int) -> str:
    return f"comment-{number}"


def _seat_of(person: Person, document: Document) -> str | None:
    """The seat from which this person reads the document now; None without any."""
    now = timezone.now()
    reader = viewer_for(person, 0, now)
    for seat in reader.seats if reader else ():
        seated = viewer_for(person, 0, now, seat.key)
        if seated and Document.objects.visible_to(seated).present().filter(pk=document.pk).exists():
            return seat.key
    return None
