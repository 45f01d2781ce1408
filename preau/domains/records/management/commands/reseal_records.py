"""`manage.py reseal_records`: seal confidential records again, under the SECRET_KEY of today (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from preau.domains.records.actions import keeping


class Command(BaseCommand):
    help = "Seal again under the present SECRET_KEY whatever one of SECRET_KEY_FALLBACKS sealed."

    def handle(self, *args: Any, **options: Any) -> None:
        told = keeping.reseal_all()
        self.stdout.write(f"{told['versions']} versions, {told['papers']} documents.")
