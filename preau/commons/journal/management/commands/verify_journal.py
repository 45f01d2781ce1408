"""`manage.py verify_journal`: have sealed lines been changed or removed?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.commons.journal.models import Seal
from preau.commons.journal.queries import broken_seals, last_seals


class Command(BaseCommand):
    help = "Check every seal of the journal; exit code 1 when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = broken_seals()
        for seal in broken:
            self.stderr.write(
                f"Broken: school {seal.school_id}, seal {seal.number} of {seal.at:%Y-%m-%d %H:%M}."
            )
        if broken:
            raise CommandError(f"{len(broken)} broken seals.")
        erased = Seal.objects.exclude(erased_at=None)
        if erased:
            self.stdout.write(
                f"{erased.count()} seals erased at their term: their lines are gone, their digests hold the chain."
            )
        self.stdout.write(
            f"{Seal.objects.count()} seals, all whole. The last of each school, to compare with the logs:"
        )
        for seal in last_seals():
            self.stdout.write(f"  school {seal.school_id}, seal {seal.number}: {seal.digest}")
