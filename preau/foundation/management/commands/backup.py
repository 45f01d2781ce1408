"""`manage.py backup`: everything, whole and sealed, in BACKUP_DIR (docs/operations.md)."""

import time
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from preau.foundation.backups import place, taking
from preau.foundation.backups.faults import BackupRefused, disk_errors, stopped_as_an_error


class Command(BaseCommand):
    help = "Keep the database, the files and the ledger of erasures in BACKUP_DIR, sealed by age; drop what is past BACKUP_KEEP_DAYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="instead of BACKUP_DIR")
        parser.add_argument(
            "--ledger", action="store_true", help="only what was erased so far: take it every hour"
        )
        parser.add_argument(
            "--check", action="store_true", help="look whether every backup is whole; it needs no key of age"
        )
        parser.add_argument(
            "--read", action="store_true", help="with --check: each byte of the files that are kept"
        )
        parser.add_argument(
            "--fresh-hours", type=int, default=0, help="with --check: the last one must be younger than this"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["to"] is None:
            raise CommandError("BACKUP_DIR is not set: name a folder, on another disk than VAR_DIR.")
        kept, now = place.Place(options["to"]), datetime.now(UTC)
        try:
            if options["check"]:
                self.check_all(kept, now, options["fresh_hours"], read=options["read"])
            elif options["ledger"]:
                with disk_errors("no ledger of erasures was written"):
                    for path in taking.keep_ledgers(kept, now):
                        self.stdout.write(str(path))
            else:
                self.take(options["to"], now)
        except BackupRefused as error:
            raise CommandError(f"No backup: {error}" if not options["check"] else str(error)) from error

    def take(self, root: Path, now: datetime) -> None:
        began = time.monotonic()
        keep = timedelta(days=settings.BACKUP_KEEP_DAYS)
        with stopped_as_an_error():
            taken = taking.take(
                root, settings.BACKUP_RECIPIENTS, settings.BACKUP_KEYS_RECIPIENTS, keep=keep, now=now
            )
        manifest = taken.manifest
        self.stdout.write(
            f"{taken.folder.name}: {sum(manifest.counts.values())} rows of {len(manifest.counts)} tables, {manifest.files} files"
            f" ({manifest.weight} bytes, {taken.new_objects} written now), {taken.dropped} former backups dropped, {time.monotonic() - began:.0f} seconds."
        )
        if place.KEYS not in manifest.sealed:
            self.stdout.write(
                "SECRET_KEY is not in it (BACKUP_KEYS_RECIPIENTS): without that of today, kept elsewhere, it never comes back."
            )

    def check_all(self, kept: place.Place, now: datetime, hours: int, *, read: bool) -> None:
        faults, newest = [], None
        for folder in kept.folders():
            try:
                manifest = place.read_manifest(folder)
            except BackupRefused as error:
                faults.append(str(error))
                continue
            found = list(kept.faults_of(folder, manifest))
            newest = newest if found else manifest.moment
            faults += found
        faults += kept.faults_of_objects(read=read)
        faults += [f"{path.name} was cut short" for path in kept.unfinished()]
        if hours and (newest is None or now - newest > timedelta(hours=hours)):
            faults.append(f"no whole backup of the last {hours} hours")
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {kept.root}.")
        self.stdout.write(f"{len(kept.folders())} backups, all whole; the last one of {newest or 'never'}.")
