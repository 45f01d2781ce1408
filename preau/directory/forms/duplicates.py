"""Which of two rows to keep."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.actions.merging import mark_of
from preau.directory.models import Person
from preau.directory.queries.duplicates import Comparison


class MergeForm(forms.Form):
    """`garder` is the public id of the row that stays; `avant`, who the two were when the page was shown."""

    garder = forms.ChoiceField(
        label=_("La fiche à garder"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Dites quelle fiche garder."),
            "invalid_choice": _("Dites quelle fiche garder."),
        },
    )
    avant = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, compared: Comparison, *args: Any) -> None:
        super().__init__(*args)
        one, other, kept = compared.one.person, compared.other.person, compared.kept.person
        self.pair = {one.public_id: one, other.public_id: other}
        choice = self.fields["garder"]
        choice.choices = [
            (one.public_id, _("Première fiche : %(name)s") % {"name": one.full_name}),
            (other.public_id, _("Seconde fiche : %(name)s") % {"name": other.full_name}),
        ]
        which = _("la première") if kept is one else _("la seconde")
        choice.help_text = _("Proposée : %(which)s, %(why)s.") % {"which": which, "why": compared.why}
        choice.initial = kept.public_id
        self.fields["avant"].initial = mark_of(one, other)

    def chosen(self) -> tuple[Person, Person]:
        """The row to keep, then the other."""
        kept = self.pair[self.cleaned_data["garder"]]
        return kept, next(person for person in self.pair.values() if person is not kept)
