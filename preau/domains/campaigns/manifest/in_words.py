"""How people read what is held of letters and messages."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import InWords, Section

for words in [
    InWords("campaigns", Section.SCHOOL_LIFE),
    InWords("campaigns.PostalAddress", Section.IDENTITY, sentence=("%(street)s, %(postcode)s %(city)s",)),
    InWords("campaigns.SmsRefusal", Section.PERMISSIONS, sentence=(_("Pas de SMS"),)),
    InWords("campaigns.Sending", when="made_at", sentence=(_("Message : « %(text)s »"), "(%(state)s)")),
]:
    boards.data_in_words.add(words)
