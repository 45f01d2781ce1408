"""The pre-flight list of a livret: what the ministry would refuse and what is missing, each line with who, where and how to mend it."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.report_cards.livret.departures import Departure, Fault, departures
from preau.domains.report_cards.livret.model import Learnt, Livret, PeriodReport, Pupil
from preau.domains.report_cards.livret.nomenclatures import COMPONENTS, PLANS_WITH_WORDS, THEMES
from preau.domains.report_cards.livret.tree import Element, element_of
from preau.domains.report_cards.livret.versions import Version
from preau.domains.report_cards.livret.words import FAULTS, FIELDS, SCREENS, SCREENS_OF_ELEMENTS, Mend
from preau.foundation.text import fold
from preau.foundation.xmltext import UNSAYABLE

# Facts of a class: said once for it, not once a pupil.
OF_THE_CLASS = {
    ("bilan-periodique", "date-conseil-classe"),
    ("bilan-periodique", "prof-princ-refs"),
    ("bilan-periodique", "date-verrou"),
}
# Element → the attribute that names somebody or a place, and what it is in a Finding.
PLACES = {
    "eleve": {"id": "pupil"},
    "enseignant": {"id": "teachers"},
    "discipline": {"id": "discipline"},
    "bilan-periodique": {"eleve-ref": "pupil"},
    "bilan-cycle": {"eleve-ref": "pupil"},
    "acquis": {"discipline-ref": "discipline", "enseignant-refs": "teachers"},
    "parcours-commun": {"code-division": "division"},
    "vie-scolaire-commun": {"code-division": "division"},
}
# Letters that no font shows or that turn the line around, and pictures: the ministry does not say that it takes them.
UNUSUAL = {"Co", "Cn", "Cf", "So"}
USUAL = {"\u00ad", "\u200d", "°", "©", "®"}


class Severity(StrEnum):
    """ERROR: the file does not leave. WARNING: it may, and something is missing or looks odd."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """A line of the list. `pupil`, `subject`, `teacher`, `division`: names; `refs`: identifiers in the file, by the same words."""

    code: str
    severity: Severity
    sentence: str
    mend: Mend
    pupil: str = ""
    division: str = ""
    subject: str = ""
    teacher: str = ""
    refs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Silence:
    """A subject that is taught to a class and of which nobody has said anything: no mark, no level, no text."""

    division: str
    subject: str
    teacher: str
    teachers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """What a school knows beside the file, and which decides whether it may leave. By the identifier of a pupil: their INE, and
    whether their training programme (MEF) is one that the school's tables know. `classless`: pupils of whom the file says nothing;
    `silences`: subjects of which it says nothing."""

    period: str = ""
    sealed: bool = True
    ines: Mapping[str, str] = field(default_factory=dict)
    programmes: Mapping[str, bool] = field(default_factory=dict)
    classless: Mapping[str, str] = field(default_factory=dict)
    silences: Sequence[Silence] = ()


def check(livret: Livret, version: Version, beside: Beside | None = None) -> list[Finding]:
    """Every finding, errors first, then class by class and pupil by pupil."""
    names = Names(livret)
    found = [*_departures(livret, version, names), *_rules(livret, names)]
    if beside is not None:
        found += _beside(livret, names, beside)
    rank = {pupil.id: place for place, pupil in enumerate(livret.pupils)}

    def order(one: Finding) -> tuple[Any, ...]:
        return (
            one.severity != Severity.ERROR,
            one.division,
            rank.get(one.refs.get("pupil", ""), -1),
            one.subject,
        )

    return sorted(_once(found), key=order)


def check_elements(root: Element, version: Version, livret: Livret) -> list[Finding]:
    """The same of a file that was read, whose elements are at hand."""
    names = Names(livret)
    found = [names.finding(one) for one in departures(root, version)]
    return list(_once([*found, *_rules(livret, names)]))


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    """A Finding holds a mapping, and has no hash: told apart by what it says."""
    seen: set[tuple[Any, ...]] = set()
    for one in found:
        key = (one.code, one.sentence, tuple(sorted(one.refs.items())))
        if key not in seen:
            seen.add(key)
            yield one


class Names:
    """Whom an identifier of the file names, and where a departure stands."""

    def __init__(self, livret: Livret) -> None:
        self.pupils = {one.id: one for one in livret.pupils}
        self.teachers = {one.id: one for one in livret.teachers}
        self.disciplines = {one.id: one for one in livret.disciplines}

    def pupil(self, ref: str) -> str:
        one = self.pupils.get(ref)
        return f"{one.given_name} {one.family_name}".strip() if one else ""

    def teacher(self, ref: str) -> str:
        one = self.teachers.get(ref)
        return f"{one.given_name} {one.family_name}".strip() if one else ""

    def facts(
        self, pupil: str = "", discipline: str = "", teachers: Sequence[str] = (), division: str = ""
    ) -> dict[str, Any]:
        """The fields of a Finding that name people and places."""
        learnt = self.disciplines.get(discipline)
        place = division or (self.pupils[pupil].division if pupil in self.pupils else "")
        refs = {
            "pupil": pupil,
            "subject": discipline,
            "teacher": " ".join(teachers),
            "division": place,
        }
        return {
            "pupil": self.pupil(pupil),
            "division": place,
            "subject": learnt.name if learnt else "",
            "teacher": ", ".join(filter(None, map(self.teacher, teachers))),
            "refs": {name: ref for name, ref in refs.items() if ref},
        }

    def made(
        self, code: str, mend: Mend, message: str, *, severity: Severity = Severity.ERROR, **where: Any
    ) -> Finding:
        """« Lina Moreau (6e A), Mathématiques : … » and the finding of it."""
        facts = self.facts(**where)
        who = facts["pupil"] or ("" if facts["subject"] else facts["teacher"])
        place = facts["division"]
        if who and place:
            who = f"{who} ({place})"
        words = ", ".join(filter(None, (who or place, facts["subject"])))
        sentence = (
            _("%(where)s : %(said)s") % {"where": words, "said": message}
            if words
            else message[:1].upper() + message[1:]
        )
        return Finding(code, severity, sentence, mend, **facts)

    # Departures

    def finding(self, one: Departure) -> Finding:
        tag, name = one.element.tag, one.name
        mend = SCREENS.get((tag, name)) or next(
            (SCREENS_OF_ELEMENTS[step.tag] for step in reversed(one.path) if step.tag in SCREENS_OF_ELEMENTS),
            Mend.COUNCIL,
        )
        if tag == "commentaire" or (tag, name) == ("bilan-periodique", "acquis-conseils"):
            mend = Mend.SCHOOL_LIFE if one.path[-2].tag == "vie-scolaire" else Mend.COUNCIL
        return self.made(code_of(one), mend, self._said(one), **self._where(one))

    def _where(self, one: Departure) -> dict[str, Any]:
        """The nearest pupil, subject and teachers on the way to an element."""
        found: dict[str, Any] = {}
        for step in one.path:
            for attribute, word in PLACES.get(step.tag, {}).items():
                value = step.attributes.get(attribute, "")
                found[word] = value.split() if word == "teachers" else value
        if (one.element.tag, one.name) in OF_THE_CLASS and one.fault == Fault.MISSING:
            pupil = self.pupils.get(found.pop("pupil", ""))
            found["division"] = pupil.division if pupil else ""
        return found

    def _said(self, one: Departure) -> str:
        tag = one.element.tag
        what = FIELDS.get((tag, one.name)) or FIELDS.get((one.name, "")) or one.name or tag
        if tag == "socle" and one.name == "domaine":
            codes = {child.attributes.get("code", "") for child in one.element.children}
            lacking = [str(name) for code, name in COMPONENTS.items() if code not in codes]
            return _("il manque le niveau de : %(components)s.") % {"components": ", ".join(lacking)}
        low, high = one.kind.lowest, one.kind.highest
        return str(FAULTS[one.fault]) % {
            "what": what,
            "name": one.name or tag,
            "value": one.value[:60],
            "length": len(one.value),
            "most": one.kind.most,
            "least": one.kind.least,
            "sign": signs_said(one.value),
            "range": _("un nombre de %(low)s à %(high)s") % {"low": low, "high": high}
            if high is not None
            else _("un nombre à partir de %(low)s") % {"low": low},
            "other": self._other(one),
        }

    def _other(self, one: Departure) -> str:
        if one.other is None:
            return ""
        ref = one.other.attributes.get("id", "")
        found = self.disciplines.get(ref)
        return (
            self.pupil(ref)
            or self.teacher(ref)
            or (found.name if found else "")
            or one.other.attributes.get("libelle", "")
            or self.pupil(one.other.attributes.get("eleve-ref", ""))
        )


# Codes that people and tests know by a word; the others are made of the element, what it lacks, and the fault.
CODES = {
    ("eleve", "id-be", Fault.MISSING): "pupil-without-siecle-number",
    ("eleve", "id-be", Fault.DOUBLE): "pupil-twice",
    ("enseignant", "id-sts", Fault.MISSING): "teacher-without-sts-number",
    ("enseignant", "id-sts", Fault.DOUBLE): "teacher-twice",
    ("discipline", "code", Fault.DOUBLE): "subject-twice",
    ("discipline", "code", Fault.MISSING): "subject-without-code",
    ("discipline", "code", Fault.TOO_SHORT): "subject-without-code",
    ("discipline", "code", Fault.TOO_LONG): "subject-without-code",
    ("acquis", "enseignant-refs", Fault.MISSING): "subject-without-teacher",
    ("appreciation", "", Fault.TOO_LONG): "appreciation-too-long",
    ("bilan-periodique", "acquis-conseils", Fault.MISSING): "council-without-words",
    ("acquis-conseils", "", Fault.TOO_LONG): "council-words-too-long",
    ("bilan-periodique", "date-conseil-classe", Fault.MISSING): "council-without-date",
    ("bilan-periodique", "liste-acquis", Fault.MISSING): "pupil-without-subject",
    ("bilan-periodique", "vie-scolaire", Fault.MISSING): "school-life-missing",
    ("bilan-cycle", "synthese", Fault.MISSING): "cycle-without-synthesis",
    ("bilan-cycle", "socle", Fault.MISSING): "cycle-incomplete",
    ("socle", "domaine", Fault.TOO_FEW): "cycle-incomplete",
    ("donnees", "responsables-etab", Fault.MISSING): "school-without-head",
    ("donnees", "eleves", Fault.MISSING): "no-pupil",
    ("element-programme", "libelle", Fault.TOO_LONG): "programme-item-too-long",
    ("eleve", "code-division", Fault.TOO_LONG): "class-name-too-long",
    ("eleve", "code-division", Fault.MISSING): "pupil-without-class",
    ("adresse", "code-postal", Fault.MISSING): "address-incomplete",
    ("adresse", "commune", Fault.MISSING): "address-incomplete",
}


def code_of(one: Departure) -> str:
    tag = one.element.tag
    if one.fault == Fault.FORBIDDEN:
        return "forbidden-sign"
    known = CODES.get((tag, one.name, one.fault))
    return known or "-".join(filter(None, (tag, one.name, one.fault.value)))


def signs_said(text: str) -> str:
    """« U+000B » of each sign that XML cannot hold, or that stands alone for a return."""
    signs = dict.fromkeys([*UNSAYABLE.findall(text), *("\r" for sign in text if sign == "\r")])
    return ", ".join(f"U+{ord(sign):04X}" for sign in signs)


def _departures(livret: Livret, version: Version, names: Names) -> Iterator[Finding]:
    """What the schema would refuse. Without a head of the school, no bilan names one: it is said once."""
    for one in departures(element_of(livret, version.root, version), version):
        headless = one.name == "responsable-etab-ref" and not livret.principals
        if not headless:
            yield names.finding(one)


# What no schema says


def _rules(livret: Livret, names: Names) -> Iterator[Finding]:
    for report in livret.period_reports:
        yield from _of_period(report, names)
    for balance in livret.cycle_reports:
        yield from _signs(balance.synthesis, names, Mend.BALANCE, pupil=balance.pupil)
    yield from _head_teachers(livret, names)
    yield from _programmes(livret, names)
    yield from _namesakes(livret.pupils, names)
    yield from _without_report(livret, names)
    known = {*THEMES, *(theme.code for theme in livret.themes)}
    for project in livret.projects:
        if project.theme not in known:
            message = _("le thème « %(theme)s » de l’EPI « %(title)s » n’est pas connu.")
            values = {"theme": project.theme, "title": project.title}
            yield names.made("theme-unknown", Mend.COUNCIL, message % values)


def _of_period(report: PeriodReport, names: Names) -> Iterator[Finding]:
    for learnt in report.learnt:
        yield from _of_subject(report, learnt, names)
    pupil = report.pupil
    yield from _signs(report.advice, names, Mend.COUNCIL, pupil=pupil)
    if report.school_life:
        yield from _signs(report.school_life.text, names, Mend.SCHOOL_LIFE, pupil=pupil)
    for plan in report.plans:
        for code, name in PLANS_WITH_WORDS.items():
            if getattr(plan, name) and plan.code != code:
                message = _("le complément du %(code)s accompagne un %(other)s.") % {
                    "code": code,
                    "other": plan.code,
                }
                yield names.made("plan-words-misplaced", Mend.COUNCIL, message, pupil=pupil)


def _of_subject(report: PeriodReport, learnt: Learnt, names: Names) -> Iterator[Finding]:
    where = {"pupil": report.pupil, "discipline": learnt.discipline, "teachers": learnt.teachers}

    def made(code: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
        return names.made(code, Mend.APPRECIATION, message, severity=severity, **where)

    if not learnt.average and learnt.position is None and not learnt.not_marked:
        yield made("subject-without-result", _("il n’y a ni moyenne, ni positionnement, ni « non noté »."))
    if learnt.average and learnt.not_marked:
        yield made("marked-and-not-marked", _("l’élève a une moyenne et n’est pas noté."))
    if not learnt.text.strip():
        yield made("appreciation-missing", _("il manque l’appréciation."), Severity.WARNING)
    yield from _signs(learnt.text, names, Mend.APPRECIATION, **where)


def _signs(text: str, names: Names, mend: Mend, **where: Any) -> Iterator[Finding]:
    """Signs that XML takes, and that a livret may lose on its way."""
    odd = dict.fromkeys(sign for sign in text if sign not in USUAL and unicodedata.category(sign) in UNUSUAL)
    odd = {sign: None for sign in odd if not UNSAYABLE.match(sign)}
    if odd:
        message = _("le texte contient un signe que le livret peut perdre (%(signs)s).")
        codes = ", ".join(f"U+{ord(sign):04X}" for sign in odd)
        yield names.made("unusual-sign", mend, message % {"signs": codes}, severity=Severity.WARNING, **where)


def _head_teachers(livret: Livret, names: Names) -> Iterator[Finding]:
    pairs = [(one.pupil, one.head_teachers) for one in livret.period_reports]
    pairs += [(one.pupil, one.head_teachers) for one in livret.cycle_reports]
    alone = [pupil for pupil, head_teachers in pairs if not head_teachers]
    for division in sorted({names.pupils[pupil].division for pupil in alone if pupil in names.pupils}):
        message = _("la classe n’a pas de professeur principal.")
        yield names.made(
            "class-without-head-teacher", Mend.TEAM, message, severity=Severity.WARNING, division=division
        )


def _programmes(livret: Livret, names: Names) -> Iterator[Finding]:
    """Said once for a class and a subject, where it is of no pupil."""
    lacking: dict[tuple[str, str], tuple[str, ...]] = {}
    places: set[tuple[str, str]] = set()
    for report in livret.period_reports:
        pupil = names.pupils.get(report.pupil)
        for learnt in report.learnt if pupil else ():
            place = (pupil.division if pupil else "", learnt.discipline)
            if learnt.items:
                places.add(place)
            lacking.setdefault(place, learnt.teachers)
    for place, teachers in lacking.items():
        if place not in places:
            division, discipline = place
            message = _("aucun élément de programme n’est dit.")
            where = {"division": division, "discipline": discipline, "teachers": teachers}
            yield names.made(
                "programme-missing", Mend.APPRECIATION, message, severity=Severity.WARNING, **where
            )


def _namesakes(pupils: Sequence[Pupil], names: Names) -> Iterator[Finding]:
    """Two pupils of one class with one name: one child, very often, taken in twice."""
    found: dict[tuple[str, str, str], list[Pupil]] = defaultdict(list)
    for one in pupils:
        found[fold(one.family_name), fold(one.given_name), one.division].append(one)
    for same in found.values():
        for one in same[1:]:
            message = _("un autre élève de la classe porte le même nom : est-il là deux fois ?")
            yield names.made("namesake", Mend.PERSON, message, severity=Severity.WARNING, pupil=one.id)


def _without_report(livret: Livret, names: Names) -> Iterator[Finding]:
    pupils = {one.pupil for one in livret.period_reports} | {one.pupil for one in livret.cycle_reports}
    for pupil in livret.pupils:
        if pupil.id not in pupils:
            message = _("l’élève n’a aucun bilan.")
            yield names.made(
                "pupil-without-report", Mend.COUNCIL, message, severity=Severity.WARNING, pupil=pupil.id
            )


def _beside(livret: Livret, names: Names, beside: Beside) -> Iterator[Finding]:
    if not beside.sealed:
        message = _("la période « %(period)s » n’est pas arrêtée.") % {"period": beside.period}
        yield names.made("period-not-sealed", Mend.PERIODS, message)
    for ref, name in beside.classless.items():
        message = _("%(pupil)s n’est dans aucune classe, et n’est donc pas dans le fichier.") % {
            "pupil": name
        }
        code, warns = "pupil-in-no-class", Severity.WARNING
        yield Finding(code, warns, message, Mend.PERSON, pupil=name, refs={"pupil": ref})
    for one in beside.silences:
        message = _("%(division)s, %(subject)s : rien n’en est dit, la matière n’est pas dans le fichier.")
        values = {"division": one.division, "subject": one.subject}
        yield Finding(
            "subject-silent",
            Severity.WARNING,
            message % values,
            Mend.APPRECIATION,
            division=one.division,
            subject=one.subject,
            teacher=one.teacher,
            refs={"division": one.division, "teacher": " ".join(one.teachers)},
        )
    for pupil in livret.pupils:
        if not beside.ines.get(pupil.id):
            yield names.made(
                "pupil-without-ine",
                Mend.IMPORT,
                _("il manque l’INE."),
                severity=Severity.WARNING,
                pupil=pupil.id,
            )
        if not beside.programmes.get(pupil.id, False):
            yield names.made(
                "programme-unknown",
                Mend.IMPORT,
                _("la formation suivie (MEF) n’est pas connue."),
                severity=Severity.WARNING,
                pupil=pupil.id,
            )


def errors(found: Iterable[Finding]) -> list[Finding]:
    """Those for which the file does not leave."""
    return [one for one in found if one.severity == Severity.ERROR]
