"""Files: the following of a collection for a spreadsheet; its documents as one archive."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from shutil import copyfileobj
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from django.utils.translation import gettext as _

from preau.domains.paperwork.models import Collection
from preau.domains.paperwork.queries.collections import PaperRow
from preau.domains.paperwork.queries.papers import Paper
from preau.domains.paperwork.queries.states import DossierRow, Following
from preau.foundation import pdf, vault
from preau.foundation.csvtext import lines


def following_csv(found: Following) -> Iterator[str]:
    """One line a pupil, one column a piece."""
    header = [_("Nom"), _("Prénom"), _("Classe"), _("État"), *(piece.label for piece in found.pieces)]
    return lines(header, (_cells(row) for row in found.rows))


def _cells(row: DossierRow) -> list[object]:
    pieces = [one.office_tag[0] for one in row.pieces]
    return [row.pupil.family_name, row.pupil.given_name, row.group, row.tag[0], *pieces]


def sheets_page(collection: Collection, rows: Sequence[PaperRow], found: Following) -> str:
    """One sheet a person: which papers are still awaited of which pupil, until when, and where to bring them."""
    pieces = {row.pk: [one.piece for one in row.pieces if one.is_missing] for row in found.rows}
    context = {"collection": collection, "sheets": [(row, pieces.get(row.dossier, [])) for row in rows]}
    return pdf.page_of("paperwork/sheets_pdf.html", context)


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
