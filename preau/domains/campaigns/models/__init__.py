"""A campaign and whom it is about; what leaves for whom; how families want to be reached."""

from preau.domains.campaigns.models.campaigns import Campaign, Choice, Target, Wording
from preau.domains.campaigns.models.families import PostalAddress, SmsRefusal
from preau.domains.campaigns.models.sendings import Channel, Reason, Sending

__all__ = [
    "Campaign",
    "Channel",
    "Choice",
    "PostalAddress",
    "Reason",
    "Sending",
    "SmsRefusal",
    "Target",
    "Wording",
]
