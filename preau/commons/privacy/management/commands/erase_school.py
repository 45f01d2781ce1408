"""`manage.py erase_school UAI`: what a school that leaves holds, and how far its erasure is (docs/operations.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from preau.commons.privacy import exports
from preau.commons.privacy.actions import contracts as actions
from preau.commons.privacy.models import SchoolErasure
from preau.commons.privacy.queries import contracts
from preau.directory.models import School
from preau.foundation.db import only_one

State = SchoolErasure.State


class Command(BaseCommand):
    help = (
        "Count what a school holds, write or check the certificate of its erasure, go on with one that was decided. "
        "Two operators decide on the site, each with their own account: nothing here begins an erasure."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uai", nargs="?", default="")
        parser.add_argument(
            "--now", action="store_true", help="go on with one whose delay is over, without the worker"
        )
        parser.add_argument("--certificate", type=Path, help="write the certificate of the last erasure here")
        parser.add_argument(
            "--verify", type=Path, help="check a certificate; exit code 1 when it is not ours"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            self.verify(options["verify"])
            return
        school = School.objects.filter(uai=options["uai"].upper()).first()
        if school is None:
            raise CommandError(f"No school {options['uai']}.")
        if options["certificate"]:
            self.certify(school, options["certificate"])
        elif options["now"]:
            self.go_on(school)
        else:
            self.count(school)

    def count(self, school: School) -> None:
        rows = 0
        for table in contracts.tables():
            if found := table.count(school.pk):
                rows += found
                self.stdout.write(f"{found:>9} {table.label}")
        goes, stays = contracts.people_who_go(school.pk).count(), contracts.people_who_stay(school.pk).count()
        self.stdout.write(
            f"{rows} rows; {goes} people of this school alone, {stays} of another one too, who stay."
        )
        held, waiting = contracts.obstacles_of(school, timezone.localdate())
        if held or waiting:
            self.stdout.write(f"To answer first: {held} files kept longer, {waiting} requests on data.")
        erasure = SchoolErasure.objects.filter(school=school).first()
        state = (
            f"{erasure.state}{f', from {erasure.due} on' if erasure.due else ''}"
            if erasure
            else "nothing prepared"
        )
        self.stdout.write(
            f"Its erasure: {state}. Two operators decide at {reverse('privacy:contract_ends')}."
        )

    def go_on(self, school: School) -> None:
        erasure = SchoolErasure.objects.to_execute(timezone.localdate()).filter(school=school).first()
        if erasure is None:
            raise CommandError(
                "No erasure of this school was decided of which the delay is over: nothing was erased."
            )
        with only_one("delivery") as alone:
            if not alone:
                raise CommandError(
                    "A delivery is being brought, or people are being erased: try again later."
                )
            if not actions.begin(erasure.pk, timezone.localdate()):
                raise CommandError("A file is kept longer, or a request on data waits: nothing was erased.")
            while actions.erase_batch(erasure.pk):
                pass
        erasure.refresh_from_db()
        done, total = actions.progress_of(erasure)
        self.stdout.write(f"{erasure.erased_people} people, {done} rows of {total}: {erasure.state}.")

    def certify(self, school: School, out: Path) -> None:
        erasure = SchoolErasure.objects.filter(school=school, state=State.DONE).first()
        if erasure is None:
            raise CommandError("This school was not erased: there is nothing to certify.")
        out.write_bytes(exports.certificate_of(erasure))
        self.stdout.write(f"{out}")

    def verify(self, file: Path) -> None:
        if not file.is_file():
            raise CommandError(f"No file {file}.")
        if not exports.is_certified(file.read_bytes()):
            raise CommandError("This site did not sign that certificate, or it was changed.")
        self.stdout.write("This site signed that certificate, and it says the same.")
