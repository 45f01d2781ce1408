"""How families and staff read what attendance holds: in sentences, each absence by its day and its lesson."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.foundation import boards, dates
from preau.foundation.boards import InWords, Section


def _entry(row: Any) -> str:
    """« absence du mardi 24 novembre, 8 h 30, mathématiques »."""
    kind = {"late": gettext("retard"), "present": gettext("présence")}.get(row.status, gettext("absence"))
    lesson = row.lesson
    facts = {
        "kind": kind,
        "day": dates.day(row.day),
        "hour": dates.hour(lesson.starts),
        "subject": lesson.subject.name,
    }
    return gettext("%(kind)s du %(day)s, %(hour)s, %(subject)s") % facts


def _explanation(row: Any) -> str:
    return gettext("explication pour le %(day)s") % {"day": dates.day(row.day)}


def _handling(row: Any) -> str:
    return gettext("traitée par la vie scolaire")


for words in [
    InWords("attendance", Section.SCHOOL_LIFE),
    InWords(
        "attendance.Entry",
        sentence=(
            "%(status)s, %(lesson)s",
            _("%(minutes_late)s min"),
            _("explication : %(explanation)s"),
            "%(handling)s",
        ),
        names=_entry,
        names_with=("lesson__subject",),
    ),
    InWords("attendance.EntryChange", sentence=(_("%(entry)s : noté %(status)s"), _("%(minutes_late)s min"))),
    InWords(
        "attendance.Explanation",
        sentence=(_("Explication de l’absence : %(reason)s"), "%(state)s", "%(comment)s", "%(announcement)s"),
        names=_explanation,
        quiet=frozenset({"given_at"}),
    ),
    InWords(
        "attendance.Decision", when="decided_at", sentence=(_("%(state)s : %(explanation)s"), "%(comment)s")
    ),
    InWords(
        "attendance.Handling",
        sentence=(_("Traitée par la vie scolaire : %(entry)s"), _("motif : %(reason)s"), "%(comment)s"),
        names=_handling,
    ),
    InWords(
        "attendance.Announcement",
        when="starts",
        sentence=(_("%(kind)s jusqu’au %(ends)s"), _("motif : %(reason)s"), "%(comment)s"),
        names=lambda row: gettext("annoncée à l’avance"),
        quiet=frozenset({"given_at"}),
    ),
    InWords(
        "attendance.Arrangement",
        when="first_day",
        sentence=(_("%(kind)s : %(words)s"), "%(subject)s", _("jusqu’au %(last_day)s")),
        quiet=frozenset({"said_at"}),
    ),
    InWords(
        "attendance.Notice", sentence=(_("Avis d’absence envoyé"), "%(entry)s"), quiet=frozenset({"day"})
    ),
    InWords(
        "attendance.Alert",
        when="raised_at",
        sentence=("%(level)s", _("%(half_days)s demi-journées d’absence")),
        quiet=frozenset({"month", "follow_up"}),
    ),
    InWords(
        "attendance.FollowUp",
        when="opened_at",
        sentence=(_("Suivi d’assiduité ouvert"), _("terminé le %(closed_at)s")),
    ),
    InWords(
        "attendance.FollowUpAction",
        when="day",
        sentence=("%(kind)s", "%(words)s"),
        quiet=frozenset({"follow_up", "made_at"}),
    ),
    InWords("attendance.Visit", when="starts", sentence=("%(place)s", _("jusqu’à %(ends)s"))),
    # What it is called is of those who teach there; whoever sits in it reads of which class it is.
    InWords("attendance.SeatingPlan", names=lambda plan: plan.group.name, names_with=("group",)),
    InWords(
        "attendance.Seat",
        sentence=(_("Plan de classe : %(plan)s, rang %(row)s, place %(column)s"),),
        quiet=frozenset({"in_front"}),
    ),
    InWords("attendance.RollCall", sentence=(_("Appel fait"),)),
    InWords("attendance.ListRemark", when="said_at", sentence=(_("%(kind)s : %(lesson)s"),)),
]:
    boards.data_in_words.add(words)
