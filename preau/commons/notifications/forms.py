"""What a person chooses: which news to look at, and how to be told."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.notifications import queries
from preau.commons.notifications.models import PACES, WEEKDAYS, Rhythm
from preau.foundation import quiet, webpush
from preau.foundation.boards import NotificationKind, Pace

UNREAD = "non-lues"


class FilterForm(forms.Form):
    """One subject, or only what has not been read; anything else in the address shows everything."""

    sujet = forms.ChoiceField(label=_("Sujet"), required=False)
    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Toutes")), (UNREAD, _("Non lues"))]
    )

    def __init__(self, data: Any, received: Iterable[NotificationKind]) -> None:
        super().__init__(data, auto_id="filtre_%s")
        self.fields["sujet"].choices = [("", _("Tous")), *[(kind.key, kind.label) for kind in received]]

    @property
    def kind(self) -> str:
        return self.cleaned_data.get("sujet", "") if self.is_valid() else ""

    @property
    def unread(self) -> bool:
        return self.is_valid() and self.cleaned_data["etat"] == UNREAD


# As many as a page of sixty thousand bytes holds.
MOST_KINDS = 24


class PreferencesForm(forms.Form):
    """For each kind: in Préau or not, on one's devices or not, and when its mail leaves; then the hour of the summaries."""

    hour = forms.TypedChoiceField(
        label=_("Heure des résumés"), coerce=int, choices=[(hour, f"{hour} h") for hour in quiet.HOURS]
    )
    weekday = forms.TypedChoiceField(label=_("Jour du résumé de la semaine"), coerce=int, choices=WEEKDAYS)

    def __init__(
        self,
        data: Any,
        kinds: Sequence[NotificationKind],
        wishes: dict[str, queries.Wish],
        rhythm: Rhythm,
        *,
        devices: bool = False,
        part: str = "",
    ) -> None:
        super().__init__(data, initial={"hour": rhythm.hour, "weekday": rhythm.weekday})
        # Without a device, nothing is asked, and nothing changes.
        self.devices, self.before = devices, wishes
        self.parts = _parts([kind for kind in kinds if kind.can_be_muted])
        self.part = int(part) if part.isascii() and part.isdigit() and 0 < len(part) < 3 else 1
        self.part = self.part if self.part in self.parts else 1
        self.kinds = self.parts.get(self.part, [])
        self.fixed = [kind for kind in kinds if not kind.can_be_muted]
        for kind in self.kinds:
            wish = wishes[kind.key]
            self.fields[f"{kind.key}-in_app"] = forms.BooleanField(
                label=_("Dans Préau"), required=False, initial=wish.in_app
            )
            self.fields[f"{kind.key}-pace"] = forms.ChoiceField(
                label=_("Par courriel"), choices=PACES, initial=wish.pace.value
            )
            if devices:
                self.fields[f"{kind.key}-push"] = forms.BooleanField(
                    label=_("Sur mes appareils"), required=False, initial=wish.push
                )

    @property
    def query(self) -> str:
        """What the address of this page says, after that of the first one."""
        return f"?partie={self.part}" if self.part > 1 else ""

    def chips(self) -> list[tuple[str, str, bool]]:
        """The pages of kinds, each by the names of its categories, its address, and whether it is this one; none where one is enough."""
        if len(self.parts) < 2:
            return []
        names = {
            number: dict.fromkeys(str(kind.category) for kind in rows) for number, rows in self.parts.items()
        }
        return [(", ".join(said), f"?partie={number}", number == self.part) for number, said in names.items()]

    def by_category(self) -> dict[str, list[tuple[NotificationKind, list[Any]]]]:
        """For each category, its kinds with their fields."""
        found: dict[str, list[tuple[NotificationKind, list[Any]]]] = {}
        asked = ["in_app", "push", "pace"] if self.devices else ["in_app", "pace"]
        for kind in self.kinds:
            row = (kind, [self[f"{kind.key}-{name}"] for name in asked])
            found.setdefault(str(kind.category), []).append(row)
        return found

    def wishes(self) -> dict[str, queries.Wish]:
        values = self.cleaned_data
        return {
            kind.key: queries.Wish(
                values[f"{kind.key}-in_app"],
                Pace(values[f"{kind.key}-pace"]),
                values.get(f"{kind.key}-push", self.before[kind.key].push),
            )
            for kind in self.kinds
        }


def _parts(kinds: Sequence[NotificationKind]) -> dict[int, list[NotificationKind]]:
    """Kinds by pages of about the same length, a category never cut: whoever has several functions has dozens of them."""
    categories: dict[str, list[NotificationKind]] = {}
    for kind in kinds:
        categories.setdefault(str(kind.category), []).append(kind)
    pages = -(-len(kinds) // MOST_KINDS)
    found: dict[int, list[NotificationKind]] = {}
    for rows in categories.values():
        last = found.get(len(found), [])
        full = not found or (len(found) < pages and len(last) >= len(kinds) / pages)
        found.setdefault(len(found) + full, []).extend(rows)
    return found


class DeviceForm(forms.Form):
    """What a browser gives when it subscribes. Nobody types it: one sentence says that it is not good."""

    endpoint = forms.CharField(max_length=1000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.errors or not _is_subscription(values):
            raise forms.ValidationError(_("Préau ne sait pas prévenir ce navigateur. Essayez avec un autre."))
        return values


class RenewedForm(DeviceForm):
    """What a browser gives when its push service has changed its address: the former one too."""

    old = forms.CharField(max_length=1000, widget=forms.HiddenInput)


def _is_subscription(values: dict[str, Any]) -> bool:
    try:
        point, secret = (webpush.decode(values[name]) for name in ("p256dh", "auth"))
    except ValueError:
        return False
    return webpush.is_known(values["endpoint"]) and webpush.is_point(point) and len(secret) == 16
