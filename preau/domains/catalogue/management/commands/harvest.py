"""`manage.py harvest SOURCE`: read a source now, here, from its first page or from where the last reading was left."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.catalogue.actions.harvesting import NotNow, begin
from preau.domains.catalogue.imports.harvest.running import go_on
from preau.domains.catalogue.models import Harvest, Source
from preau.domains.catalogue.models.resources import label_of

A_DAY = 24 * 3600


class Command(BaseCommand):
    help = "Moissonne une source du catalogue, ou reprend sa moisson interrompue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="la clé de la source")
        parser.add_argument(
            "--essai", action="store_true", help="lire les premières notices, sans rien changer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source.objects.filter(slug=options["source"]).first()
        if source is None:
            raise CommandError(f"Aucune source ne s’appelle « {options['source']} ».")
        found = source.harvests.going_on().first()
        if found is None:
            try:
                found = begin(source, by_hand=True, is_trial=options["essai"])
            except NotNow:
                raise CommandError("Une autre lecture vient de commencer.") from None
        while go_on(found, A_DAY):
            # The source asked to wait.
            found.refresh_from_db()
            self.stdout.write("La source demande d’attendre.")
            time.sleep(_seconds_left(found))
        self._tell(Harvest.objects.get(pk=found.pk))

    def _tell(self, done: Harvest) -> None:
        if done.state == Harvest.State.RUNNING:
            raise CommandError("Un autre programme lit cette source en ce moment.")
        counts = f"{done.found} lues, {done.created} ajoutées, {done.changed} modifiées, {done.withdrawn} retirées, {done.refused} refusées"
        self.stdout.write(f"{label_of(Harvest.State, done.state)} : {counts}.")
        for problem in done.problems:
            self.stdout.write(f"  {problem['where']} : {problem['why']}")
        for one in done.sample:
            self.stdout.write(f"  {one['title']} - {one['address']}")
        if done.state == Harvest.State.FAILED:
            raise CommandError(done.reason)


def _seconds_left(harvest: Harvest) -> float:
    if harvest.held_until is None:
        return 0
    return max(0.0, harvest.held_until.timestamp() - time.time()) + 0.1
