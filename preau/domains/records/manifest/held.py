"""What confidential records hold of people: why, for how long, and what of it « Mes données » shows."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.domains.records.actions import keeping
from preau.domains.records.models import SHARED
from preau.domains.records.queries import pages
from preau.foundation import boards
from preau.foundation.boards import Concerned, FieldClass, PersonalData, Retention
from preau.foundation.readers import EVERY_ROW, Readers, on_themselves, once, own
from preau.foundation.text import weight

NONE, PERSONAL, CHILD, SENSITIVE = (
    FieldClass.NONE,
    FieldClass.PERSONAL,
    FieldClass.CHILD,
    FieldClass.SENSITIVE,
)
KEEPING: dict[str, Any] = dict(
    purpose=_(
        "Accueillir un élève qui a besoin d’aménagements ou d’un suivi, et n’en dire à chacun que ce qu’il doit faire."
    ),
    legal_basis=_(
        "Mission d’intérêt public (RGPD, article 6.1.e) ; intérêt public important pour les données de santé (article 9.2.g ; Code de l’éducation, articles L. 311-7 et D. 311-13 ; circulaire du 10 février 2021 sur le PAI)."
    ),
    keep=Retention.ACCOUNT,
)


# Of a child, a guardian holds the plans that are drawn up with the family: a professional's notes are asked for (docs/decisions/0109).
LISTED = (_("les personnes de la liste d’accès du dossier"),)
PLANS = _("un PAI, un PAP, un PPS ou un PPRE")
READERS = Readers(EVERY_ROW, once(Q(kind__in=SHARED), PLANS), LISTED)
READERS_WITHIN = Readers(EVERY_ROW, once(Q(record__kind__in=SHARED), PLANS), LISTED)


def add(label: Any, model: str, person: str, fields: dict[str, FieldClass], **more: Any) -> None:
    boards.personal_data.add(PersonalData(label, f"records.{model}", person, fields=fields, **more))


add(
    _("Dossiers confidentiels"),
    "Record",
    "pupil",
    dict.fromkeys(["school", "public_id", "sent_as", "revision"], NONE)
    | {"pupil": CHILD}
    | dict.fromkeys(["kind", "state", "shows_emergency", "review_on", "came_from"], SENSITIVE)
    | dict.fromkeys(["opened_by", "opened_at", "closed_by", "closed_at"], PERSONAL),
    forget=keeping.forget_records,
    readers=READERS,
    **KEEPING,
)
add(
    _("Versions des dossiers confidentiels"),
    "Version",
    "record__pupil",
    {"school": NONE, "record": NONE, "number": NONE, "sealed": SENSITIVE, "sealed_emergency": SENSITIVE}
    | {"changed": NONE, "by": PERSONAL, "at": PERSONAL},
    # A plan is read on its page, in full or in plain words; notes are answered to a request.
    withheld=frozenset({"sealed", "sealed_emergency"}),
    says={"changed": pages.said_of_parts},
    readers=READERS_WITHIN,
    **KEEPING,
    people={"by": (Concerned.STAFF,)},
)
add(
    _("Accès aux dossiers confidentiels"),
    "Reader",
    "person",
    {"school": NONE, "record": NONE, "person": PERSONAL, "reason": PERSONAL, "until": PERSONAL}
    | dict.fromkeys(["added_by", "added_at", "ended_by", "ended_at"], PERSONAL),
    readers=on_themselves(*LISTED),
    **KEEPING,
    people={"person": (Concerned.STAFF,)},
)
add(
    _("Aménagements d’un plan"),
    "Measure",
    "record__pupil",
    {"school": NONE, "record": NONE, "arrangement": CHILD},
    readers=READERS_WITHIN,
    **KEEPING,
)
add(
    _("Documents des dossiers confidentiels"),
    "Paper",
    "record__pupil",
    {"school": NONE, "record": NONE, "file": NONE, "digest": NONE, "sealed_name": SENSITIVE}
    | {"kind": CHILD, "size": NONE, "added_by": PERSONAL, "added_at": PERSONAL},
    withheld=frozenset({"sealed_name", "digest"}),
    says={"size": weight, "kind": pages.word_of},
    readers=READERS_WITHIN,
    **KEEPING,
)
add(
    _("Accords à la transmission d’un dossier"),
    "Agreement",
    "by",
    {"school": NONE, "record": NONE} | dict.fromkeys(["by", "at", "taken_back_at"], PERSONAL),
    forget=keeping.forget_agreements,
    readers=Readers(EVERY_ROW, own("by"), LISTED),
    **KEEPING,
    people={"by": (Concerned.GUARDIANS, Concerned.PUPILS)},
)


def no_file(viewer: Any) -> Any:
    """The store shows them to nobody: what it holds is sealed, and the page of the record opens it."""
    return pages.no_files()


boards.file_owners.add(boards.FileOwner("records.Paper", "file", no_file, outlives=True))
boards.endings.add(
    boards.Ending(
        ("records.Version", "records.Reader", "records.Measure", "records.Paper"),
        _("Ce qui tient à un dossier part avec lui."),
        within="records.Record",
    )
)
