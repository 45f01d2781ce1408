"""May this viewer do that with these files?"""

from preau.commons.drive.models import Item, Share, Version
from preau.commons.drive.models.scoping import ANSWERABLE
from preau.commons.files.rules import Limits
from preau.directory.models import Group
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation import filekinds
from preau.foundation.uploads import MEGABYTE

Place, PupilsMay = Item.Place, Item.PupilsMay
GIGABYTE = 1024 * MEGABYTE
# What one may keep: a pupil, a family, somebody of the staff; and the people of a place together.
OWN_ROOM = {Profile.PUPIL: GIGABYTE, Profile.GUARDIAN: GIGABYTE // 5, Profile.STAFF: 5 * GIGABYTE}
PLACE_ROOM = 10 * GIGABYTE
KEPT = Limits(filekinds.EVERYTHING, files=20, size=100 * MEGABYTE)
# What arrives by parts, one file at a time.
ARRIVED = Limits(filekinds.EVERYTHING, files=1, size=GIGABYTE)
# What a file manager writes: one file at a time, first an empty one.
WRITTEN = Limits(filekinds.EVERYTHING, files=1, size=200 * MEGABYTE, empty=True)
# Folders in folders; what a bin keeps; the versions of a document; what is given in one archive; what a copy takes at once.
DEEPEST, BIN_DAYS, MOST_VERSIONS = 8, 30, 20
ZIP_FILES, ZIP_SIZE, MOST_COPIED = 1_000, 300 * MEGABYTE, 500
# A share lasts a year at most: who forgets it has shared nothing for ever.
LONGEST_SHARE = 366


def has_files(viewer: Viewer, *_: object) -> bool:
    """Everyone of a school: its staff, its pupils, their families."""
    return viewer.profile in OWN_ROOM and bool(viewer.places)


def enters_group(viewer: Viewer, group: Group) -> bool:
    """Its pupils; who teaches it; head and school life."""
    if viewer.profile == Profile.PUPIL:
        return True  # of the classes, a pupil sees their own alone
    return viewer.is_staff and (viewer.holds(*ANSWERABLE) or teaches_in(viewer, group))


def enters_staff(viewer: Viewer, *_: object) -> bool:
    return viewer.is_staff and viewer.school_id is not None


def keeps(viewer: Viewer, item: Item) -> bool:
    """Renames, moves, replaces, throws away: its owner; in a place, adults; a pupil what they put there themselves."""
    if item.owner_id is not None:
        return item.owner_id == viewer.person.pk
    if viewer.is_staff:
        return True  # whoever sees what lies in a place has entered it
    return item.made_by_id == viewer.person.pk


def keeps_present(viewer: Viewer, item: Item) -> bool:
    return keeps(viewer, item) and not item.is_trashed


def restores(viewer: Viewer, item: Item) -> bool:
    return keeps(viewer, item) and item.is_trashed


def is_shown(viewer: Viewer, item: Item) -> bool:
    """Whoever sees it; of the bin, to restore it only."""
    return not item.is_trashed


def shares(viewer: Viewer, item: Item) -> bool:
    """What is one's own: what lies in a place has its readers already."""
    return item.owner_id == viewer.person.pk and not item.is_trashed


def ends_share(viewer: Viewer, share: Share) -> bool:
    """Who made it; and for what goes to a class, its teachers."""
    if share.item.owner_id == viewer.person.pk:
        return True
    return share.to == Share.To.CLASS and viewer.is_staff


def adds_version(viewer: Viewer, item: Item) -> bool:
    return keeps_present(viewer, item) and not item.is_folder


def restores_version(viewer: Viewer, version: Version) -> bool:
    return adds_version(viewer, version.item)


def compares(viewer: Viewer, version: Version) -> bool:
    """Whoever reads this version, of a document that is not in the bin."""
    return not version.item.is_trashed


def sees_openings(viewer: Viewer, item: Item) -> bool:
    """The owner of a document; in a place, whoever put it there."""
    return viewer.person.pk == (item.owner_id or item.made_by_id)


def adds_in(viewer: Viewer, place: str, folder: Item | None) -> bool:
    """May one put something there? Who enters a place is known; a pupil, only in a folder of the class that takes what they bring."""
    if viewer.profile == Profile.PUPIL and place == Place.CLASS:
        return folder is not None and folder.pupils_may in {PupilsMay.ADD, PupilsMay.HAND_IN}
    return True


def opens_to_pupils(viewer: Viewer, item: Item) -> bool:
    """Says what pupils may do in a folder of a class: an adult of it."""
    return viewer.is_staff and item.is_folder and item.place == Place.CLASS


def notes_opening(viewer: Viewer, item: Item) -> bool:
    """Is it noted that this viewer opened it? Never of its owner nor of who put it there; and never of a family."""
    return viewer.person.pk not in {item.owner_id, item.made_by_id} and not viewer.is_guardian
