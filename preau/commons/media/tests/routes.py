"""The routes of media, as it tells the tests of them (tests/declared.py)."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

from conftest import NOW
from preau.commons.media import mediaroom
from preau.commons.media.models import Medium, Rendition, Upload
from preau.commons.media.tests.props import own_medium, own_upload
from preau.commons.media.tests.samples import epub
from preau.directory.seeds.world import World
from tests.declared import Body, Fragment
from tests.net.matrix_cast import (
    EVERYONE,
    FAMILY,
    NEIGHBOURING,
    OTHER_FAMILY,
    OWN,
    STAFF,
    Near,
    Stage,
    near,
    runs_the_platform,
)
from tests.pages import Page

SHOWN_MEDIUM = "a" * 32

# Pages

PAGES = [
    Page("media:shelf", {"operator"}),
    Page("media:send", {"operator"}),
    # Nobody of the school sees what an operator sends.
    Page("media:medium", {"operator"}, 404, model=own_medium, by="public_id"),
    Page("media:words", {"operator"}, 404, model=own_medium, by="public_id"),
]
ELSEWHERE = {
    # commons/media/tests, catalogue/tests/test_media.py.
    "media:tus",
    "media:part",
    "media:abandon",
    "media:remove",
    "media:bytes",
}
LISTS_APART = {
    # Of an operator: commons/media/tests/test_players.py, catalogue/tests/test_media.py.
    "media:shelf",
}
ONE_THING = {
    # What is said in a film comes in parts: test_players.py.
    "media:send",
    "media:medium",
    "media:words",
    "media:bytes",
}
# A browser asks for a film, beside the page that shows it; a script sends a file there.
OF_OTHERS = {"media:bytes"}


def lay(college: World) -> None:
    own_upload(college)


# The isolation matrix

SEES: dict[type[Model], Near] = {
    Upload: near(own={"operator"}),
    Medium: near(own={"operator"}),
}
OPENS: dict[str, Near | set[str]] = {
    # What all read is changed by whoever runs the whole platform.
    **{f"media:{name}": set() for name in ("shelf", "send")},
    # Everyone who keeps files sends some by parts: drive/tests/test_arriving.py.
    "media:tus": STAFF | FAMILY | OTHER_FAMILY | NEIGHBOURING,
    **dict.fromkeys([f"media:{name}" for name in ("part", "abandon", "medium", "words", "remove")], near()),
    "media:bytes": EVERYONE,
}
REST_OF_ADDRESS = {
    "media:bytes": {"public_id": SHOWN_MEDIUM, "name": "livre.epub"},
}
PLAIN = dict.fromkeys(
    [
        "langue",
        "sous_titres",
        "sans_paroles",
        "transcription",
        "chapitres",
        "telecharger",
    ],
    (),
)

# Forms and files

BODIES = {
    "media:send": Body(
        "operator",
        lambda stage: {"fichier": SimpleUploadedFile("livre.epub", epub())},
        runs_the_platform,
        wrong=lambda stage: {"fichier": SimpleUploadedFile("page.html", b"<html>")},
    ),
    "media:tus": Body("operator", before=runs_the_platform, writes=False),
    "media:abandon": Body("operator", before=runs_the_platform),
    "media:words": Body(
        "operator",
        lambda stage: {"langue": "fr", "transcription": "Bonjour.", "chapitres": "0:02 Le début"},
        runs_the_platform,
        wrong=lambda stage: {"chapitres": "plus tard"},
    ),
    "media:remove": Body("operator", before=runs_the_platform),
}
READ_BY = {
    "media:send": {"operator"},
    # Beside a film that a page shows.
    "media:words": set(),
}
# test_sending.py asks again for what was cut.
IN_PARTS = {"media:tus"}
FILES_ALONE = {"media:send"}
FRAGMENTS = {
    "media:shelf": Fragment("operator", "medias", before=runs_the_platform),
    "media:medium": Fragment("operator", "etat", before=runs_the_platform),
}
OTHER_FILES = {"media:bytes"}
NOT_CONFIRMED = {
    "media:bytes": "what a page shows, and a browser that only reads has no session to confirm",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A sound of the operator's that nothing shows, a file on its way, and a book, ready to be shown to all."""
    sender = stage.people["operator"]
    words = stage.mark("a sound of an operator", {"operator"})
    facts = {"kept_by": sender, "kept_at": NOW, "moved_at": NOW, "state": "ready", "size": 9}
    hidden = Medium.objects.create(
        kind="audio", name=f"{words}.mp3", facts={"seconds": 12.0, "sound": True}, transcript=words, **facts
    )
    shown = Medium.objects.create(kind="epub", name="Un livre.epub", public_id=SHOWN_MEDIUM, **facts)
    for medium, name, mime in (
        (hidden, "son.m4a", "audio/mp4"),
        (shown, "livre.epub", "application/epub+zip"),
    ):
        row = Rendition.objects.create(medium=medium, name=name, mime=mime, size=9)
        mediaroom.open_folder(mediaroom.path_of(row.stored).parent)
        mediaroom.path_of(row.stored).write_bytes(b"neuf sons")
    name = stage.mark("a file on its way", {"operator"})
    stage.put(OWN, hidden, Upload.objects.create(person=sender, name=f"{name}.mp4", size=20, moved_at=NOW))
