"""A room of one's own for each test, an operator, and somebody who shows media."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.media import films
from preau.commons.media.boards import MediaOwner, owners
from preau.commons.media.models import Medium
from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Profile, Role
from preau.foundation import vault
from preau.identity.models import Account

needs_ffmpeg = pytest.mark.skipif(not films.is_there(), reason="ffmpeg is not on this machine")
needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftoppm"), reason="poppler-utils is not on this machine"
)


def operator_named(name: str) -> Person:
    person = Person.objects.create(family_name=name, given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create_account(f"ines.{person.pk}", person)
    return Person.objects.get(pk=person.pk)


def viewer_of(person: Person) -> Viewer:
    found = viewer_for(person, person.account.pk, NOW)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return vault.room() / "medias"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A pretended owner, in the place of every other: operators send; `to_all` and `to_staff` are the media it shows."""
    visibility: dict[str, Any] = {"to_all": set(), "to_staff": set()}

    def media(viewer: Any) -> Any:
        seen = visibility["to_all"] | (
            visibility["to_staff"] if viewer and viewer.profile == Profile.STAFF else set()
        )
        return Medium.objects.filter(pk__in=seen).values("pk")

    def open_to(viewer: Viewer) -> bool:
        return viewer.profile == Profile.OPERATOR

    monkeypatch.setattr(owners, "_entries", [])
    owners.add(
        MediaOwner(
            "directory.Holding", "person__media_kept", media, open_to, "Montrer", "media:shelf", private=False
        )
    )
    visibility["private"] = lambda: setattr(
        owners,
        "_entries",
        [MediaOwner("directory.Holding", "person__media_kept", media, open_to, "Montrer", "media:shelf")],
    )
    return visibility


@pytest.fixture
def operator(db: None) -> Person:
    return operator_named("Roussel")


@pytest.fixture
def viewer(operator: Person) -> Viewer:
    return viewer_of(operator)


@pytest.fixture
def desk(operator: Person, client: SchoolClient) -> SchoolClient:
    """The operator, signed in."""
    return client.sit(operator)
