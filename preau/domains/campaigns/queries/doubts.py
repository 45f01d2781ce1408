"""What is said of each doubt, what to do about it, and the lines as the page of checks shows them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.campaigns.models import Channel
from preau.domains.campaigns.queries.plan import BLOCKING, Doubt, Line

SAID = {
    Doubt.LEFT: gettext_lazy("N’est plus élève de l’établissement : rien ne part."),
    Doubt.SETTLED: gettext_lazy("Tout est expliqué ou corrigé depuis : rien ne part."),
    Doubt.NOBODY: gettext_lazy("Personne à prévenir dans le dossier : complétez les responsables."),
    Doubt.BARRED: gettext_lazy("Ne doit pas être informée (décision de justice) : rien ne lui est envoyé."),
    Doubt.NO_ADDRESS: gettext_lazy("Adresse postale inconnue : notez-la, ou choisissez une autre voie."),
    Doubt.NO_MAIL: gettext_lazy(
        "Aucun courriel dans le dossier : corrigez-le, ou choisissez une autre voie."
    ),
    Doubt.NO_PHONE: gettext_lazy(
        "Aucun numéro de mobile dans le dossier : corrigez-le, ou choisissez une autre voie."
    ),
    Doubt.MAIL_REFUSED: gettext_lazy(
        "Cette adresse a refusé un courriel : corrigez-la, ou choisissez une autre voie."
    ),
    Doubt.NO_SMS: gettext_lazy("Ne veut pas de SMS : choisissez une autre voie."),
    Doubt.SAME_PHONE: gettext_lazy("Même numéro qu’un autre responsable de l’élève : un seul SMS part."),
    Doubt.MAIL_UNPROVEN: gettext_lazy(
        "Adresse jamais vérifiée : cette personne n’a pas encore ouvert son compte."
    ),
    Doubt.SHARED_PHONE: gettext_lazy(
        "Ce numéro est aussi celui d’une autre famille : vérifiez-le, ou écartez la ligne."
    ),
    Doubt.ADULT: gettext_lazy("Élève majeur : il reçoit aussi le message. Écartez ses parents s’il faut."),
    Doubt.LONG_SMS: gettext_lazy("Texte long : plusieurs SMS à payer. Raccourcissez-le si vous pouvez."),
    Doubt.TOLD_TODAY: gettext_lazy(
        "Déjà prévenue aujourd’hui de la même absence : écartez la ligne s’il faut."
    ),
}
# Those that are mended where the person is reached.
REACHED = {
    Doubt.NO_ADDRESS,
    Doubt.NO_MAIL,
    Doubt.NO_PHONE,
    Doubt.MAIL_REFUSED,
    Doubt.NO_SMS,
    Doubt.SHARED_PHONE,
}


@dataclass(frozen=True)
class LineRow:
    """One line: whom it is for, by what, its doubts in words, and what may be done. `others`: channels to write by instead."""

    key: str
    pupil: str
    pupil_id: str
    group: str
    person: str
    person_id: str
    channel: str
    to: str
    parts: int
    doubts: list[str]
    is_blocked: bool
    is_out: bool
    is_to_reach: bool
    others: list[tuple[str, str]]


def line_rows(lines: Iterable[Line]) -> list[LineRow]:
    return [_row(line) for line in lines]


def _row(line: Line) -> LineRow:
    person = line.reach.person if line.reach else None
    start = line.key.rsplit("-", 1)[0]
    return LineRow(
        key=line.key,
        pupil=line.pupil.list_name,
        pupil_id=line.pupil.public_id,
        group=line.group,
        person=person.list_name if person else "",
        person_id=person.public_id if person else "",
        channel=str(Channel(line.channel).label) if line.channel else "",
        to=line.to.replace("\n", ", "),
        parts=line.parts,
        doubts=[_said(doubt, line) for doubt in line.doubts],
        is_blocked=line.is_blocked,
        is_out=line.is_out,
        is_to_reach=person is not None and not REACHED.isdisjoint(line.doubts),
        others=[(f"{start}-{other}", str(Channel(other).label)) for other in line.others],
    )


def _said(doubt: Doubt, line: Line) -> str:
    if doubt == Doubt.LONG_SMS and line.length:
        odd = line.length.odd[:8]
        why = _(" (à cause de : %(letters)s)") % {"letters": odd} if odd else ""
        return _("Texte long : %(parts)s SMS à payer%(why)s. Raccourcissez-le si vous pouvez.") % {
            "parts": line.parts,
            "why": why,
        }
    return str(SAID[doubt])


@dataclass(frozen=True)
class DoubtRow:
    """A doubt in words, on how many lines; `leaving`: how many of these would leave all the same."""

    doubt: str
    words: str
    count: int
    leaving: int
    blocks: bool


def summary_of(lines: Iterable[Line]) -> list[DoubtRow]:
    """Each doubt that some line has, those that let nothing leave first."""
    lines = list(lines)
    counts = Counter(doubt for line in lines for doubt in line.doubts)
    leaving = Counter(doubt for line in lines if line.leaves for doubt in line.doubts)
    return [
        DoubtRow(doubt.value, str(SAID[doubt]), counts[doubt], leaving[doubt], doubt in BLOCKING)
        for doubt in Doubt
        if counts[doubt]
    ]
