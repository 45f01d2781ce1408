"""Who learns where in a year, by the names that a table writes: nobody is chosen between two."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, SchoolYear
from preau.foundation.text import bare


class Unknown(ValueError):
    """What a table names is not known, or may be several; the message is the sentence."""


@dataclass(frozen=True)
class Enrolled:
    """Groups and pupils of a year, by their names without accents nor signs; a pupil's either way round."""

    groups: Mapping[str, int]
    # By group: names of pupils.
    learners: Mapping[int, Mapping[str, frozenset[int]]]
    # By pupil.
    classes: Mapping[int, frozenset[int]]

    @cached_property
    def everyone(self) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for names in self.learners.values():
            for name, pupils in names.items():
                found[name] |= pupils
        return {name: frozenset(pupils) for name, pupils in found.items()}

    def group(self, label: str) -> int | None:
        """« 5B » for « 5e B »; None of nothing. Raises Unknown."""
        if not label:
            return None
        known = self.groups.get(bare(label))
        if known is None:
            tight = _tight(bare(label))
            close = {pk for name, pk in self.groups.items() if _tight(name) == tight}
            known = close.pop() if len(close) == 1 else None
        if known is None:
            raise Unknown(_("Classe ou groupe inconnu : « %(name)s ».") % {"name": label[:40]})
        return known

    def pupil(self, name: str, group: int | None) -> int:
        """In this group, else in the whole school. Raises Unknown."""
        names = self.everyone if group is None else self.learners.get(group, {})
        found = names.get(bare(name), frozenset())
        if len(found) == 1:
            return next(iter(found))
        raise Unknown(
            _("Plusieurs élèves portent ce nom.")
            if found
            else _("Élève inconnu dans cette classe cette année.")
        )


def _tight(name: str) -> str:
    """« 5b » for « 5e b », « 5eme b » and « 5 b »."""
    return re.sub(r"([0-9])(?:eme|nde|ere|e)?\s?([a-z0-9])", r"\1\2", name)


def enrolled_in(year: SchoolYear) -> Enrolled:
    """Whoever learnt there on some day of the year is known (two queries)."""
    learners: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    classes: dict[int, set[int]] = defaultdict(set)
    enrolled = Enrolment.objects.filter(group__year=year, pupil__erased_at=None)
    columns = ("group_id", "group__kind", "pupil_id", "pupil__family_name", "pupil__given_name")
    for group, kind, pupil, family, given in enrolled.values_list(*columns):
        for name in (bare(f"{family} {given}"), bare(f"{given} {family}")):
            learners[group][name].add(pupil)
        if kind == Group.Kind.CLASS:
            classes[pupil].add(group)
    return Enrolled(
        {bare(name): pk for pk, name in Group.objects.filter(year=year).values_list("pk", "name")},
        {group: {name: frozenset(pks) for name, pks in names.items()} for group, names in learners.items()},
        {pupil: frozenset(groups) for pupil, groups in classes.items()},
    )
