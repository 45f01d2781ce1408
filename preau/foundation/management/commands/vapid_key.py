"""Make the key with which this site signs what it pushes to devices."""

from typing import Any

from django.core.management.base import BaseCommand

from preau.foundation import webpush


class Command(BaseCommand):
    help = "Print a new VAPID_PRIVATE_KEY. Another key than the one in use stops every device that receives notices."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_PRIVATE_KEY={webpush.new_private_key()}")
