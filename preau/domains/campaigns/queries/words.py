"""The words of a campaign: those of the school, else ours; and what stands in the place of each field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person, School
from preau.domains.campaigns.models import Campaign, Wording
from preau.foundation import dates

Kind = Campaign.Kind
MOST_DATES = 12


@dataclass(frozen=True)
class Half:
    """Half a day on which something was missed."""

    day: date
    afternoon: bool

    @property
    def said(self) -> str:
        half = _("après-midi") if self.afternoon else _("matin")
        return f"{dates.day(self.day)} ({half})"


def wording_of(school_id: int, kind: str) -> Wording:
    """What the school keeps for this kind, else what the platform proposes (not saved)."""
    known = Wording.objects.filter(school_id=school_id, kind=kind).first()
    return known or Wording(school_id=school_id, kind=kind, body=_bodies()[kind], sms=_texts()[kind])


def _bodies() -> dict[str, str]:
    start = _("Madame, Monsieur,")
    end = _(
        "Si l’un de ces faits est inexact, ou si vous en connaissez la raison, dites-le sur Préau, page Absences, ou par "
        "téléphone au {telephone}."
    )
    missed = _("{eleve} ({classe}) a manqué {demi_journees} sans que nous sachions pourquoi : {dates}.")
    return {
        Kind.ABSENCES: f"{start}\n\n{missed}\n\n{end}",
        Kind.LATENESS: "{}\n\n{}\n\n{}".format(
            start, _("{eleve} ({classe}) est arrivé en retard {nombre} fois : {dates}."), end
        ),
        Kind.THRESHOLD: "{}\n\n{}\n\n{}".format(
            start,
            _(
                "L’établissement a noté {demi_journees} d’absence sans motif valable pour {eleve} ({classe}) : {dates}. Nous "
                "aimerions en parler avec vous, pour comprendre et pour aider."
            ),
            end,
        ),
        Kind.CHOSEN: "{}\n\n{}\n\n{}".format(
            start, _("Nous vous écrivons au sujet de {eleve} ({classe}) : {dates}."), end
        ),
    }


def _texts() -> dict[str, str]:
    """One message each, in the letters of GSM: no curly apostrophe, no « ê »."""
    return {
        Kind.ABSENCES: _(
            "{etablissement} : {prenom} a {nombre} absence(s) à expliquer. Sur Préau ou au {telephone}."
        ),
        Kind.LATENESS: _(
            "{etablissement} : {prenom} a {nombre} retards notés. Détail sur Préau ou au {telephone}."
        ),
        Kind.THRESHOLD: _(
            "{etablissement} : nous aimerions vous parler de {prenom}. Merci d'appeler le {telephone}."
        ),
        Kind.CHOSEN: _(
            "{etablissement} : merci de lire sur Préau les absences de {prenom}, ou d'appeler le {telephone}."
        ),
    }


def values_of(
    school: School, pupil: Person, group: str, count: int, halves: Iterable[Half]
) -> Mapping[str, str]:
    """What stands in the place of each field (`rules.FIELDS`)."""
    days = list(dict.fromkeys(halves))
    labels = [half.said for half in days[:MOST_DATES]]
    if len(days) > MOST_DATES:
        more = len(days) - MOST_DATES
        labels.append(ngettext("et %(num)s autre", "et %(num)s autres", more) % {"num": more})
    half_days = ngettext("%(num)s demi-journée", "%(num)s demi-journées", len(days)) % {"num": len(days)}
    return {
        "eleve": pupil.full_name,
        "prenom": pupil.given_name,
        "classe": group,
        "nombre": str(count),
        "demi_journees": half_days,
        "dates": ", ".join(labels),
        "etablissement": school.name,
        "telephone": school.phone,
    }
