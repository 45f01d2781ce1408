"""The papers of one pupil that the office prints: that they are enrolled, and that they may be enrolled elsewhere."""

from datetime import date

from preau.directory.models import Person, School, SchoolYear
from preau.foundation import pdf

ENROLMENT, EXEAT = "scolarite", "exeat"


def certificate(
    kind: str,
    pupil: Person,
    school: School,
    year: SchoolYear | None,
    *,
    school_class: str,
    today: date,
    last_day: date | None,
) -> bytes:
    """One sheet, to sign and stamp. `last_day` is the last day of a pupil who leaves."""
    context = {
        "kind": kind,
        "pupil": pupil,
        "school": school,
        "year": year,
        "school_class": school_class,
        "today": today,
        "last_day": last_day,
    }
    return pdf.made(pdf.page_of("directory/office/certificate_pdf.html", context), pdf.PAPERS)
