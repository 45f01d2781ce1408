"""The hours of a school, as somebody types them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.delivery.models import SchoolPolicy
from preau.commons.delivery.rules import TEXTS_A_DAY
from preau.foundation import boards, sms
from preau.foundation.fields import Clock, Weekdays, time_of


def by_reason(kinds: Iterable[boards.NotificationKind]) -> list[tuple[str, list[boards.NotificationKind]]]:
    """Urgent kinds under the reason that they share, each said once, in the order of the first of them."""
    found: dict[str, list[boards.NotificationKind]] = {}
    for kind in kinds:
        found.setdefault(str(kind.urgency), []).append(kind)
    return list(found.items())


class SchoolHoursForm(forms.Form):
    """From when to when, on which days, and what passes all the same."""

    opens = Clock(label=gettext_lazy("Rien ne part avant"))
    closes = Clock(label=gettext_lazy("Ni à partir de"))
    days = Weekdays(
        label=gettext_lazy("Jours d’envoi"),
        error_messages={
            "required": gettext_lazy("Choisissez un jour au moins : sinon, plus rien ne partirait.")
        },
    )
    keeps_closures = forms.BooleanField(
        label=gettext_lazy("Rien non plus pendant les vacances et les jours fermés"), required=False
    )

    def __init__(self, policy: SchoolPolicy, data: Any = None) -> None:
        initial = {
            "opens": time_of(policy.opens),
            "closes": time_of(policy.closes),
            "days": policy.days,
            "keeps_closures": policy.keeps_closures,
        }
        super().__init__(data, initial=initial)
        if sms.is_offered():
            self.fields["offers_texts"] = forms.BooleanField(
                label=_("Chacun peut demander à être prévenu par SMS de ce qui ne peut pas attendre"),
                help_text=_(
                    "Les responsables qui n’ont pas ouvert de compte sont prévenus par SMS de ce qui attend leur réponse sur papier. L’établissement paie chaque SMS : %(most)s au plus par personne et par jour."
                )
                % {"most": TEXTS_A_DAY},
                required=False,
                initial=policy.offers_texts,
            )
        self.kinds = [kind for kind in boards.notification_kinds if kind.urgent and kind.may_wait]
        for kind in self.kinds:
            self.fields[f"passe-{kind.key}"] = forms.BooleanField(
                label=kind.label, required=False, initial=kind.key not in policy.waits
            )

    @property
    def reasons(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Why something is urgent, and the kinds that are so for this reason."""
        return [
            (reason, [self[f"passe-{kind.key}"] for kind in kinds]) for reason, kinds in by_reason(self.kinds)
        ]

    @property
    def always(self) -> list[tuple[str, list[boards.NotificationKind]]]:
        """The urgent kinds that no school holds back, by reason."""
        return by_reason(kind for kind in boards.notification_kinds if kind.urgent and not kind.may_wait)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if {"opens", "closes"} <= set(values) and values["opens"] >= values["closes"]:
            self.add_error(
                "closes",
                ValidationError(_("La fin doit venir après le début : sinon, plus rien ne partirait.")),
            )
        return values

    def typed(self) -> dict[str, Any]:
        """What was typed, as the policy keeps it."""
        values = self.cleaned_data
        waits = [kind.key for kind in self.kinds if not values[f"passe-{kind.key}"]]
        settled = ("opens", "closes", "days", "keeps_closures", "offers_texts")
        return {name: values[name] for name in settled if name in self.fields} | {"waits": waits}
