"""What people type about their files."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.drive import rules
from preau.commons.drive.models import Item, Share
from preau.commons.drive.models.items import LONGEST_DESCRIPTION, LONGEST_NAME
from preau.commons.drive.queries import lists, places, shown
from preau.commons.drive.queries.places import Place
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day, FewRows, OneRow, SeveralFiles, SeveralRows

TOP = ""
A_WEEK = timedelta(days=7)


def checked_name(name: str) -> str:
    """A name that every system accepts. Raises ValidationError."""
    name = " ".join(name.split())
    if "/" in name or "\\" in name:
        raise ValidationError(_("Un nom ne contient pas de barre oblique."), code="slash")
    if name.strip(". ") == "":
        raise ValidationError(_("Donnez un nom avec au moins une lettre."), code="empty")
    return name


class AddForm(forms.Form):
    """Files to put in a folder."""

    fichiers = SeveralFiles(label=gettext_lazy("Fichiers"))
    fichiers.error_messages["required"] = gettext_lazy("Choisissez au moins un fichier.")


class FolderForm(forms.Form):
    """A new folder; in a class, what pupils may do in it."""

    nom = forms.CharField(label=gettext_lazy("Nom du dossier"), max_length=LONGEST_NAME)
    eleves = forms.ChoiceField(
        label=gettext_lazy("Ce que font les élèves"),
        choices=Item.PupilsMay.choices,
        widget=forms.RadioSelect,
        initial=Item.PupilsMay.READ,
    )

    def __init__(self, *args: Any, opens_to_pupils: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not opens_to_pupils:
            del self.fields["eleves"]

    def clean_nom(self) -> str:
        return checked_name(self.cleaned_data["nom"])


class ChangeForm(FolderForm):
    """Another name, another folder of the same place."""

    dans = FewRows(
        label=gettext_lazy("Dans quel dossier"),
        queryset=Item.objects.none(),
        required=False,
        empty_label=gettext_lazy("Sans dossier"),
    )
    montre = forms.CharField(
        label=gettext_lazy("Ce que montre l’image"),
        help_text=gettext_lazy("En une phrase, pour qui ne la voit pas."),
        max_length=LONGEST_DESCRIPTION,
        required=False,
    )
    field_order = ("nom", "montre", "dans", "eleves")

    def __init__(self, viewer: Viewer, item: Item, *args: Any, **more: Any) -> None:
        initial = {
            "nom": item.name,
            "montre": item.description,
            "dans": item.parent_id,
            "eleves": item.pupils_may,
        }
        super().__init__(*args, opens_to_pupils=rules.opens_to_pupils(viewer, item), initial=initial, **more)
        self.item = item
        if not item.is_picture:
            del self.fields["montre"]
        self.fields["nom"].label = _("Nom")
        folders = places.folders_of(places.place_of(item))
        if item.is_folder:
            folders = folders.exclude(nestings__above=item)
        if not viewer.is_staff and item.owner_id is None:
            folders = folders.filter(pupils_may__in=[Item.PupilsMay.ADD, Item.PupilsMay.HAND_IN])
        self.fields["dans"].queryset = folders  # type: ignore[attr-defined]

    def clean_nom(self) -> str:
        """The ending says what a document is: it stays."""
        name, before = super().clean_nom(), self.item.name
        if self.item.is_folder or "." not in before:
            return name
        ending = "." + before.rsplit(".", 1)[1]
        return name if name.lower().endswith(ending.lower()) else (name + ending)[-LONGEST_NAME:]


class CopyForm(forms.Form):
    """In which place, and which of its folders."""

    vers = forms.ChoiceField(label=gettext_lazy("Où mettre la copie"))

    def __init__(self, viewer: Viewer, item: Item, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.targets: dict[str, tuple[Place, Item | None]] = {}
        self.fields["vers"].choices = list(self._choices(viewer))  # type: ignore[attr-defined]

    def _choices(self, viewer: Viewer) -> Any:
        found = [places.own_place(viewer)]
        for group in places.groups_of(viewer):
            found.append(Place(Item.Place.CLASS, group.school_id, group=group))
            if viewer.is_staff:
                found.append(Place(Item.Place.TEAM, group.school_id, group=group))
        if rules.enters_staff(viewer):
            found.append(places.staff_place(viewer))
        folders = lists.folders_in(found)
        for place in found:
            offered = [(place.key, None, _("Sans dossier"))]
            offered += [
                (f"{place.key}-{folder.pk}", folder, folder.name) for folder in folders.get(place.key, [])
            ]
            offered = [one for one in offered if rules.adds_in(viewer, place.kind, one[1])]
            self.targets |= {key: (place, folder) for key, folder, _name in offered}
            if offered:
                yield place.name, [(key, name) for key, _folder, name in offered]

    @property
    def target(self) -> tuple[Place, Item | None]:
        return self.targets[self.cleaned_data["vers"]]


class ShareForm(forms.Form):
    """With classes, with a person, until a day."""

    groupes = forms.MultipleChoiceField(
        label=gettext_lazy("Avec"), widget=forms.CheckboxSelectMultiple, required=False
    )
    avec = FewRows(
        label=gettext_lazy("Ou avec une personne"),
        queryset=Item.objects.none(),
        required=False,
        empty_label=gettext_lazy("Personne en particulier"),
    )
    jusque = Day(
        label=gettext_lazy("Jusqu’au"), help_text=gettext_lazy("Compris. Rien n’est effacé ensuite.")
    )

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, initial={"jusque": viewer.today + A_WEEK}, **more)
        self.today = viewer.today
        self.fields["groupes"].choices = shown.groups_to_share(viewer, places.groups_of(viewer))  # type: ignore[attr-defined]
        self.fields["avec"].queryset = shown.people_to_share(viewer)  # type: ignore[attr-defined]
        self.fields["avec"].label_from_instance = lambda person: person.full_name  # type: ignore[attr-defined]
        if not self.fields["groupes"].choices:  # type: ignore[attr-defined]
            del self.fields["groupes"]
            self.fields["avec"].label = _("Avec qui")

    def clean_jusque(self) -> Any:
        day = self.cleaned_data["jusque"]
        if day < self.today:
            raise ValidationError(_("Ce jour est passé : choisissez aujourd’hui ou un jour qui vient."))
        if (day - self.today).days > rules.LONGEST_SHARE:
            raise ValidationError(_("Un an au plus : on peut prolonger ensuite."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("groupes") and not data.get("avec"):
            first = "groupes" if "groupes" in self.fields else "avec"
            if first not in self.errors:
                self.add_error(first, _("Choisissez avec qui partager."))
        return data

    def readers(self) -> list[tuple[Share.To, int | None]]:
        """Whom the form names."""
        found: list[tuple[Share.To, int | None]] = []
        for key in self.cleaned_data.get("groupes", ()):
            kind, _sign, number = key.partition("-")
            found.append((Share.To(kind), int(number) if number else None))
        person = self.cleaned_data.get("avec")
        return [*found, (Share.To.PERSON, person.pk)] if person else found


class VersionForm(forms.Form):
    """A newer file for a document."""

    fichier = forms.FileField(label=gettext_lazy("Nouvelle version"), widget=forms.FileInput)
    fichier.error_messages["required"] = gettext_lazy("Choisissez un fichier.")


class GestureForm(forms.Form):
    """What to do with the chosen rows."""

    documents = SeveralRows(queryset=Item.objects.none())
    geste = forms.ChoiceField(choices=[("jeter", ""), ("ranger", "")])
    dans = OneRow(queryset=Item.objects.none(), required=False)

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        seen = Item.objects.visible_to(viewer).present().select_related("group")
        self.viewer = viewer
        self.fields["documents"].queryset = seen  # type: ignore[attr-defined]
        self.fields["dans"].queryset = seen.filter(is_folder=True)  # type: ignore[attr-defined]

    def clean_documents(self) -> list[Item]:
        """Those that this person keeps: what is only read stays where it is."""
        return [item for item in self.cleaned_data["documents"] if rules.keeps_present(self.viewer, item)]
