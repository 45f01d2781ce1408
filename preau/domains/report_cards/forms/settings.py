"""The distinctions of a school, one a line, and the length of texts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.report_cards.models import CardPolicy
from preau.domains.report_cards.models.settings import DISTINCTION_LENGTH, LSU_LIMIT, SHORTEST_LIMIT

MOST_DISTINCTIONS = 8


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=SHORTEST_LIMIT,
        max_value=LSU_LIMIT,
        help_text=gettext_lazy("Signes au plus. Le livret officiel (LSU) n’en prend pas plus de 600."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CardPolicyForm(forms.Form):
    """What councils give, and how long a text may be."""

    distinctions = forms.CharField(
        label=gettext_lazy("Mentions et distinctions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "fr"}),
        help_text=gettext_lazy(
            "Une par ligne, dans l’ordre où le conseil les propose. Ne rien donner est toujours possible."
        ),
    )
    subject_limit = _limit(gettext_lazy("Longueur d’une appréciation de matière"))
    general_limit = _limit(gettext_lazy("Longueur de l’appréciation générale"))

    def __init__(self, policy: CardPolicy, data: Any = None) -> None:
        initial = {
            "distinctions": "\n".join(policy.distinctions),
            "subject_limit": policy.subject_limit,
            "general_limit": policy.general_limit,
        }
        super().__init__(data, initial=initial)

    def clean_distinctions(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["distinctions"].splitlines()]
        words = list(dict.fromkeys(line for line in lines if line))
        if len(words) > MOST_DISTINCTIONS:
            raise forms.ValidationError(_("Pas plus de %(num)s mentions.") % {"num": MOST_DISTINCTIONS})
        long = next((word for word in words if len(word) > DISTINCTION_LENGTH), None)
        if long:
            raise forms.ValidationError(
                _("« %(word)s » est trop long : %(most)s signes au plus.")
                % {"word": long, "most": DISTINCTION_LENGTH}
            )
        return words
