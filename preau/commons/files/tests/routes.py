"""The routes of files, as it tells the tests of them (tests/declared.py)."""

from io import BytesIO

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.files.models import GLIMPSE, StoredFile
from preau.foundation import vault
from tests.net.matrix_cast import OTHER_CLASS, OWN, OWNERS, STEM, Near, Stage, near

# Pages

ELSEWHERE = {
    "files:file",
    "files:glimpse",
    "files:reading",
    "files:drive_bare",
    "files:drive",
    "files:in_drive",
}
LISTS_APART = {
    # Behind a key, by every method: test_caldav.py, test_drive.py.
    "files:drive_bare",
    "files:drive",
    "files:in_drive",
}
ONE_THING = {"files:file", "files:glimpse", "files:reading"}
OF_OTHERS = {
    # Telephones and file managers go there with a key (tests/test_caldav.py, tests/test_drive.py).
    "files:in_drive",
}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    StoredFile: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "files:file": SEES[StoredFile],
    "files:glimpse": SEES[StoredFile],
    "files:reading": SEES[StoredFile],
    # By a key alone, whoever is signed in: tests/test_drive.py.
    **dict.fromkeys(["files:drive_bare", "files:drive", "files:in_drive"], near()),
}
REST_OF_ADDRESS = {
    "files:in_drive": {"path": "Cahier de textes/"},
}

# Forms and files

OTHER_FILES = {"files:file"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """Of people near and far, a picture that nothing owns yet: its sender alone reads it."""
    senders = {OWN: "guardian", OTHER_CLASS: "teacher"}
    for scope, owner in OWNERS.items():
        sender = senders.get(scope)
        words = stage.mark(f"a file just sent, {scope}", {sender}, {sender}) if sender else f"{STEM} {TWIN}"
        file = StoredFile.objects.create(
            school=stage.world_of(scope).school,
            name=f"{words}.png",
            kind="image/png",
            size=9,
            digest=words,
            width=80,
            height=60,
            kept_by=stage.people[owner],
            kept_at=NOW,
        )
        for name in (file.public_id, f"{file.public_id}{GLIMPSE}"):
            vault.write(BytesIO(words.encode()), name)
        stage.put(scope, file)
