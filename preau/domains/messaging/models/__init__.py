"""What people write to each other, who received it, what a school allows, and what was done about misuse."""

from preau.domains.messaging.models.mail import Attachment, Delivery, Folder, Message, Preference, Thread
from preau.domains.messaging.models.policy import Policy, Reader, Scope, Writer
from preau.domains.messaging.models.safety import MODERATORS, Brake, Freeze, Report

__all__ = [
    "MODERATORS",
    "Attachment",
    "Brake",
    "Delivery",
    "Folder",
    "Freeze",
    "Message",
    "Policy",
    "Preference",
    "Reader",
    "Report",
    "Scope",
    "Thread",
    "Writer",
]
