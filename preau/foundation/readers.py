"""Who reads the rows of a table about people, declared once: what pages show of it and what they say of it come from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOT_YOURS = gettext_lazy("écrit par une autre personne, à qui ces mots appartiennent")


@dataclass(frozen=True)
class Rows:
    """Some rows of a table: those that `where(reader_id)` keeps.

    `words` say which, after the name of whoever reads them; `instead` stands where a field of another row is not shown.
    """

    where: Callable[[int], Q]
    words: Any = ""
    instead: Any = NOT_YOURS


EVERY_ROW = Rows(lambda reader_id: Q())
NO_ROW = Rows(lambda reader_id: Q(pk=None))


def own(*lookups: str) -> Rows:
    """The rows that name the reader by one of these lookups: what they wrote, gave or received."""

    def where(reader_id: int) -> Q:
        found = Q(pk=None)
        for lookup in lookups:
            found |= Q(**{lookup: reader_id})
        return found

    return Rows(where, gettext_lazy("seulement ce qui vient de soi ou s’adresse à soi"))


def once(condition: Q, words: Any, *, or_own: Iterable[str] = ()) -> Rows:
    """The rows that have become what `condition` says (« une fois le travail remis »), and one's own before that."""
    mine = own(*or_own).where
    return Rows(lambda reader_id: condition | mine(reader_id), words, words)


@dataclass(frozen=True)
class Readers:
    """Who reads the rows of a table about people, and which of them (docs/decisions/0130).

    `subject`: whom a row is about. `guardian`: one person who answers before the law for a minor. Whoever wrote a row reads it,
    and is not named here. `staff`: the roles of a school that read it on a page, each a Role, or the words for some of its
    holders alone (« ses enseignants »). `others`: whoever else, in words.
    """

    subject: Rows
    guardian: Rows
    staff: tuple[Any, ...] = ()
    others: tuple[Any, ...] = ()

    @property
    def in_words(self) -> str:
        """As a family reads it: « La personne elle-même ; dans l’établissement : direction, secrétariat. »"""
        parts = self._family_in_words()
        staff = ", ".join(_name_of(one) for one in self.staff)
        if staff:
            parts.append(_("dans l’établissement : %(roles)s") % {"roles": staff})
        parts += [str(other) for other in self.others]
        sentence = "\u202f; ".join(parts) or _("personne")
        return f"{sentence[:1].upper()}{sentence[1:]}."

    def _family_in_words(self) -> list[str]:
        """Whom rows are about and their guardians: in one breath where the same is true of both."""
        whole = [one for one in (self.subject, self.guardian) if one is not NO_ROW]
        if len(whole) == 2 and self.subject.words == self.guardian.words:
            both = _("la personne elle-même et, pour un élève mineur, chaque responsable légal")
            return [_said(both, self.subject)]
        names = [
            (_("la personne elle-même"), self.subject),
            (_("pour un élève mineur, chaque responsable légal"), self.guardian),
        ]
        return [_said(name, rows) for name, rows in names if rows is not NO_ROW]


def _said(name: str, rows: Rows) -> str:
    return f"{name} ({rows.words})" if rows.words else name


def _name_of(role: Any) -> str:
    label = str(getattr(role, "label", role))
    return label[:1].lower() + label[1:]


def on_themselves(*staff: Any, others: tuple[Any, ...] = ()) -> Readers:
    """What is one's own alone, or one's work: whoever it is about, no guardian, and these roles."""
    return Readers(EVERY_ROW, NO_ROW, staff, others)


def with_guardians(*staff: Any, others: tuple[Any, ...] = ()) -> Readers:
    """What a pupil and each of their guardians read alike, and these roles."""
    return Readers(EVERY_ROW, EVERY_ROW, staff, others)
