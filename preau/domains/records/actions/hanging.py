"""What hangs on a record: the measures that teachers read, and papers whose bytes are sealed."""

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from preau.commons.files import actions as files
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import arrangements
from preau.domains.attendance.models import Arrangement
from preau.domains.records.actions import telling
from preau.domains.records.actions.writing import locked
from preau.domains.records.models import SEALED_FILE, Measure, Paper, Record
from preau.foundation import antivirus, filekinds, journal, pictures, sealed, vault
from preau.foundation.antivirus import Verdict
from preau.foundation.uploads import MEGABYTE, UploadRefused

MOST = 10 * MEGABYTE
KINDS = filekinds.IMAGES | filekinds.PDF | filekinds.OFFICE_FILES | filekinds.TEXT


@transaction.atomic
def add_measure(viewer: Viewer, record: Record, words: str, first_day: date, last_day: date | None) -> bool:
    """Publish a measure: the roll shows it beside the name, without the plan. False when the same one holds. Raises Closed."""
    record = locked(record)
    facts = arrangements.ArrangementFacts(Arrangement.Kind.ADJUSTMENT, first_day, last_day, words)
    made = arrangements.arrange(viewer, record.pupil, facts)
    for arrangement in made:
        Measure.objects.create(school_id=record.school_id, record=record, arrangement=arrangement)
        _note(viewer, record, "measure_added")
        telling.tell(viewer, record, f"m{arrangement.pk}")
    return bool(made)


@transaction.atomic
def end_measure(viewer: Viewer, measure: Measure) -> bool:
    """It holds no more; False when it was ended already."""
    if not arrangements.end_arrangement(viewer, measure.arrangement):
        return False
    _note(viewer, measure.record, "measure_ended")
    return True


def _note(viewer: Viewer, record: Record, gesture: str) -> None:
    journal.record(viewer, f"records.{gesture}", record, subject_id=record.pupil_id)


def add_paper(viewer: Viewer, record: Record, sent: Any) -> Paper:
    """Keep a paper, sealed before any disk of ours holds it. The same one sent again is the one that is there.

    Raises `foundation.uploads.Refused` with the sentence to show, and Closed.
    """
    kind, content = _looked_at(sent)
    return _kept(viewer, record, filekinds.clean_name(sent.name, kind), kind, content)


def _looked_at(sent: Any) -> tuple[str, bytes]:
    """What a file is by its content, and its bytes; a picture is drawn anew. A silent antivirus refuses: what is sealed is not
    read again later."""
    shown = filekinds.shown(sent.name)
    if sent.size > MOST:
        size = {"name": shown, "most": MOST // MEGABYTE}
        raise UploadRefused(_("« %(name)s » est trop lourd : %(most)s Mo au plus.") % size)
    kind = filekinds.kind_of(sent, shown)
    if kind not in KINDS:
        raise UploadRefused(
            _("« %(name)s » ne convient pas ici : envoyez un PDF, une image ou un texte.") % {"name": shown}
        )
    if kind in filekinds.IMAGES:
        whole = pictures.photo_of(sent, kind).whole
        whole.seek(0)
        return kind, whole.read()
    sent.seek(0)
    verdict = antivirus.verdict_of(sent)
    if verdict == Verdict.INFECTED:
        sentence = _(
            "« %(name)s » contient un virus : il n’est pas gardé. Faites vérifier l’appareil d’où il vient."
        )
        raise UploadRefused(sentence % {"name": shown})
    if verdict == Verdict.UNKNOWN:
        raise UploadRefused(_("L’antivirus ne répond pas : renvoyez ce document dans quelques minutes."))
    sent.seek(0)
    return kind, sent.read()


@transaction.atomic
def _kept(viewer: Viewer, record: Record, name: str, kind: str, content: bytes) -> Paper:
    record = locked(record)
    digest = salted_hmac(f"{record.purpose}.paper", content, algorithm="sha256").hexdigest()
    known = record.papers.filter(digest=digest).first()
    if known:
        return known
    paper = keep_sealed(viewer, record, name, kind, content, digest)
    _note(viewer, record, "paper_added")
    telling.tell(viewer, record, f"p{paper.pk}")
    return paper


def keep_sealed(viewer: Viewer, record: Record, name: str, kind: str, content: bytes, digest: str) -> Paper:
    """The bytes go to the store sealed, under a name that says nothing."""
    paper = Paper(
        school_id=record.school_id,
        record=record,
        kind=kind,
        size=len(content),
        digest=digest,
        added_by=viewer.person,
        added_at=timezone.now(),
    )
    paper.sealed_name = sealed.seal(paper.purpose, name.encode())
    box = sealed.seal(paper.purpose, content).encode()
    paper.file = files.keep_made(record.school_id, "document.bin", box, SEALED_FILE)
    try:
        paper.save()
    except BaseException:
        vault.remove(paper.file.public_id)
        raise
    return paper


def opened(paper: Paper) -> bytes | None:
    """The bytes as they were sent; None when they are gone, or no key opens them."""
    try:
        box = vault.path_of(paper.file.public_id).read_bytes()
    except FileNotFoundError:
        return None
    return sealed.unseal(paper.purpose, box.decode("ascii", "replace"))


@transaction.atomic
def remove_paper(viewer: Viewer, paper: Paper) -> bool:
    """A paper attached by mistake goes away, bytes and all; False when it was gone."""
    found = Paper.objects.select_for_update(of=("self",)).filter(pk=paper.pk).first()
    if found is None:
        return False
    _note(viewer, found.record, "paper_removed")
    erase_papers([found])
    return True


def erase_papers(papers: list[Paper]) -> int:
    """Rows now, bytes once it is certain."""
    held = StoredFile.objects.filter(pk__in=[paper.file_id for paper in papers])
    names = list(held.values_list("public_id", flat=True))
    Paper.objects.filter(pk__in=[paper.pk for paper in papers]).delete()
    gone = held.delete()[0]
    for name in names:
        transaction.on_commit(partial(vault.remove, name))
    return gone
