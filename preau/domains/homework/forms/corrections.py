"""What a teacher says of what a pupil handed in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.files.actions import Desk
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import DOCUMENTS
from preau.directory.viewer import Viewer
from preau.domains.homework.actions.corrections import CorrectionFacts, Remark
from preau.domains.homework.models import Annotation, HandIn
from preau.foundation.fields import Attachments


class CorrectionForm(forms.Form):
    """What a teacher says of what was handed in, and remarks in its margin: those that are there, and room for more."""

    MORE = 5
    LATER, NEXT, BACK = "garder", "suivante", "remettre"

    comment = forms.CharField(
        label=_("Commentaire"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("L’élève et ses responsables le liront."),
    )
    mark = forms.CharField(
        label=_("Note ou appréciation"),
        required=False,
        max_length=40,
        help_text=_("Par exemple « 14/20 » ou « Acquis »."),
    )
    papers = Attachments(label=_("Corrigé ou document"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        viewer: Viewer,
        hand_in: HandIn,
        held: Sequence[StoredFile],
        noted: Sequence[Annotation],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        shown: dict[str, Any] = {"comment": hand_in.comment, "mark": hand_in.mark, "seen": hand_in.version}
        for number, one in enumerate(noted):
            shown |= {
                f"feuille-{number}": one.sheet,
                f"endroit-{number}": one.place,
                f"remarque-{number}": one.text,
            }
        super().__init__(*args, initial=shown, **kwargs)
        self.fields["papers"].desk = Desk(viewer, hand_in.school_id, DOCUMENTS, held)  # type: ignore[attr-defined]
        self.rows = max(len(noted) + self.MORE, self._sent())
        self.noted = len(noted)
        # A draft may be emptied again; nothing at all is no correction.
        self.had_words = bool(hand_in.comment or hand_in.mark or noted or held)
        for number in range(self.rows):
            self.fields |= self._remark(number)

    def _sent(self) -> int:
        """How many the page had, where a colleague has taken some away meanwhile."""
        names = [name.removeprefix("remarque-") for name in self.data if name.startswith("remarque-")]
        return max(
            (int(name) + 1 for name in names if name.isascii() and name.isdigit() and len(name) < 3),
            default=0,
        )

    @staticmethod
    def _remark(number: int) -> dict[str, forms.Field]:
        wrong = dict.fromkeys(["invalid", "min_value", "max_value"], _("Écrivez un numéro de page."))
        sheet = forms.IntegerField(
            label=_("Page"),
            required=False,
            min_value=1,
            max_value=999,
            error_messages=wrong,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        )
        place = forms.CharField(label=_("Endroit"), required=False, max_length=80)
        remark = forms.CharField(
            label=_("Remarque"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
        )
        return {f"feuille-{number}": sheet, f"endroit-{number}": place, f"remarque-{number}": remark}

    @property
    def remarks(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Page, place and words of each remark, as the page shows them."""
        names = ("feuille", "endroit", "remarque")
        return [tuple(self[f"{name}-{number}"] for name in names) for number in range(self.rows)]  # type: ignore[misc]

    @property
    def open_rows(self) -> int:
        """How many remarks are shown without unfolding the others: those that say something or are wrong, and one more."""
        used = [
            number
            for number, bounds in enumerate(self.remarks)
            if any(bound.value() or bound.errors for bound in bounds)
        ]
        return min(max(used, default=-1) + 2, self.rows)

    @property
    def gesture(self) -> str:
        return str(self.data.get("geste", self.LATER))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in range(self.rows):
            where = data.get(f"feuille-{number}") or data.get(f"endroit-{number}")
            if where and not data.get(f"remarque-{number}") and f"remarque-{number}" not in self.errors:
                self.add_error(f"remarque-{number}", _("Écrivez la remarque, ou effacez l’endroit."))
        if not self.errors and not self._says_something() and not self._empties():
            self.add_error(
                "comment",
                _(
                    "La correction est vide : écrivez un commentaire, une note ou une remarque, ou joignez un corrigé."
                ),
            )
        return data

    def _says_something(self) -> bool:
        data = self.cleaned_data
        return bool(data["comment"] or data["mark"] or data["papers"] or self._remarks())

    def _empties(self) -> bool:
        return self.had_words and self.gesture not in {self.NEXT, self.BACK}

    def _remarks(self) -> list[Remark]:
        data = self.cleaned_data
        return [
            Remark(data[f"feuille-{number}"], data[f"endroit-{number}"], data[f"remarque-{number}"])
            for number in range(self.rows)
            if data[f"remarque-{number}"]
        ]

    def typed(self) -> CorrectionFacts:
        data = self.cleaned_data
        return CorrectionFacts(
            data["comment"],
            data["mark"],
            data["papers"],
            back=self.gesture == self.BACK,
            remarks=self._remarks(),
            done=self.gesture == self.NEXT,
        )
