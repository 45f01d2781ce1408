"""A bulletin of nobody, by which a school sees its model before any council."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from preau.directory.models import School, Subject
from preau.domains.report_cards.models import CardPolicy
from preau.domains.report_cards.models.settings import Column
from preau.domains.report_cards.queries.cards import FORM, Content, digest_of_picture
from preau.foundation.text import natural

# What an invented pupil has, subject after subject.
MEANS = (14.5, 12.0, 15.5, 10.5, 13.0, 16.0, 11.5, 14.0)


def ordered(policy: CardPolicy, subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects of a school as its bulletins have them."""
    places = {pk: place for place, pk in enumerate(policy.subject_order)}
    return sorted(subjects, key=lambda one: (places.get(one.pk, len(places)), natural(one.name)))


def sample_of(policy: CardPolicy, school: School, year: str, subjects: Sequence[Subject]) -> Content:
    """What the bulletin of an invented pupil would say, by this model."""
    mean, ends, levels = (one.value in policy.columns for one in (Column.MEAN, Column.RANGE, Column.LEVELS))
    lines = [
        {
            "name": one.name,
            "code": one.code,
            "teachers": [_("Mme Exemple")],
            "average": f"{value:.1f}".replace(".", ","),
            "value": value,
            "class": [value - 3, value + 2, value - 0.5, ""] if mean else None,
            "range": ["4,5", "18"] if ends else None,
            "text": _("Un travail régulier et soigné."),
            "levels": [[_("Lire et comprendre"), 3]] if levels and place == 0 else [],
        }
        for place, (one, value) in enumerate(zip(ordered(policy, subjects), MEANS, strict=False))
    ]
    return {
        "form": FORM,
        "school": school.name,
        "uai": school.uai,
        "year": year,
        "period": _("Trimestre 1"),
        "class": _("6e A"),
        "given_name": _("Camille"),
        "family_name": _("Exemple"),
        "general": "13,4",
        "class_general": "12,8" if mean else "",
        "columns": policy.columns,
        "logo": bool(policy.shows_logo and school.logo),
        "signatory": policy.signatory,
        "signature": digest_of_picture(policy.signature),
        "subjects": lines,
        "text": _("Un trimestre solide, de la curiosité dans toutes les matières."),
        "by": _("Mme Exemple"),
        "life": "",
        "life_by": "",
        "distinction": next(iter(policy.distinctions), ""),
        "missed": {"half_days": 1, "unexcused": 0, "late": 2},
    }
