"""What the rows of media say that the disk holds: for whoever verifies it."""

from collections.abc import Iterator

from preau.commons.media import mediaroom
from preau.commons.media.models import Rendition
from preau.foundation.boards import KeptFile


def kept() -> Iterator[KeptFile]:
    for name, size in Rendition.objects.values_list("stored", "size").iterator():
        yield KeptFile(f"fichiers/{mediaroom.inner_path(name)}", size)
