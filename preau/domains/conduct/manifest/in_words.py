"""How people read what is held of incidents, punitions and sanctions."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards, dates
from preau.foundation.boards import InWords, Section

for words in [
    InWords("conduct", Section.SCHOOL_LIFE),
    InWords(
        "conduct.Involvement",
        when="told_at",
        sentence=(_("L’établissement a écrit à la famille : « %(for_family)s »"),),
    ),
    InWords(
        "conduct.Punition",
        when="day",
        sentence=(_("%(kind)s : %(state)s"), "%(reason)s", _("Travail : %(work)s"), _("pour le %(due)s")),
        quiet=frozenset({"given_at", "ended_at"}),
    ),
    InWords("conduct.Detention", sentence=(_("Retenue du %(slot)s : %(state)s"),)),
    InWords(
        "conduct.Slot",
        when="starts",
        sentence=(_("Retenue surveillée jusqu’à %(ends)s"),),
        names=lambda row: dates.day_and_hour(row.starts),
        quiet=frozenset({"day"}),
    ),
    InWords(
        "conduct.Sanction",
        when="told_on",
        sentence=(_("Procédure : %(state)s"), "%(kind)s", "%(facts)s", _("motifs : %(grounds)s")),
    ),
    InWords(
        "conduct.Contract",
        when="starts",
        sentence=(
            "%(goals)s",
            _("aide : %(help)s"),
            _("jusqu’au %(ends)s"),
            "%(state)s",
            _("bilan : %(outcome)s"),
        ),
    ),
    InWords("conduct.ContractWeek", when="monday", sentence=("%(how)s", "%(note)s")),
    InWords(
        "conduct.Incident",
        when="day",
        sentence=("%(kind)s, %(place)s", "%(hour)s", _("(%(state)s)")),
        quiet=frozenset({"reported_at"}),
    ),
]:
    boards.data_in_words.add(words)
