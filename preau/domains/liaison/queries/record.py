"""The words to the family of a pupil, as those who follow the pupil read them from the record."""

from django.db.models import QuerySet

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.models import Word


def words_to_family(viewer: Viewer, pupil: Person) -> "QuerySet[Word]":
    """What was sent to this family, newest first, with who wrote it."""
    sent = Word.objects.in_record(viewer, pupil).select_related("author", "school")
    return sent.order_by("-sent_at", "-pk")
