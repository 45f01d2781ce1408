"""The screen that mends a line of the pre-flight list, as an address of the site."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse

from preau.domains.report_cards.livret.check import Finding
from preau.domains.report_cards.livret.words import Mend
from preau.domains.report_cards.queries.livret.gathering import Gathered

# Screens that are about nobody.
ALONE = {
    Mend.IMPORT: "directory:bring",
    Mend.SUBJECT: "directory:bring",
    Mend.SCHOOL: "directory:identity",
    Mend.PERIODS: "gradebook:periods",
}


class Screens:
    """By the identifiers of one livret, where each of its lines is mended."""

    def __init__(self, made: Gathered) -> None:
        known = made.known
        self.period = known.period.pk
        self.classes = {place.group.name: place.group.pk for place in known.places}
        self.people = {f"EL_{place.pupil.pk}": place.pupil.public_id for place in known.places}
        self.people |= {f"EL_{one.pk}": one.public_id for one in known.classless}
        self.people |= {f"ENS_{pk}": one.public_id for pk, one in known.teachers.items()}
        # (pupil, discipline) → the class or group where it is taught to them.
        self.courses = made.courses

    def address(self, one: Finding) -> str:
        """The page where a line is mended; that of the classes where the line names none."""
        if one.mend in ALONE:
            return reverse(ALONE[one.mend])
        person = self.people.get(one.refs.get("pupil", "")) or self.people.get(one.refs.get("teacher", ""))
        if one.mend == Mend.PERSON and person:
            return reverse("directory:person", args=[person])
        place = self.classes.get(one.division)
        return self._in_class(one, place) if place else reverse("directory:groups")

    def _in_class(self, one: Finding, place: int) -> str:
        if one.mend == Mend.COUNCIL:
            page = reverse("report_cards:council", args=[place])
            pupil = self.people.get(one.refs.get("pupil", ""))
            return f"{page}?periode={self.period}{f'&eleve={pupil}' if pupil else ''}"
        if one.mend == Mend.SCHOOL_LIFE:
            return f"{self._write(place)}&sur=vie-scolaire"
        if one.mend != Mend.APPRECIATION:
            return reverse("directory:group", args=[place])
        key = (one.refs.get("pupil", ""), one.refs.get("subject", ""))
        group, subject = self.courses.get(key, (place, None))
        return f"{self._write(group)}&matiere={subject}" if subject else self._write(group)

    def _write(self, group: int) -> str:
        return f"{reverse('report_cards:write', args=[group])}?periode={self.period}"


def json_lines(found: Iterable[Finding], screens: Screens) -> Iterator[dict[str, Any]]:
    """The lines of a list as JSON says them."""
    for one in found:
        yield {
            "code": one.code,
            "severity": one.severity.value,
            "sentence": one.sentence,
            "pupil": one.pupil,
            "class": one.division,
            "subject": one.subject,
            "teacher": one.teacher,
            "mend": one.mend.value,
            "route": screens.address(one),
        }
