"""Work for later: the bulletins of a class, telling families of those that they have come to read; the official file of a period."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.report_cards.actions import cards, livret_files
from preau.domains.report_cards.exports.cards import card_pdf, pictures_of
from preau.domains.report_cards.exports.statements import class_pdf, statements_pdf
from preau.domains.report_cards.livret import versions, write
from preau.domains.report_cards.livret.check import check, errors
from preau.domains.report_cards.models import CardBatch, LivretFile, policy_of
from preau.domains.report_cards.queries.cards import gathered, printed
from preau.domains.report_cards.queries.courses import periods_of
from preau.domains.report_cards.queries.livret import gathering
from preau.domains.report_cards.queries.livret.files import listed
from preau.domains.report_cards.queries.livret.mending import Screens
from preau.domains.report_cards.queries.statements import statements_of
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation import filework, pdf
from preau.foundation.tasks import job

Kind = CardBatch.Kind


@job()
def tell_published() -> int:
    """Tell pupils and families of the bulletins that have just become theirs to read."""
    return cards.tell_published(timezone.now())


@job(retries=0)
def make_batch(batch_id: int) -> None:
    """Make the bulletins of a class. Run again, it finds those that are made; what fails is told, and may be asked for again."""
    filework.make(cards.BATCHES, batch_id, _make_batch)


def _make_batch(batch: CardBatch, tell: filework.Tell) -> None:
    made = {Kind.CARDS: _make_cards, Kind.PRINT: _make_print, Kind.MARKS: _make_statements}
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(batch.school.timezone)):
        viewer = _asker(batch)
        if viewer is None:
            filework.give_up(cards.BATCHES, batch.pk)
            return
        made[Kind(batch.kind)](batch, viewer, tell)


def _make_cards(batch: CardBatch, viewer: Viewer, tell: filework.Tell) -> None:
    tell(_("Lecture des notes et des appréciations"), 0, 1)
    found = gathered(viewer, batch.group, batch.period, periods_of(viewer))
    total = len(found.room.seats)
    pictures = pictures_of(batch.school.logo, found.room.policy.signature)
    for place, seat in enumerate(found.room.seats):
        tell(_("Bulletins"), place, total)
        content = found.content_of(seat)
        known = cards.last_card(seat.pupil.pk, batch.period)
        # A paper takes long: none is drawn of what has not changed.
        if known and known.digest == cards.digest_of(content):
            continue
        number = known.number + 1 if known else 1
        paper = card_pdf(content, number, pictures) if pdf.is_possible() else None
        cards.keep_card(batch, seat.pupil.pk, content, paper)
    cards.end_batch(batch.pk)


def _make_print(batch: CardBatch, viewer: Viewer, tell: filework.Tell) -> None:
    """The last version of each bulletin, as it was made: nothing is computed again."""
    tell(_("Mise en page"), 0, 1)
    last = printed(viewer, batch.group, batch.period)
    pictures = pictures_of(batch.school.logo, policy_of(batch.school_id).signature)
    paper = class_pdf(batch.group.name, last, pictures)
    cards.end_batch(
        batch.pk, len(last), (slugify(f"bulletins {batch.group.name} {batch.period.name}"), paper)
    )


def _make_statements(batch: CardBatch, viewer: Viewer, tell: filework.Tell) -> None:
    tell(_("Lecture des notes"), 0, 1)
    found = list(statements_of(viewer, batch.group, batch.period, periods_of(viewer)))
    title = _("Relevés de notes de %(group)s") % {"group": batch.group.name}
    paper = statements_pdf(batch.school, title, found)
    cards.end_batch(batch.pk, len(found), (slugify(f"releves {batch.group.name} {viewer.today}"), paper))


def _asker(batch: CardBatch) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still run the council of that class."""
    viewer = viewer_for(batch.asked_by, 0, timezone.now(), batch.seat)
    if viewer is None or viewer.key != batch.seat or viewer.school_id != batch.school_id:
        return None
    return viewer if access.makes_cards(viewer, batch.group) else None


@job()
def erase_batches() -> int:
    """Let go of what says how works went, after their days; returns how many."""
    return sum(
        cards.erase_batches(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )


def enqueue_batch(pk: int, **_: Any) -> None:
    make_batch.enqueue(pk)


@job(retries=0)
def make_livret(file_id: int) -> None:
    """Make the livret of a period. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(livret_files.LIVRETS, file_id, _make_livret)


def _make_livret(asked: LivretFile, tell: filework.Tell) -> None:
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(asked.school.timezone)):
        viewer = _who_makes_livret(asked)
        if viewer is None:
            filework.give_up(livret_files.LIVRETS, asked.pk)
            return
        tell(_("Lecture des bulletins"), 0, 2)
        version = versions.version_of("lsu")
        made = gathering.gathered(viewer, asked.school, asked.period, version)
        tell(_("Vérification"), 1, 2)
        found = check(made.livret, version, made.beside)
        wrong = errors(found)
        file = b"" if wrong else write.written(made.livret, version)
        listing = listed(found, Screens(made))
    tell(_("Enregistrement du fichier"), 2, 2)
    name = f"lsu-{asked.school.uai}-periode-{made.known.rank}-{viewer.today:%Y-%m-%d}"
    reports = len(made.livret.period_reports) + len(made.livret.cycle_reports)
    result = livret_files.LivretMade(name, reports, len(wrong), len(found) - len(wrong), listing, file)
    livret_files.keep_livret(asked.pk, result)


def _who_makes_livret(asked: LivretFile) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still head the school."""
    viewer = viewer_for(asked.asked_by, 0, timezone.now(), asked.seat)
    if viewer is None or viewer.key != asked.seat or viewer.school_id != asked.school_id:
        return None
    return viewer if makes_livret(viewer) else None


@job()
def erase_livret_files() -> int:
    """Erase the files whose days are over; returns how many."""
    return sum(
        livret_files.erase_livret_files(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )


def enqueue_livret(pk: int, **_: Any) -> None:
    make_livret.enqueue(pk)
