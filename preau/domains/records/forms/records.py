"""Opening a record, writing its next version, finding one in the list."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.records import rules
from preau.domains.records.actions.writing import RecordWords
from preau.domains.records.models import Kind, Record, Words, next_review
from preau.domains.records.queries import choices
from preau.foundation import dates
from preau.foundation.fields import Day, FewRows, Filter, OneRow

LONGEST = 6000
# A plan is looked at again at least so often.
FARTHEST = 24


class OnePerson(OneRow):
    def label_from_instance(self, obj: Person) -> str:  # type: ignore[override]
        return obj.list_name


def words_field(label: Any, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class WordsForm(forms.Form):
    """The parts of a record. Those that only a plan has are not shown for a professional's notes."""

    needs = words_field(
        _("Ce qu’il faut savoir"),
        5,
        help_text=_(
            "Lu par les personnes de la liste d’accès seulement, et par la famille pour un PAI, un PAP, un PPS ou un PPRE."
        ),
    )
    plan = words_field(_("Ce qui est prévu"), 5)
    emergency = words_field(
        _("Que faire en cas d’urgence"),
        4,
        help_text=_("Des gestes courts, dans l’ordre, et qui appeler."),
    )
    shows_emergency = forms.BooleanField(
        label=_("Montrer la conduite d’urgence aux adultes qui ont l’élève devant eux"),
        required=False,
        help_text=_(
            "Ses enseignants, la vie scolaire, la direction et l’infirmerie la lisent alors tout de suite, et rien d’autre du dossier. Chaque lecture est notée."
        ),
    )
    plain = words_field(
        _("En mots simples, pour l’élève"),
        3,
        help_text=_("Ce que l’élève lit sur sa page, avec les aménagements."),
    )
    review_on = Day(label=_("À revoir le"))

    def __init__(self, viewer: Viewer, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if not rules.has_plain_part(kind):
            for name in ("emergency", "shows_emergency", "plain"):
                del self.fields[name]

    def clean_review_on(self) -> Any:
        day = self.cleaned_data["review_on"]
        last = dates.months_later(self.viewer.today, FARTHEST)
        if not self.viewer.today < day <= last:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans les deux ans."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("needs") and not data.get("plan") and not self.errors:
            self.add_error("needs", _("Écrivez au moins ce qu’il faut savoir, ou ce qui est prévu."))
        if data.get("shows_emergency") and not data.get("emergency"):
            self.add_error("emergency", _("Écrivez la conduite d’urgence avant de la montrer."))
        return data

    def written(self) -> RecordWords:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        words = Words(**{name: data.get(name, "") for name in ("needs", "plan", "plain", "emergency")})
        return RecordWords(words, data["review_on"], bool(data.get("shows_emergency")))


class OpenForm(WordsForm):
    """A new record of a pupil. The form carries its own number: sent twice, it opens one."""

    pupil = OnePerson(
        Person.objects.none(),
        label=_("Élève"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un élève.")},
    )
    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    field_order = ("pupil", "needs", "plan", "emergency", "shows_emergency", "plain", "review_on")

    def __init__(self, viewer: Viewer, kind: str, group: Group | None, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"sent_as": secrets.token_hex(16), "review_on": next_review(viewer.today)} | (
            kwargs.get("initial") or {}
        )
        super().__init__(viewer, kind, *args, **kwargs)
        self.fields["pupil"].queryset = choices.pupils_of(viewer, group)  # type: ignore[attr-defined]


class ReviseForm(WordsForm):
    """The next version; `seen` is the number of the one that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)

    def __init__(self, viewer: Viewer, record: Record, words: Words, *args: Any, **kwargs: Any) -> None:
        held = {name: getattr(words, name) for name in ("needs", "plan", "plain", "emergency")}
        kwargs["initial"] = held | {
            "seen": record.revision,
            "shows_emergency": record.shows_emergency,
            "review_on": record.review_on,
        }
        super().__init__(viewer, record.kind, *args, **kwargs)
        self.record = record

    def clean_review_on(self) -> Any:
        """A day that is over may stay while something else is mended: the reminder goes on."""
        if self.cleaned_data["review_on"] == self.record.review_on:
            return self.record.review_on
        return super().clean_review_on()


class RecordFilter(Filter):
    """What the list is narrowed by."""

    classe = FewRows(
        Group.objects.none(), label=_("Classe ou groupe"), required=False, empty_label=_("Toutes")
    )
    nature = forms.ChoiceField(label=_("Nature"), required=False, choices=[("", _("Toutes")), *Kind.choices])
    etat = forms.ChoiceField(label=_("État"), required=False, choices=Record.State.choices)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.visible_to(viewer).filter(year=viewer.year).order_by("kind", "rank", "name")
        self.fields["classe"].queryset = groups  # type: ignore[attr-defined]
