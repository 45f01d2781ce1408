"""Django's mail backend of the demonstration."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from preau.commons.outbox.models import Letter


class OutboxBackend(BaseEmailBackend):
    """Keeps what would have been sent; a message that comes again under the same Message-ID is shown once, as mailboxes do."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            number = message.extra_headers.get("Message-ID", "")
            if not number or not Letter.objects.filter(message_id=number).exists():
                self._keep(message, number)
        return len(email_messages)

    def _keep(self, message: EmailMessage, number: str) -> None:
        Letter.objects.bulk_create(
            Letter(to=address, subject=message.subject, body=message.body, message_id=number)
            for address in message.recipients()
        )
