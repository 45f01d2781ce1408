"""What a person settles about themselves: how they read, their picture."""

from collections.abc import Mapping

from django.core.files.base import ContentFile
from django.db import transaction

from preau.directory.viewer import Viewer
from preau.foundation import journal, pictures
from preau.foundation.locks import lock
from preau.identity import reading
from preau.identity.models import Account


def _own(viewer: Viewer) -> Account:
    return lock(Account, viewer.account_id)


@transaction.atomic
def read_as(viewer: Viewer, typed: Mapping[str, str]) -> None:
    """Keep how a person reads. The journal does not say how: it may tell of their health."""
    account = _own(viewer)
    beside = {name: value for name, value in account.preferences.items() if name in reading.BESIDE}
    _keep_reading(viewer, account, reading.kept(typed) | beside)


@transaction.atomic
def read_there(viewer: Viewer, name: str, said: str) -> None:
    """Keep one choice that a page offers about itself; nothing said: as everybody."""
    account = _own(viewer)
    others = {known: value for known, value in account.preferences.items() if known != name}
    _keep_reading(viewer, account, others | ({name: said} if said and name in reading.BESIDE else {}))


def _keep_reading(viewer: Viewer, account: Account, chosen: dict[str, str]) -> None:
    if chosen == account.preferences:
        return
    account.preferences = chosen
    account.save(update_fields=["preferences"])
    journal.record(viewer, "identity.reading_changed", account)


@transaction.atomic
def take_picture(viewer: Viewer, picture: ContentFile[bytes]) -> None:
    """Keep a picture already redrawn instead of the former one."""
    account = _own(viewer)
    pictures.forget(account.picture.name)
    account.picture.save("picture.png", picture, save=False)
    account.save(update_fields=["picture"])
    journal.record(viewer, "identity.picture_changed", account)


@transaction.atomic
def remove_picture(viewer: Viewer) -> None:
    account = _own(viewer)
    if not account.picture:
        return
    pictures.forget(account.picture.name)
    account.picture = ""
    account.save(update_fields=["picture"])
    journal.record(viewer, "identity.picture_removed", account)


@transaction.atomic
def put_guide_away(viewer: Viewer) -> None:
    """The guide of the first visits leaves the home of this profile, on every device."""
    _keep_guides(viewer, {*_own(viewer).guides_read, viewer.profile.value}, "identity.guide_put_away")


@transaction.atomic
def take_guide_back(viewer: Viewer) -> None:
    _keep_guides(viewer, {*_own(viewer).guides_read} - {viewer.profile.value}, "identity.guide_taken_back")


def _keep_guides(viewer: Viewer, profiles: set[str], verb: str) -> None:
    account = _own(viewer)
    if profiles == set(account.guides_read):
        return
    account.guides_read = sorted(profiles)
    account.save(update_fields=["guides_read"])
    journal.record(viewer, verb, account, profile=viewer.profile.value)
