"""Files that arrive by parts (`media.boards.Destination`): they go on from where the network stopped, into a folder of the drive."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.actions import keeping
from preau.commons.drive.models import Item
from preau.commons.drive.queries import places
from preau.commons.drive.queries.places import Place
from preau.directory.viewer import Viewer
from preau.foundation.text import weight
from preau.foundation.uploads import NoRoom, UploadRefused

KEY = "fichiers"


def said_of(place: Place, folder: Item | None) -> str:
    """How a page names a folder to whoever sends by parts."""
    return f"{KEY}:{place.key}/{folder.pk if folder else ''}"


def check(viewer: Viewer, text: str, size: int) -> None:
    """Raises UploadRefused for what could not be kept there."""
    place, folder = _target(viewer, text)
    if not rules.adds_in(viewer, place.kind, folder):
        raise UploadRefused(_("On n’ajoute rien ici : choisissez un autre dossier."))
    if size > rules.ARRIVED.size:
        text = _("Ce fichier est trop lourd : %(most)s au plus.")
        raise UploadRefused(text % {"most": weight(rules.ARRIVED.size)})
    if size > places.room_of(viewer, place).left:
        raise NoRoom(keeping.full())


def keep(viewer: Viewer, path: str, file: Any) -> str:
    """Put the file in its folder; the page of the folder. Raises UploadRefused."""
    place, folder = _target(viewer, path)
    try:
        keeping.add_files(viewer, place, folder, [file], rules.ARRIVED)
    except keeping.Refusal as error:
        raise UploadRefused(str(error)) from error
    return reverse("drive:item", kwargs={"pk": folder.pk}) if folder else place.url


def _target(viewer: Viewer, path: str) -> tuple[Place, Item | None]:
    key, _slash, number = path.partition("/")
    target = places.target_named(viewer, key, number)
    if target is None:
        raise UploadRefused(str(places.NOT_THERE))
    return target
