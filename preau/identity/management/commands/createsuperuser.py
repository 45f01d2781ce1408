"""`manage.py createsuperuser`: there is none here; the command of the framework would end in a fault."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "There is no super-user: `operator_code` makes an operator, `head_code` gives a school's head a code."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(self.help)
