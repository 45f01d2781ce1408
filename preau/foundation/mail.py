"""Mail: one function, always from a task, always with a text version.

The subject never names a person: it is read on a locked screen, over a shoulder.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import engines


def send(
    to: str, subject: str, template: str, context: dict[str, Any], headers: Mapping[str, str] | None = None
) -> int:
    """Send the text template `<template>.txt`; returns how many mails left.

    Raises the mail server's error, so that the task tries again later.
    """
    mail = engines["mail"]
    context = {"public_url": settings.PUBLIC_URL, **context}
    message = EmailMultiAlternatives(subject, mail.get_template(f"{template}.txt").render(context), to=[to])
    # Answering machines must not answer a machine.
    message.extra_headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
    return message.send()
