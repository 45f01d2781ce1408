"""Django's mail backend of the demonstration."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from preau.commons.outbox.models import Letter


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        letters = [
            Letter(to=address, subject=message.subject, body=message.body)
            for message in email_messages
            for address in message.recipients()
        ]
        Letter.objects.bulk_create(letters)
        return len(email_messages)
