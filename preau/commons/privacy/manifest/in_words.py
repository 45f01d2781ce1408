"""How people read what is held of their own requests."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import InWords

for words in [
    InWords(
        "privacy.DataCopy",
        when="asked_at",
        sentence=(_("Copie demandée"), _("gardée jusqu’au %(expires_on)s")),
    ),
    InWords(
        "privacy.DataRequest",
        when="asked_at",
        sentence=(_("Demande sur des données : %(state)s"), _("réponse avant le %(due)s")),
        quiet=frozenset({"taken_at", "answered_at", "told_at"}),
    ),
    InWords(
        "privacy.RequestLine",
        when="answered_at",
        sentence=(
            _("%(right)s : %(kind)s"),
            "%(which)s",
            "%(wrong)s",
            _("Ce qui serait juste : %(better)s"),
            _("Décision : %(outcome)s"),
            "%(answer)s",
        ),
    ),
]:
    boards.data_in_words.add(words)
