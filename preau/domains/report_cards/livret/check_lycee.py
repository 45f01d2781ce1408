"""The pre-flight list of a livret of lycée: what its schema would refuse and what is missing, with who, where and how to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from preau.domains.report_cards.livret.check import Finding, Severity, signs_said
from preau.domains.report_cards.livret.departures import Departure, Fault, departures
from preau.domains.report_cards.livret.lycee import LyceeLivret
from preau.domains.report_cards.livret.tree import element_of
from preau.domains.report_cards.livret.versions import Version
from preau.domains.report_cards.livret.words import FAULTS, LYCEE, Mend

CODES = {
    ("eleve", "id", Fault.MISSING): "pupil-without-siecle-number",
    ("annuelle", "", Fault.TOO_LONG): "appreciation-too-long",
    ("evaluation", "annuelle", Fault.MISSING): "appreciation-missing",
    ("evaluation", "enseignants", Fault.MISSING): "subject-without-teacher",
    ("evaluation", "code-matiere", Fault.MISSING): "subject-without-code",
    ("scolarite", "evaluation", Fault.MISSING): "pupil-without-subject",
    ("donnees", "eleve", Fault.MISSING): "no-pupil",
}
SCREENS = {"id": Mend.IMPORT, "eleve": Mend.IMPORT, "code-matiere": Mend.SUBJECT, "enseignants": Mend.TEAM}


@dataclass(frozen=True)
class Who:
    """The pupil of the same place in the file, which names nobody. `subjects`: by code, the identifier of the subject."""

    ref: str
    name: str
    division: str


def check_lycee(
    livret: LyceeLivret, version: Version, people: Sequence[Who], subjects: Mapping[str, str], *, sealed: bool
) -> list[Finding]:
    """Every finding, errors first, then in the order of the file. `people`: who each pupil is; `subjects`: names by code."""
    found = list(_found(livret, version, people, subjects))
    if not sealed:
        sentence = _("Une période de l’année n’est pas arrêtée.")
        found.append(Finding("period-not-sealed", Severity.ERROR, sentence, Mend.PERIODS))
    return sorted(found, key=lambda one: one.severity != Severity.ERROR)


def _found(
    livret: LyceeLivret, version: Version, people: Sequence[Who], subjects: Mapping[str, str]
) -> Iterator[Finding]:
    root = element_of(livret, version.root, version)
    places = {id(one): place for data in root.each("donnees") for place, one in enumerate(data.each("eleve"))}
    for one in departures(root, version):
        place = next((places[id(step)] for step in one.path if id(step) in places), None)
        code = next(
            (step.attributes.get("code-matiere", "") for step in one.path if step.tag == "evaluation"), ""
        )
        who = people[place] if place is not None else Who("", "", "")
        yield _finding(one, who, code, subjects.get(code, code))


def _finding(one: Departure, who: Who, code: str, subject: str) -> Finding:
    tag = one.element.tag
    key = "forbidden-sign" if one.fault == Fault.FORBIDDEN else CODES.get((tag, one.name, one.fault), "")
    low = one.kind.lowest
    message = str(FAULTS[one.fault]) % {
        "what": LYCEE.get((tag, one.name)) or LYCEE.get((one.name, "")) or one.name or tag,
        "name": one.name or tag,
        "value": one.value[:60],
        "length": len(one.value),
        "most": one.kind.most,
        "least": one.kind.least,
        "sign": signs_said(one.value),
        "range": _("un nombre à partir de %(low)s") % {"low": 0 if low is None else low},
        "other": "",
    }
    name = f"{who.name} ({who.division})" if who.name and who.division else who.name
    where = ", ".join(filter(None, (name, subject)))
    sentence = (
        _("%(where)s : %(said)s") % {"where": where, "said": message}
        if where
        else f"{message[:1].upper()}{message[1:]}"
    )
    refs = {
        name: ref
        for name, ref in {"pupil": who.ref, "division": who.division, "subject": code}.items()
        if ref
    }
    return Finding(
        key or "-".join(filter(None, (tag, one.name, one.fault.value))),
        Severity.ERROR,
        sentence,
        SCREENS.get(one.name, Mend.APPRECIATION),
        pupil=who.name,
        division=who.division,
        subject=subject,
        refs=refs,
    )
