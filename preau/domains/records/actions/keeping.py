"""What may not be kept any more, and what the key of today does not seal yet."""

from collections import Counter
from io import BytesIO

from django.db import transaction

from preau.domains.records.actions import telling
from preau.domains.records.actions.hanging import erase_papers
from preau.domains.records.models import Agreement, Paper, Record, Version
from preau.foundation import sealed, vault


@transaction.atomic
def forget_records(person_id: int) -> int:
    """Erase the records of a pupil: every version, every paper, every list. The measures go with attendance."""
    records = list(Record.objects.filter(pupil=person_id))
    erase_papers(list(Paper.objects.filter(record__in=records)))
    for record in records:
        telling.settle_review(record)
    return Record.objects.filter(pk__in=[record.pk for record in records]).delete()[0]


@transaction.atomic
def forget_agreements(person_id: int) -> int:
    return Agreement.objects.filter(by=person_id).delete()[0]


def reseal_all() -> Counter[str]:
    """Seal again under the key of today whatever an older key sealed; one row a transaction: it may be stopped and begun again."""
    told: Counter[str] = Counter()
    for pk in Version.objects.order_by("pk").values_list("pk", flat=True).iterator():
        told["versions"] += _reseal_version(pk)
    for pk in Paper.objects.order_by("pk").values_list("pk", flat=True).iterator():
        told["papers"] += _reseal_paper(pk)
    return told


@transaction.atomic
def _reseal_version(pk: int) -> bool:
    found = Version.objects.select_for_update(of=("self",)).select_related("record").filter(pk=pk).first()
    if found is None:
        return False
    purpose = found.record.purpose
    words = sealed.reseal(purpose, found.sealed)
    emergency = sealed.reseal(f"{purpose}.emergency", found.sealed_emergency)
    found.sealed, found.sealed_emergency = words or found.sealed, emergency or found.sealed_emergency
    found.save(update_fields=["sealed", "sealed_emergency"])
    return bool(words or emergency)


@transaction.atomic
def _reseal_paper(pk: int) -> bool:
    found = (
        Paper.objects.select_for_update(of=("self",)).select_related("record", "file").filter(pk=pk).first()
    )
    path = vault.path_of(found.file.public_id) if found else None
    if found is None or path is None or not path.is_file():
        return False
    name = sealed.reseal(found.purpose, found.sealed_name)
    if name:
        found.sealed_name = name
        found.save(update_fields=["sealed_name"])
    box = sealed.reseal(found.purpose, path.read_bytes().decode("ascii", "replace"))
    if box:
        # Written whole under a passing name, then in its place: a reader meets the one or the other.
        written = vault.write(BytesIO(box.encode()), found.file.public_id)
        found.file.size, found.file.digest = written.size, written.digest
        found.file.save(update_fields=["size", "digest"])
    return bool(name or box)
