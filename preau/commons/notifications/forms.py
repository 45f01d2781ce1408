"""What a person chooses: which news to look at, and how to be told."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.commons.delivery.queries import words_for
from preau.commons.delivery.rules import ANY_HOUR, DAY, WEEK, PersonHours, SchoolHours, leaves_something
from preau.commons.notifications import queries
from preau.commons.notifications.models import PACES, WEEKDAYS, Rhythm
from preau.foundation import webpush
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.fields import Clock, Weekdays, time_of

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
        label=_("Heure des résumés"), coerce=int, choices=[(hour, f"{hour} h") for hour in Rhythm.HOURS]
    )
    weekday = forms.TypedChoiceField(label=_("Jour du résumé de la semaine"), coerce=int, choices=WEEKDAYS)
    quiet_from = Clock(label=_("Rien à partir de"), required=False)
    quiet_to = Clock(label=_("Jusqu’à"), required=False, help_text=_("Le lendemain, si c’est plus tôt."))
    off = Weekdays(label=_("Jours sans rien"), required=False)

    def __init__(
        self,
        data: Any,
        kinds: Sequence[NotificationKind],
        wishes: dict[str, queries.Wish],
        rhythm: Rhythm,
        *,
        own: tuple[PersonHours, Sequence[SchoolHours]] = (ANY_HOUR, ()),
        devices: bool = False,
        part: str = "",
    ) -> None:
        hours, self.schools = own
        kept = next(iter(hours.quiet), None)
        initial = {
            "hour": rhythm.hour,
            "weekday": rhythm.weekday,
            "quiet_from": time_of(kept[0]) if kept else None,
            "quiet_to": time_of(kept[1] % DAY) if kept else None,
            "off": sorted(WEEK - set(hours.days)),
        }
        super().__init__(data, initial=initial)
        self.preset = queries.preset_of(kinds, wishes, rhythm)
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

    def clean(self) -> dict[str, Any]:
        """Hours that would leave nothing are refused, rather than held in silence."""
        values = self.cleaned_data
        starts, ends = values.get("quiet_from"), values.get("quiet_to")
        if "quiet_from" in values and "quiet_to" in values and (starts is None) != (ends is None):
            missing = "quiet_from" if starts is None else "quiet_to"
            self.add_error(missing, gettext("Donnez les deux heures, ou aucune."))
        elif starts is not None and starts == ends:
            self.add_error("quiet_to", gettext("Les deux heures sont les mêmes : changez l’une d’elles."))
        elif not self.errors:
            closed = [school for school in self.schools if not leaves_something(school, self.hours())]
            if closed:
                parameters = {"hours": words_for(closed[0])}
                self.add_error(
                    "off" if len(values["off"]) else "quiet_to",
                    gettext("Plus rien ne vous parviendrait : l’établissement n’envoie que %(hours)s.")
                    % parameters,
                )
        return values

    def hours(self) -> PersonHours:
        """When nothing comes, as it was typed."""
        values = self.cleaned_data
        starts, ends = values.get("quiet_from"), values.get("quiet_to")
        quiet = () if starts is None or ends is None else ((starts, ends),)
        return PersonHours(quiet, WEEK - set(values["off"]))

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
        return [
            (", ".join(categories), f"?partie={number}", number == self.part)
            for number, categories in names.items()
        ]

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
