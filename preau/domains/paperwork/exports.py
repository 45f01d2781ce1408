"""Files: the following of a collection for a spreadsheet; its documents as one archive."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from django.utils.translation import gettext as _

from preau.domains.paperwork.queries.papers import Paper
from preau.domains.paperwork.queries.states import DossierRow, Following
from preau.foundation import vault
from preau.foundation.csvtext import lines


def following_csv(found: Following) -> Iterator[str]:
    """One line a pupil, one column a piece."""
    header = [_("Nom"), _("Prénom"), _("Classe"), _("État"), *(piece.label for piece in found.pieces)]
    return lines(header, (_cells(row) for row in found.rows))


def _cells(row: DossierRow) -> list[object]:
    pieces = [one.office_tag[0] for one in row.pieces]
    return [row.pupil.family_name, row.pupil.given_name, row.group, row.tag[0], *pieces]


def write_archive(papers: Iterable[Paper], target: IO[bytes]) -> None:
    """Photos and PDF are packed already: they are only put together, on the disk, since a school's weigh more than the memory of a worker."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for paper in papers:
            with (
                suppress(FileNotFoundError),
                vault.path_of(paper.public_id).open("rb") as source,
                archive.open(paper.path, "w") as inside,
            ):
                copyfileobj(source, inside)
