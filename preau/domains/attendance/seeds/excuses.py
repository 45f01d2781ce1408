"""What families said of absences, and what the school made of it: written in bulk, as the actions would have left it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from preau.directory.models import Guardianship, Holding, School
from preau.directory.words import Role
from preau.domains.attendance.models import Decision, Entry, Explanation, Reason
from preau.domains.attendance.seeds.whims import chance_of
from preau.foundation.db import insert

ACCEPTED, REFUSED, PENDING = (
    Explanation.State.ACCEPTED.value,
    Explanation.State.REFUSED.value,
    Explanation.State.PENDING.value,
)
READ_WITHIN = 2  # days: what waits to be read is recent
WORDS = {
    "Maladie": [
        "De la fièvre dans la nuit.",
        "Gastro-entérite, le certificat est dans le carnet.",
        "",
        "",
        "",
    ],
    "Rendez-vous médical": ["Chez l’orthodontiste.", "Contrôle à l’hôpital.", ""],
    "Raison familiale": ["Un décès dans la famille.", "", ""],
    "Problème de transport": ["Le car n’est pas passé.", ""],
    "Compétition ou activité": ["Championnat départemental de judo."],
}
REFUSALS = [
    "Merci de fournir le justificatif de transport.",
    "Cette sortie n’était pas autorisée.",
    "Merci de nous appeler : la date ne correspond pas.",
]
Run = list[Entry]  # the absences of one pupil on one day


class Answer(NamedTuple):
    """What is said of the absence of a pupil of the cast; no state: nothing yet."""

    state: str
    by: int | None


def write(
    school: School, absences: Sequence[Entry], now: datetime, answers: Mapping[tuple[int, date], Answer]
) -> None:
    """Explain some of these absences: most accepted, some refused, the latest still to read."""
    runs: dict[tuple[int, date], Run] = defaultdict(list)
    for entry in absences:
        runs[entry.pupil_id, entry.day].append(entry)
    desk = Desk(school, now, sorted({day for _, day in runs}))
    pairs: list[tuple[Explanation, Run]] = []
    for (pupil, day), run in runs.items():
        answer = answers.get((pupil, day)) or desk.answer(pupil, day)
        if answer.state and answer.by:
            pairs.append((desk.explanation(pupil, day, answer), run))
    insert([explanation for explanation, _ in pairs])
    for explanation, run in pairs:
        for entry in run:
            entry.explanation_id = explanation.pk
    explained = [entry for _, run in pairs for entry in run]
    Entry.objects.bulk_update(explained, ["explanation"], batch_size=500)
    insert([desk.decision(one) for one, _ in pairs if one.state != PENDING])


class Desk:
    """The office of school life of one school, over some days."""

    def __init__(self, school: School, now: datetime, days: list[date]) -> None:
        self.school, self.now, self.days = school, now, days
        self.zone = ZoneInfo(school.timezone)
        self.reasons = list(Reason.objects.offered_to_families(school.pk))
        self.guardians = _guardians(school, timezone.localdate(now))
        held = Holding.objects.filter(school=school, role__in=(Role.SCHOOL_LIFE, Role.HEAD))
        # « school_life » comes after « head »: the CPE where there is one.
        self.reader = held.order_by("-role", "pk").values_list("person_id", flat=True).first()

    def answer(self, pupil: int, day: date) -> Answer:
        """Three absences in four are explained, a day later at most; the last ones wait."""
        chance = chance_of("answer", pupil, day)
        drawn, by = chance.random(), self.guardians.get(pupil)
        if drawn > 0.75 or self._given_at(pupil, day) > self.now:
            return Answer("", None)
        recent = day in self.days[-READ_WITHIN:]
        if (recent and drawn < 0.2) or self._decided_at(day) > self.now:
            return Answer(PENDING, by)
        return Answer(REFUSED if drawn > 0.69 else ACCEPTED, by)

    def explanation(self, pupil: int, day: date, answer: Answer) -> Explanation:
        chance = chance_of("words", pupil, day)
        reason = self._reason(chance)
        return Explanation(
            school_id=self.school.pk,
            pupil_id=pupil,
            day=day,
            reason=reason,
            comment=_words(reason, chance),
            given_by_id=answer.by,
            given_at=min(self._given_at(pupil, day), self.now),
            state=answer.state,
        )

    def _reason(self, chance: Random) -> Reason:
        """Illness, most often."""
        weights = [
            12 if reason.label == "Maladie" else 3 if reason.order <= 40 else 1 for reason in self.reasons
        ]
        return chance.choices(self.reasons, weights)[0]

    def decision(self, explanation: Explanation) -> Decision:
        refused = explanation.state == REFUSED
        chance = chance_of("decision", explanation.pupil_id, explanation.day)
        return Decision(
            school_id=self.school.pk,
            explanation=explanation,
            state=explanation.state,
            comment=chance.choice(REFUSALS) if refused else "",
            decided_by_id=self.reader,
            decided_at=min(self._decided_at(explanation.day), self.now),
        )

    def _given_at(self, pupil: int, day: date) -> datetime:
        evening = datetime(day.year, day.month, day.day, 18, 5, tzinfo=self.zone)
        return evening + timedelta(minutes=pupil * 7 % 170)

    def _decided_at(self, day: date) -> datetime:
        """In the morning of the next working day."""
        later = day + timedelta(days=3 if day.weekday() == 4 else 1)
        return datetime(later.year, later.month, later.day, 8, 40, tzinfo=self.zone)


def _words(reason: Reason, chance: Random) -> str:
    return chance.choice(WORDS.get(reason.label, [""]))


def _guardians(school: School, day: date) -> dict[int, int]:
    """Who answers for each pupil: the first informed, and somebody, not an institution."""
    informed = Guardianship.objects.informed(day).filter(
        pupil__holdings__school=school, guardian__is_institution=False
    )
    called_last = F("contact_priority").desc(nulls_first=True)
    # Of a pupil's guardians the last one written stays: the first to be called.
    return dict(informed.order_by(called_last, "-pk").values_list("pupil_id", "guardian_id"))
