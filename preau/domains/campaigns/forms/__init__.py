"""What is asked to prepare a campaign, its words, and how a family is reached."""

from preau.domains.campaigns.forms.campaigns import ChosenForm, ConfirmForm, GestureForm, StartForm, WordsForm
from preau.domains.campaigns.forms.families import AddressForm, SmsForm

__all__ = ["AddressForm", "ChosenForm", "ConfirmForm", "GestureForm", "SmsForm", "StartForm", "WordsForm"]
