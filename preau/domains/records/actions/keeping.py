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


def reseal_all(dry: bool = False) -> Counter[str]:
    """Seal again under the key of today whatever an older key sealed; one row a transaction: it may be stopped and begun again.

    Counts what is sealed (words, names and bytes of papers) by its standing; `dry` writes nothing.
    """
    counts: Counter[str] = Counter()
    for pk in Version.objects.order_by("pk").values_list("pk", flat=True).iterator():
        counts += _reseal_version(pk, dry)
    for pk in Paper.objects.order_by("pk").values_list("pk", flat=True).iterator():
        counts += _reseal_paper(pk, dry)
    return counts


@transaction.atomic
def _reseal_version(pk: int, dry: bool) -> Counter[str]:
    found = Version.objects.select_for_update(of=("self",)).select_related("record").filter(pk=pk).first()
    if found is None:
        return Counter()
    purpose, counts = found.record.purpose, Counter[str]()
    for name, of in (("sealed", purpose), ("sealed_emergency", f"{purpose}.emergency")):
        held = getattr(found, name)
        if held:
            counts[sealed.standing_of(of, held)] += 1
            setattr(found, name, sealed.reseal(of, held) or held)
    if not dry and counts[sealed.FORMER]:
        found.save(update_fields=["sealed", "sealed_emergency"])
    return counts


@transaction.atomic
def _reseal_paper(pk: int, dry: bool) -> Counter[str]:
    found = (
        Paper.objects.select_for_update(of=("self",)).select_related("record", "file").filter(pk=pk).first()
    )
    path = vault.path_of(found.file.public_id) if found else None
    if found is None or path is None or not path.is_file():
        return Counter()
    content = path.read_bytes().decode("ascii", "replace")
    counts = Counter(sealed.standing_of(found.purpose, held) for held in (found.sealed_name, content))
    if dry:
        return counts
    if name := sealed.reseal(found.purpose, found.sealed_name):
        found.sealed_name = name
        found.save(update_fields=["sealed_name"])
    if box := sealed.reseal(found.purpose, content):
        # Written whole under a passing name, then in its place: a reader meets the one or the other.
        written = vault.write(BytesIO(box.encode()), found.file.public_id)
        found.file.size, found.file.digest = written.size, written.digest
        found.file.save(update_fields=["size", "digest"])
    return counts
