"""What a campaign is about, then its channels and its words."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Alert, Entry, FollowUp, Status
from preau.domains.campaigns import rules
from preau.domains.campaigns.models import Campaign, Channel
from preau.domains.campaigns.models.campaigns import LONGEST, LONGEST_SMS
from preau.domains.campaigns.queries.finding import FindingFilter
from preau.foundation import sms
from preau.foundation.fields import Day, OneRow, SeveralRows

Kind = Campaign.Kind
WEEK, FARTHEST = timedelta(days=7), timedelta(days=370)
MOST_CHOSEN = 500


class StartForm(forms.Form):
    """Whom to write to, and about what."""

    kind = forms.ChoiceField(
        label=_("Écrire au sujet de"),
        widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CHOSEN],
        error_messages={"required": _("Choisissez de quoi parle le message.")},
    )
    since = Day(label=_("Du"))
    until = Day(label=_("Au"))
    at_least = forms.IntegerField(
        label=_("À partir de"),
        min_value=1,
        max_value=60,
        help_text=_("Cours manqués, ou retards, par élève. 1 : tous."),
    )
    group = OneRow(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "kind": Kind.ABSENCES,
            "since": viewer.today - WEEK,
            "until": viewer.today,
            "at_least": 1,
        }
        super().__init__(*args, **kwargs)
        classes = Group.objects.visible_to(viewer).filter(year=viewer.year, kind=Group.Kind.CLASS)
        self.fields["group"].queryset = classes.order_by("rank", "name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("La fin vient avant le début."))
        elif since and until and until - since > FARTHEST:
            self.add_error("since", gettext("Choisissez une année au plus."))
        return data

    def asked(self) -> FindingFilter:
        data = self.cleaned_data
        return FindingFilter(data["kind"], data["since"], data["until"], data["at_least"], data["group"])


class ChosenForm(forms.Form):
    """Lines chosen in a list of absences, of alerts or of follow-ups."""

    entries = SeveralRows(Entry.objects.none(), required=False)
    alertes = SeveralRows(Alert.objects.none(), required=False)
    suivis = SeveralRows(FollowUp.objects.none(), required=False)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["entries"].queryset = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
        fields["alertes"].queryset = Alert.objects.visible_to(viewer)
        fields["suivis"].queryset = FollowUp.objects.visible_to(viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in self.fields):
            raise ValidationError(gettext("Choisissez au moins une ligne."))
        return data

    def chosen(self) -> dict[str, list[int]]:
        names = {"entries": "entries", "alertes": "alerts", "suivis": "follow_ups"}
        return {
            ours: [one.pk for one in self.cleaned_data[name][:MOST_CHOSEN]] for name, ours in names.items()
        }


class WordsForm(forms.Form):
    """The channels of a campaign, and its words, whose fields are of a fixed list."""

    by_letter = forms.BooleanField(
        label=_("Courrier"), required=False, help_text=_("Un pli par foyer, à imprimer et à poster.")
    )
    by_mail = forms.BooleanField(label=_("Courriel"), required=False)
    by_sms = forms.BooleanField(
        label=_("SMS"), required=False, help_text=_("Payant. Rien ne part la nuit ni la fin de semaine.")
    )
    body = forms.CharField(
        label=_("Texte du courrier et du courriel"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": _("Écrivez le texte.")},
    )
    sms = forms.CharField(
        label=_("Texte du SMS"),
        max_length=LONGEST_SMS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("160 signes pour un seul SMS, 70 avec certains accents : ê, ç, î…"),
    )
    keep = forms.BooleanField(
        label=_("Garder ces textes pour les prochaines campagnes de ce genre"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sms.is_offered():
            del self.fields["by_sms"], self.fields["sms"]

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name].replace("\r\n", "\n").strip()
        wrong = rules.unknown_fields(text)
        if wrong:
            raise ValidationError(
                gettext("Champ inconnu : %(field)s. Voici ceux qui existent : %(fields)s.")
                % {"field": wrong[0], "fields": ", ".join(f"{{{field}}}" for field in rules.FIELDS)}
            )
        return text

    def clean_body(self) -> str:
        return self._checked("body")

    def clean_sms(self) -> str:
        return self._checked("sms")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(f"by_{channel}") for channel in Channel.values):
            raise ValidationError(gettext("Choisissez au moins une voie : courrier, courriel ou SMS."))
        if data.get("by_sms") and not data.get("sms") and "sms" not in self.errors:
            self.add_error("sms", gettext("Écrivez le texte du SMS."))
        return data

    def said(self) -> dict[str, Any]:
        """The clean values, as the action takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "keep"}


class GestureForm(forms.Form):
    """« envoyer » or « ecarter », and one line: a target, a person, a channel; or « tous », and a doubt."""

    geste = forms.RegexField(
        r"^(?:(envoyer|ecarter)-[0-9]{1,18}-[0-9]{1,18}-(letter|mail|sms)|tous-[a-z_]{1,20})$"
    )

    @property
    def doubt(self) -> str:
        """The doubt of which every line is left out, else ""."""
        verb, _dash, rest = self.cleaned_data["geste"].partition("-")
        return rest if verb == "tous" else ""

    def line(self) -> tuple[bool, int, int, str]:
        verb, target, person, channel = self.cleaned_data["geste"].split("-")
        return verb == "envoyer", int(target), int(person), channel


class ConfirmForm(forms.Form):
    """Somebody has read what leaves, and says so."""

    seen = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=_("J’ai vérifié : ces messages peuvent partir"),
        error_messages={"required": _("Cochez la case pour que les messages partent.")},
    )
