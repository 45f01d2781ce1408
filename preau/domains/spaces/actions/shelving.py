"""Links, files and pages of ours on the shelf of a space."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.models import Resource, Space
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def put_address(
    viewer: Viewer, space: Space, kind: str, title: str, address: str, *, shelf: str = "", note: str = ""
) -> bool:
    """An address on the shelf, once; False when it was there. Raises TooMany."""
    space = lock(Space, space.pk)
    here = Resource.objects.filter(space=space)
    if here.filter(address=address).exists():
        return False
    if here.count() >= rules.MOST_RESOURCES:
        raise TooMany
    made = Resource.objects.create(
        space=space,
        kind=kind,
        shelf=shelf,
        title=title,
        note=note,
        address=address,
        by=viewer.person,
        at=timezone.now(),
    )
    journal.record(viewer, "spaces.shelved", made)
    return True


@transaction.atomic
def put_files(
    viewer: Viewer, space: Space, files: Sequence[StoredFile], *, shelf: str = "", note: str = ""
) -> int:
    """Files on the shelf under their names, each once. Returns how many were put. Raises TooMany."""
    space = lock(Space, space.pk)
    here = Resource.objects.filter(space=space)
    known = set(here.filter(file__isnull=False).values_list("file_id", flat=True))
    new = [file for file in files if file.pk not in known]
    if here.count() + len(new) > rules.MOST_RESOURCES:
        raise TooMany
    for file in new:
        made = Resource.objects.create(
            space=space,
            kind=Resource.Kind.FILE,
            shelf=shelf,
            title=file.name[:160],
            note=note,
            file=file,
            by=viewer.person,
            at=timezone.now(),
        )
        journal.record(viewer, "spaces.shelved", made)
    return len(new)


@transaction.atomic
def take_off(viewer: Viewer, resource: Resource) -> None:
    """Off the shelf; its file goes at night, where nothing else holds it."""
    journal.record(viewer, "spaces.unshelved", resource)
    resource.delete()
