"""Form fields that Django lacks, and the form of a filter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from preau.foundation.richtext import cleaning, showing, signs
from preau.foundation.uploads import UploadRefused


class Day(forms.DateField):
    """A day, typed in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_of(minute: int) -> str:
    """Minutes since midnight, as a browser wants them."""
    return f"{minute // 60:02}:{minute % 60:02}"


class Clock(forms.TimeField):
    """An hour of the day, typed in the browser's own way; given as minutes since midnight."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else found.hour * 60 + found.minute


class Weekdays(forms.TypedMultipleChoiceField):
    """Days of the week, 1 for Monday."""

    NAMES = (_("Lundi"), _("Mardi"), _("Mercredi"), _("Jeudi"), _("Vendredi"), _("Samedi"), _("Dimanche"))

    def __init__(self, **more: Any) -> None:
        choices = list(enumerate(self.NAMES, 1))
        super().__init__(choices=choices, coerce=int, widget=forms.CheckboxSelectMultiple, **more)


class Filter(forms.Form):
    """What a list is narrowed by. A wrong value is as if nobody had chosen it, never an error page."""

    def chosen(self) -> dict[str, Any]:
        """What holds, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class OneRow(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows; a number too large for the database is a wrong choice, not an error page."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class FewRows(OneRow):
    """Among few rows, which the page lists anyway: read once, for the choices and for the one that is chosen."""

    class iterator(ModelChoiceIterator):  # type: ignore[type-arg]  # noqa: N801 - as Django names it
        def __iter__(self) -> Any:
            if self.field.empty_label is not None:
                yield "", self.field.empty_label
            yield from map(self.choice, self.queryset)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = next((row for row in self.queryset or () if str(row.pk) == str(value)), None)
        if found is None:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return found


class SeveralRows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of them."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:
            raise ValidationError(
                self.error_messages["invalid_pk_value"] % {"pk": "…"}, code="invalid"
            ) from None


class OnePerson(OneRow):
    """A person, as lists name them."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.list_name)


class SeveralPeople(SeveralRows):
    """Several of them."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.list_name)


class Bundles(forms.MultipleChoiceField):
    """Sets of rows that somebody has saved, ticked beside the rows themselves: each stands for those that it holds.

    `offer(bundles, among)`: each a `pk`, a `label` and the keys that it holds (`pupils`). `joined` gives the rows with theirs.
    """

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": _("Un groupe coché n’existe plus : cochez les élèves."),
    }

    def offer(self, bundles: Iterable[Any], among: Iterable[int] | None = None) -> bool:
        """Those that hold somebody there; False where there is none to show."""
        there = None if among is None else set(among)
        shown = [one for one in bundles if there is None or not there.isdisjoint(one.pupils)]
        self.held = {str(one.pk): one.pupils for one in shown}
        self.choices = [(str(one.pk), one.label) for one in shown]
        return bool(shown)

    @staticmethod
    def are_gone(form: forms.Form, name: str) -> bool:
        """A set was ticked on a page that stayed open while the last of them went: the form shows the field no more."""
        sent = forms.CheckboxSelectMultiple().value_from_datadict(form.data, {}, form.add_prefix(name))  # type: ignore[arg-type]
        return name not in form.fields and bool(sent)

    def joined(self, ticked: Iterable[str], rows: Any, among: Any) -> Any:
        """`rows`, and of `among` those that the ticked sets hold."""
        keys = {key for one in ticked for key in self.held[one]}
        return among.filter(pk__in=keys | {row.pk for row in rows}) if keys else rows


class SeveralFilesInput(forms.FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """At least one file, in the order given; what they are is for who keeps them to say (`foundation.uploads`)."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [file for file in data or () if file]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        return files


class Desk(Protocol):
    """Who keeps the files of a form (`commons.files.actions.Desk`), and what is asked of them."""

    limits: Any

    @property
    def held(self) -> Sequence[Any]: ...

    @property
    def picker(self) -> str: ...

    def again(self, public_ids: Sequence[str]) -> list[Any]: ...

    def take(self, sent: Sequence[Any], beside: int) -> list[Any]: ...

    def rows(self, files: Sequence[Any]) -> Sequence[Any]: ...


@dataclass(frozen=True)
class FileChoice:
    """What a form says of files: the new ones, and the public ids of those it keeps."""

    sent: Sequence[Any] = ()
    again: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.sent or self.again)


class AttachmentsInput(forms.FileInput):
    """Files to send, beside boxes that keep those already there: `ui.file_field` draws both."""

    allow_multiple_selected = True
    needs_multipart_form = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> FileChoice:
        sent = files.getlist(name) if hasattr(files, "getlist") else filter(None, [files.get(name)])
        again = data.getlist(f"{name}-garde") if hasattr(data, "getlist") else data.get(f"{name}-garde", ())
        return FileChoice([one for one in sent if one], list(again))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class Attachments(forms.Field):
    """Files joined to what a form is about. They are kept as soon as they are sent, so that a mistake elsewhere loses none.

    The form says who keeps them: `self.fields["papers"].desk = files.Desk(viewer, school_id, rules.DOCUMENTS, held)`.
    Cleaned, it gives the stored files in their order, those that were there before the new ones.
    """

    widget = AttachmentsInput
    desk: Desk
    taken: list[Any] | None = None

    def clean(self, value: FileChoice) -> list[Any]:
        self.taken = self.desk.again(value.again)
        try:
            self.taken += self.desk.take(value.sent, len(self.taken))
        except UploadRefused as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal
        if self.required and not self.taken:
            raise ValidationError(_("Choisissez au moins un fichier."), code="required")
        return self.taken

    @property
    def rows(self) -> Sequence[Any]:
        """The files to show in the form: those just taken, else those that were there."""
        return self.desk.rows(self.desk.held if self.taken is None else self.taken)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


# What a form may send of one text; past it, nothing is read into forms.
HEAVIEST_TEXT = 400_000


class TooLong(str):
    """A text too long to be read, as it was sent."""

    __slots__ = ()


class RichInput(forms.Textarea):
    """A text area of light signs (`foundation.richtext.signs`); `richtext.js` puts an editor in its place, which sends HTML.

    The editor says so by a second value, `<name>-forme`. Whatever was sent, the value of the field is canonical HTML. `pictures`: those that
    are in the text already stay in it.
    """

    pictures = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        typed = data.get(name) or ""
        if len(typed) > HEAVIEST_TEXT:
            return TooLong(typed)
        read = cleaning.clean if data.get(f"{name}-forme") == "html" else signs.from_plain
        return read(typed, pictures=self.pictures)

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, TooLong) else signs.to_plain(value or "", pictures=self.pictures)


class RichText(forms.Field):
    """Formatted text. `max_length` counts its words and not its tags; drawn by `ui.rich_field`, shown by `ui.rich`. `pictures`: may it hold
    those that its house keeps beside it?"""

    widget = RichInput

    def __init__(self, *, max_length: int = 20_000, pictures: bool = False, **more: Any) -> None:
        super().__init__(**more)
        widget: Any = self.widget
        self.max_length, widget.pictures = max_length, pictures

    def clean(self, value: Any) -> str:
        html = value or ""
        if isinstance(value, TooLong) or len(showing.plain(html)) > self.max_length:
            sentence = _(
                "Ce texte est trop long : %(most)s signes au plus. Coupez-le, ou joignez un fichier."
            )
            raise ValidationError(sentence, code="max_length", params={"most": self.max_length})
        super().clean(html)
        return str(html)


class PictureForm(forms.Form):
    """A picture; what the file really is, is for `pictures.redrawn` to say."""

    picture = forms.FileField(
        label=_("Image"),
        help_text=_(
            "PNG, JPEG ou WebP, 5 Mo au plus. Préau la redessine, sans le lieu ni l’heure de la prise de vue."
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"required": _("Choisissez une image."), "empty": _("Ce fichier est vide.")},
    )
