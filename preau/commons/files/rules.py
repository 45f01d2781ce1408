"""What may be sent, and what of it may be opened."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import boards, filekinds
from preau.foundation.uploads import MEGABYTE


@dataclass(frozen=True)
class Limits:
    """Which kinds, how many files, and how heavy each; `empty`: one that holds nothing yet is taken too."""

    kinds: frozenset[str]
    files: int = 5
    size: int = 20 * MEGABYTE
    empty: bool = False

    @property
    def accept(self) -> str:
        """As a file input says it: types, and endings for what systems do not name."""
        endings = [end for mime in self.kinds for end in filekinds.KINDS[mime].endings]
        return ",".join(sorted({*self.kinds, *endings}))

    @property
    def said(self) -> str:
        """« PDF, image, texte : 5 fichiers au plus, 20 Mo chacun. »"""
        kinds = [kind for mime, kind in filekinds.KINDS.items() if mime in self.kinds]
        words = [str(word) for word in dict.fromkeys(str(kind.word) for kind in kinds)]
        named = ", ".join([words[0], *(word if word.isupper() else word.lower() for word in words[1:])])
        most = ngettext("un fichier", "%(num)s fichiers au plus", self.files) % {"num": self.files}
        values = {"kinds": named, "files": most, "size": self.size // MEGABYTE}
        if self.files == 1:
            return _("%(kinds)s : %(files)s, %(size)s Mo au plus.") % values
        return _("%(kinds)s : %(files)s, %(size)s Mo chacun.") % values


# A paper that a family shows the school; a document of a lesson; what a pupil hands in.
PAPER = Limits(filekinds.IMAGES | filekinds.PDF, files=1, size=10 * MEGABYTE)
DOCUMENTS = Limits(filekinds.EVERYTHING, files=10, size=30 * MEGABYTE)
HANDED_IN = Limits(filekinds.EVERYTHING, files=5, size=30 * MEGABYTE)


# A file manager lists a folder again each time it is looked at, asks for files by pieces, and writes one in four requests.
MOST_REQUESTS = 6000


def has_drive(viewer: Viewer, *_: object) -> bool:
    """Those for whom some service keeps folders."""
    return any(source.open_to(seated) for source, seated in boards.offered(boards.folders, viewer))


def may_open(viewer: Viewer, file: StoredFile) -> bool:
    """Whoever sees it: what is held back is told on its page."""
    return True


def has_glimpse(viewer: Viewer, file: StoredFile) -> bool:
    """Only a picture that is not held back."""
    return file.has_glimpse and file.state == StoredFile.State.READY


def reads_in_page(viewer: Viewer, file: StoredFile) -> bool:
    """Only a PDF, or a picture that Préau drew anew, and that is not held back."""
    return file.kind in filekinds.PDF | filekinds.IMAGES and file.state == StoredFile.State.READY
