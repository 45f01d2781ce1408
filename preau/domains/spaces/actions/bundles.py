"""A portfolio that leaves with its pupil: asked for, made by a task, gone after a week."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.viewer import Viewer
from preau.domains.spaces.models import Bundle
from preau.foundation import filework
from preau.foundation.filework import FileWork

KEPT_FOR = timedelta(days=7)
BUNDLES = FileWork(
    "spaces.bundle",
    Bundle,
    gettext_lazy("Portfolio à emporter"),
    "spaces.bundle_asked",
    lambda _row: reverse("spaces:portfolio"),
    ("school", "pupil"),
)


def ask_bundle(viewer: Viewer) -> Bundle:
    """Ask for one's portfolio as an archive; while it is being made, asking again is the same one."""
    facts = {"school_id": viewer.school_id}
    made: Bundle = filework.ask(
        BUNDLES, viewer, viewer.person, {"pupil": viewer.person}, facts, subject_id=viewer.person.pk
    )
    return made


def keep_bundle(bundle_id: int, name: str, content: bytes) -> bool:
    """Its file is kept; False when it was not wanted any more. Raises UploadRefused."""

    def fill(known: Bundle) -> None:
        known.file = keep_made(known.school_id, name, content, "application/zip")

    return filework.keep(BUNDLES, bundle_id, fill)


@transaction.atomic
def drop_old(now: datetime) -> int:
    """Let go of those of which the week is over: nothing owns their files any more."""
    return Bundle.objects.filter(asked_at__lt=now - KEPT_FOR).delete()[0]
