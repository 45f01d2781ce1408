"""Work for later: the official file of a period."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.report_cards.actions import livret_files
from preau.domains.report_cards.livret import versions, write
from preau.domains.report_cards.livret.check import check, errors
from preau.domains.report_cards.models import LivretFile
from preau.domains.report_cards.queries.livret.files import listed
from preau.domains.report_cards.queries.livret.gathering import gathered
from preau.domains.report_cards.queries.livret.mending import Screens
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation import filework
from preau.foundation.tasks import job


@job(retries=0)
def make_livret(file_id: int) -> None:
    """Make the livret of a period. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(livret_files.LIVRETS, file_id, _make_livret)


def _make_livret(asked: LivretFile, tell: filework.Tell) -> None:
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(asked.school.timezone)):
        viewer = _asker(asked)
        if viewer is None:
            filework.give_up(livret_files.LIVRETS, asked.pk)
            return
        tell(_("Lecture des bulletins"), 0, 2)
        version = versions.version_of("lsu")
        made = gathered(viewer, asked.school, asked.period, version)
        tell(_("Vérification"), 1, 2)
        found = check(made.livret, version, made.beside)
        wrong = errors(found)
        file = b"" if wrong else write.written(made.livret, version)
        listing = listed(found, Screens(made))
    tell(_("Enregistrement du fichier"), 2, 2)
    name = f"lsu-{asked.school.uai}-periode-{made.known.rank}-{viewer.today:%Y-%m-%d}"
    reports = len(made.livret.period_reports) + len(made.livret.cycle_reports)
    told = livret_files.LivretMade(name, reports, len(wrong), len(found) - len(wrong), listing, file)
    livret_files.keep_livret(asked.pk, told)


def _asker(asked: LivretFile) -> Viewer | None:
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
