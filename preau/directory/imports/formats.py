"""The formats that the pipeline reads: each puts its records into the names of the AAF, the widest of them."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from preau.directory.imports.aaf.delivery import read_aaf
from preau.directory.imports.onde.delivery import Place, read_onde
from preau.directory.imports.oneroster.delivery import read_oneroster
from preau.directory.imports.siecle.staging import read_siecle
from preau.directory.imports.staging.staged import Read
from preau.directory.imports.tables.delivery import Matching, read_tables
from preau.directory.imports.tables.present import SOURCE as TABLE
from preau.directory.models import School


@dataclass(frozen=True)
class Format:
    """`source` says whose keys they are: rows of one source are ended by that source alone. `suffixes` in lower case.

    `goes_on`: a file that cannot be trusted stops no other; what it held stays as it is, and nobody leaves.
    `of_one_school`: its files are those of one school, which they name. What an operator means on purpose: `year`, the first
    year of a school year that is over; `opens`, the UAI of a school that is not here yet.
    """

    source: str
    read: Read
    suffixes: tuple[str, ...] = (".xml",)
    of_one_school: bool = False
    goes_on: bool = False
    year: int | None = None
    opens: str = ""

    def files_in(self, folder: Path) -> list[Path]:
        """The files of a delivery, in the order of their names; sub-folders are other deliveries."""
        return sorted(
            path for path in folder.iterdir() if path.suffix.lower() in self.suffixes and path.is_file()
        )


AAF = Format("aaf", read_aaf)
SIECLE = Format("siecle", read_siecle, (".xml", ".zip"), of_one_school=True)
# What the drop folder reads: formats whose files say of which school they are.
DROPPED = (AAF, SIECLE)


def onde(place: Place) -> Format:
    """The files of one primary school, which they do not name."""
    return Format("onde", partial(read_onde, place=place), (".csv",))


def oneroster(*, certified: bool = False) -> Format:
    """`certified`: the parents and guardians of these files hold parental authority."""
    return Format("oneroster", partial(read_oneroster, certified=certified), (".csv", ".zip"))


def tables(school: School, matching: Matching, today: date) -> Format:
    """A school's own tables, whose columns somebody has named."""
    return Format(
        TABLE, partial(read_tables, school=school, matching=matching, today=today), (".csv", ".xlsx")
    )
