"""How people read what is held of the help that a school offers."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.boards import InWords, Section

for words in [
    InWords("attention", Section.SCHOOL_LIFE),
    InWords(
        "attention.Finding",
        when="found_at",
        sentence=(_("%(fact)s : %(number)s du %(since)s au %(until)s"), "%(what)s"),
        quiet=frozenset({"before", "threshold"}),
    ),
    InWords(
        "attention.Review",
        when="opened_at",
        sentence=("%(kind)s", _("jusqu’au %(until)s"), _("bilan : %(outcome)s")),
    ),
    InWords(
        "attention.Decision", when="decided_at", sentence=("%(kind)s", "%(reason)s", _("jusqu’au %(until)s"))
    ),
    InWords("attention.Step", sentence=("%(what)s", _("pour le %(due)s"), _("fait le %(done_at)s"))),
    InWords("attention.Word", when="at", sentence=("%(about)s", "%(text)s", _("réponse : %(answer)s"))),
]:
    boards.data_in_words.add(words)
