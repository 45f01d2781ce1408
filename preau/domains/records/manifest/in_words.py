"""How people read what is held of confidential files."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import InWords, Section

for words in [
    InWords("records", Section.SCHOOLING),
    InWords(
        "records.Record",
        when="opened_at",
        sentence=(_("%(kind)s : %(state)s"), _("à revoir le %(review_on)s")),
    ),
    InWords("records.Version", when="at", sentence=(_("Le dossier a été écrit ou changé"),)),
    InWords("records.Measure", sentence=("%(arrangement)s",)),
    InWords("records.Paper", when="added_at", sentence=(_("Document ajouté : %(kind)s"),)),
    InWords(
        "records.Reader",
        when="added_at",
        sentence=(_("Accès à un dossier : %(reason)s"), _("jusqu’au %(until)s")),
    ),
]:
    boards.data_in_words.add(words)
