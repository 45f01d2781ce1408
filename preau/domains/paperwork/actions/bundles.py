"""The pieces of a collection as one archive: asked for, made by a task, gone after a week."""

from typing import IO

from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.paperwork.models import Bundle, Collection
from preau.domains.paperwork.queries import papers
from preau.foundation import filework
from preau.foundation.filework import FileWork
from preau.foundation.uploads import MEGABYTE

# What one archive may weigh: a class at a time where the whole is heavier.
HEAVIEST = 150 * MEGABYTE
BUNDLES = FileWork(
    "paperwork.bundle",
    Bundle,
    gettext_lazy("Archive de pièces"),
    "paperwork.bundle_asked",
    lambda row: reverse("paperwork:collection", kwargs={"pk": row.collection_id}),
    ("school", "collection", "group", "made_by"),
)


class TooHeavy(Exception):
    """One class at a time: the whole weighs too much."""


class Nothing(Exception):
    """There is no document to put into it."""


def ask_bundle(viewer: Viewer, collection: Collection, group: Group | None) -> Bundle:
    """Ask for the archive of a collection, or of one class; while it is being made, asking again is the same one. Raises TooHeavy,
    Nothing."""
    size = papers.weight_of(collection, group, viewer.today, viewer.person.pk)
    if not size:
        raise Nothing
    if size > HEAVIEST:
        raise TooHeavy
    same = {"collection_id": collection.pk, "group_id": group.pk if group else None, "made_by": viewer.person}
    made: Bundle = filework.ask(BUNDLES, viewer, collection, same, {"school_id": collection.school_id})
    return made


def keep_bundle(bundle_id: int, name: str, content: IO[bytes]) -> bool:
    """Its file is kept; False when it was not wanted any more. Raises UploadRefused."""

    def fill(known: Bundle) -> None:
        known.file = keep_made(known.school_id, name, content, "application/zip")

    return filework.keep(BUNDLES, bundle_id, fill)
