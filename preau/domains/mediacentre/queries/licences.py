"""Licences against people: what is left, and what is missing, said with its figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.domains.mediacentre.models import Public, Subscription
from preau.domains.mediacentre.rules import SOON


@dataclass(frozen=True)
class Share:
    """Publics who draw on the same licences, how many there are (None: no limit) and how many are used."""

    publics: tuple[Public, ...]
    licences: int | None
    used: int

    @property
    def left(self) -> int:
        return max(0, (self.licences or 0) - self.used)

    @property
    def label(self) -> str:
        return ", ".join(str(public.label) for public in self.publics)

    @property
    def said(self) -> str:
        if self.licences is None:
            return ngettext("%(num)s personne, sans limite", "%(num)s personnes, sans limite", self.used) % {
                "num": self.used
            }
        words = {"used": self.used, "all": self.licences}
        return _("%(used)s sur %(all)s licences") % words


@dataclass(frozen=True)
class Room:
    """What is known of the licences of a resource. `lacks`: the sentence when there are too few, else ""."""

    shares: list[Share] = field(default_factory=list)
    lacks: str = ""
    known: bool = False

    @property
    def left(self) -> str:
        """« 32 licences restantes »."""
        counted = [share for share in self.shares if share.licences is not None]
        if not counted:
            return _("licences sans limite") if self.known else _("nombre de licences inconnu")
        if len(counted) == 1:
            number = counted[0].left
            return ngettext("%(num)s licence restante", "%(num)s licences restantes", number) % {
                "num": number
            }
        return " · ".join(f"{share.label}\u202f: {share.left}" for share in counted)


def room_of(rows: Sequence[Subscription], need: Counter[str]) -> Room:
    """The licences of the usable subscriptions of one resource, against those who have it or would."""
    if not rows:
        return Room()
    return Room(_shares(rows, need), _lacking(rows, need), known=True)


def _shares(rows: Sequence[Subscription], need: Counter[str]) -> list[Share]:
    """Subscriptions that share a public are one share."""
    parts: list[tuple[set[Public], list[Subscription]]] = []
    for row in rows:
        publics, together = set(row.publics), [row]
        for part in [part for part in parts if part[0] & publics]:
            parts.remove(part)
            publics |= part[0]
            together += part[1]
        parts.append((publics, together))
    return [
        Share(
            tuple(one for one in Public if one in publics),
            _licences(together),
            sum(need[public] for public in publics),
        )
        for publics, together in parts
    ]


def _licences(rows: Iterable[Subscription]) -> int | None:
    """How many in all; None without a limit, as where the school has the resource whole."""
    total = 0
    for row in rows:
        if row.licences is None or row.kind == Subscription.Kind.SCHOOL:
            return None
        total += row.licences
    return total


def _lacking(rows: Sequence[Subscription], need: Counter[str]) -> str:
    """Licences are enough exactly when, for each set of publics, those that may serve one of them are (Hall's theorem): four
    publics make fifteen sets."""
    there = [public for public in Public if need[public]]
    for size in range(1, len(there) + 1):
        for publics in combinations(there, size):
            serving = [row for row in rows if set(row.publics) & set(publics)]
            licences, people = _licences(serving), sum(need[public] for public in publics)
            if licences is not None and people > licences:
                return _said(publics, people, licences, any(serving))
    return ""


def _said(publics: Sequence[Public], people: int, licences: int, served: bool) -> str:
    words = {
        "publics": ", ".join(str(public.label).lower() for public in publics),
        "people": people,
        "licences": licences,
        "more": people - licences,
    }
    if not served:
        return _("L’abonnement n’est pas pour ce public : %(publics)s.") % words
    return _("%(publics)s : %(people)s personnes pour %(licences)s licences, il en manque %(more)s.") % words


def ends_soon(rows: Iterable[Subscription], day: date) -> date | None:
    """The last day of all its subscriptions, when it comes soon or is past."""
    days = [row.ends for row in rows]
    if not days or None in days:
        return None
    last = max(day for day in days if day)
    return last if last <= day + timedelta(days=SOON) else None
