"""A portfolio in open formats: a page that lists everything, the same as JSON, and the files as they were put."""

import json
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from shutil import copyfileobj
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template import engines

from preau.commons.files.models import StoredFile
from preau.directory.models import Person
from preau.domains.spaces.models import Kept
from preau.domains.spaces.models.portfolio import DATA, FORMAT, VERSION
from preau.foundation import vault
from preau.foundation.filekinds import drive_name

INDEX, FOLDER = "index.html", "fichiers"


def rows_of(pupil: Person) -> list[Kept]:
    """All that a pupil keeps, oldest first."""
    return list(Kept.objects.filter(pupil=pupil).select_related("file").order_by("at", "pk"))


def named(rows: Sequence[Kept]) -> dict[int, str]:
    """By row, where its file lies in the archive; what the antivirus holds back is left out."""
    found = {}
    for number, row in enumerate(rows, 1):
        if row.file and row.file.state == StoredFile.State.READY:
            found[row.pk] = f"{FOLDER}/{number:03}-{drive_name(row.file.name)}"
    return found


def manifest_of(pupil: Person, rows: Sequence[Kept], files: dict[int, str]) -> dict[str, Any]:
    """What `portfolio.json` says."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "pupil": pupil.full_name,
        "things": [
            {
                "title": row.title,
                "path": row.path,
                "said": row.said,
                "text": row.text,
                "address": row.address,
                "year": row.year,
                "kept_on": row.at.date().isoformat(),
                "file": files.get(row.pk, ""),
            }
            for row in rows
        ],
    }


def archive_of(pupil: Person) -> bytes:
    """The archive: it opens in any browser, without Préau."""
    rows = rows_of(pupil)
    files = named(rows)
    pages: Any = engines["pages"]
    page = pages.env.get_template("spaces/taken_away.html")
    zipped = BytesIO()
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        lines = [(row, files.get(row.pk, "")) for row in rows]
        archive.writestr(INDEX, page.render(pupil=pupil, lines=lines))
        archive.writestr(DATA, json.dumps(manifest_of(pupil, rows, files), ensure_ascii=False, indent=1))
        for row in rows:
            if row.pk in files and row.file:
                with (
                    suppress(FileNotFoundError),
                    vault.path_of(row.file.public_id).open("rb") as source,
                    archive.open(files[row.pk], "w") as target,
                ):
                    copyfileobj(source, target)
    return zipped.getvalue()
