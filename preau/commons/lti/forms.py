"""What people type of a service that speaks LTI, of what a school allows it, and of an activity."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from preau.commons.lti.actions.giving import Direct
from preau.commons.lti.actions.settings import Facts
from preau.commons.lti.models import Activity, Tool
from preau.commons.lti.queries import activities
from preau.commons.lti.queries.keys import Unreadable, keys_in
from preau.commons.lti.words import ALLOWED
from preau.commons.signon.models import Opening
from preau.commons.signon.queries import access
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day

MOST_ADDRESSES = 10


class ToolForm(forms.Form):
    """Where a service begins and ends, its keys, and what it does by itself."""

    login_url = forms.CharField(
        label=_("Adresse où le service ouvre une session"),
        help_text=_("Le fournisseur parle de « OIDC login initiation URL »."),
        max_length=500,
    )
    target = forms.CharField(
        label=_("Adresse ouverte"),
        help_text=_("Le fournisseur parle de « target link URI » ou de « launch URL »."),
        max_length=500,
    )
    redirects = forms.CharField(
        label=_("Adresses de retour"),
        help_text=_(
            "Une par ligne, en https, écrites exactement comme le fournisseur les donne (« redirect URI »). Préau ne répond à aucune autre."
        ),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    chooses = forms.BooleanField(
        label=_("Le professeur choisit une activité dans le service"),
        help_text=_(
            "Le fournisseur parle de « deep linking ». Sans cela, c’est la page d’accueil du service qui est donnée."
        ),
        required=False,
    )
    keys_url = forms.CharField(
        label=_("Adresse des clés publiques du service"),
        help_text=_(
            "Le fournisseur parle de « JWKS URL ». C’est le plus sûr : il peut changer de clé sans vous."
        ),
        max_length=500,
        required=False,
    )
    keys = forms.CharField(
        label=_("Ou ses clés publiques, collées ici"),
        help_text=_("Au format PEM ou JWK. Jamais une clé privée."),
        max_length=40_000,
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, tool: Tool | None, data: Any = None) -> None:
        super().__init__(data)
        for one in ALLOWED.values():
            self.fields[f"ask_{one.key}"] = forms.CharField(
                label=one.label,
                help_text=_("Par exemple : %(why)s") % {"why": one.why},
                max_length=160,
                required=False,
                initial=tool.asks.get(one.key, {}).get("why", "") if tool else "",
            )
        if tool:
            self.initial = {
                name: getattr(tool, name) for name in ("login_url", "target", "chooses", "keys_url")
            }
            self.initial["redirects"] = "\n".join(tool.redirects)
            self.initial["keys"] = json.dumps({"keys": tool.keys}, indent=1) if tool.keys else ""

    def asks(self) -> list[Any]:
        return [self[f"ask_{key}"] for key in ALLOWED]

    def clean_login_url(self) -> str:
        return _address(self.cleaned_data["login_url"])

    def clean_target(self) -> str:
        return _address(self.cleaned_data["target"])

    def clean_keys_url(self) -> str:
        typed: str = self.cleaned_data["keys_url"].strip()
        return _address(typed) if typed else ""

    def clean_redirects(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["redirects"].splitlines() if line.strip()]
        if len(lines) > MOST_ADDRESSES:
            raise ValidationError(_("Dix adresses au plus."))
        return list(dict.fromkeys(_address(line) for line in lines))

    def clean_keys(self) -> list[dict[str, Any]]:
        typed = self.cleaned_data["keys"]
        if not typed:
            return []
        try:
            found = keys_in(typed)
        except Unreadable as failure:
            if failure.secret:
                raise ValidationError(
                    _(
                        "C’est une clé privée : elle ne doit jamais quitter le service. Demandez au fournisseur d’en changer."
                    )
                ) from None
            raise ValidationError(
                _("Aucune clé publique RSA d’au moins 2048 bits n’a été lue ici, au format PEM ou JWK.")
            ) from None
        if not found:
            raise ValidationError(_("Ces clés ne servent pas à signer."))
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not {"keys", "keys_url"} & set(self.errors):
            if not typed.get("keys") and not typed.get("keys_url"):
                self.add_error("keys_url", _("Donnez l’adresse des clés du service, ou ses clés."))
            if typed.get("keys") and typed.get("keys_url"):
                self.add_error("keys", _("L’adresse suffit : laissez cette case vide, ou effacez l’adresse."))
        return typed

    def said(self) -> Facts:
        typed = self.cleaned_data
        names = ("login_url", "target", "redirects", "chooses", "keys_url", "keys")
        why = {key: typed[f"ask_{key}"] for key in ALLOWED if typed[f"ask_{key}"]}
        return Facts({name: typed[name] for name in names}, why)


def _address(typed: str) -> str:
    """An address that a service may have; « # » would cut what we add to it."""
    typed = typed.strip()
    if access.place_of(typed) is None:
        raise ValidationError(
            _(
                "« %(typed)s » ne convient pas : une adresse commence par https://, avec un nom d’hôte complet, sans joker."
            ),
            params={"typed": typed[:80]},
        )
    return typed


class AgreementForm(forms.Form):
    """What a school lets a service do by itself."""

    def __init__(self, tool: Tool, allowed: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["allowed"] = forms.MultipleChoiceField(
            label=_("Ce que vous acceptez"),
            help_text=_(
                "Ce que vous ne cochez pas n’est pas fait. Le service peut alors marcher moins bien."
            ),
            choices=[(key, f"{ALLOWED[key].label} – {tool.asks[key]['why']}") for key in tool.wants],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=list(allowed),
        )


class AddForm(forms.Form):
    """Which class, which service; and for one in which nothing is chosen, under which title."""

    group = forms.ChoiceField(label=_("Classe ou groupe"))
    tool = forms.ChoiceField(label=_("Service"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Titre"),
        help_text=_("Seulement pour un service dont vous donnez la page d’accueil."),
        max_length=120,
        required=False,
    )
    due_on = Day(
        label=_("À faire pour le"),
        help_text=_("Seulement pour un service dont vous donnez la page d’accueil."),
        required=False,
    )

    def __init__(self, viewer: Viewer, group: str = "", data: Any = None) -> None:
        super().__init__(data)
        self.groups = {str(group.pk): group for group in activities.groups_to_give(viewer)}
        self.tools: dict[str, tuple[Opening, Tool]] = {
            one.service.public_id: (one, tool) for one, tool in activities.tools_to_give(viewer)
        }
        self.today = viewer.today
        self.fields["group"].choices = [(pk, one.name) for pk, one in self.groups.items()]  # type: ignore[attr-defined]
        self.fields["tool"].choices = [  # type: ignore[attr-defined]
            (key, self._said(*found)) for key, found in self.tools.items()
        ]
        if group in self.groups:
            self.initial["group"] = group
        if len(self.tools) == 1:
            self.initial["tool"] = next(iter(self.tools))

    def _said(self, opening: Opening, tool: Tool) -> str:
        how = _now("vous y choisissez une activité") if tool.chooses else _now("sa page d’accueil est donnée")
        return f"{opening.service.name} – {how}"

    def clean_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["due_on"]
        if day and day < self.today:
            raise ValidationError(_("Ce jour est passé."))
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        found = self.tools.get(typed.get("tool", ""))
        if found and not found[1].chooses and not typed.get("title") and "title" not in self.errors:
            self.add_error("title", _("Donnez un titre : c’est ce que lisent les élèves."))
        return typed

    def direct(self) -> Direct | None:
        """What is given at once; None when something is to be chosen at the service first."""
        typed = self.cleaned_data
        opening, tool = self.tools[typed["tool"]]
        if tool.chooses:
            return None
        return Direct(opening, self.groups[typed["group"]], typed["title"], typed["due_on"])


class ChangeForm(forms.Form):
    """The title of an activity, a sentence for the pupils, and its day."""

    title = forms.CharField(label=_("Titre"), max_length=120)
    text = forms.CharField(
        label=_("Consigne"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = Day(label=_("À faire pour le"), required=False)

    def __init__(self, activity: Activity, data: Any = None) -> None:
        super().__init__(data)
        self.initial = {name: getattr(activity, name) for name in ("title", "text", "due_on")}


class ChoiceForm(forms.Form):
    """Which of the activities chosen at the service are given."""

    def __init__(self, items: Sequence[dict[str, Any]], name: str, data: Any = None) -> None:
        super().__init__(data)
        self.fields["items"] = forms.MultipleChoiceField(
            label=_("Activités à donner"),
            choices=[(str(rank), item["title"] or name) for rank, item in enumerate(items)],
            widget=forms.CheckboxSelectMultiple,
            initial=[str(rank) for rank in range(len(items))],
            error_messages={"required": _("Gardez au moins une activité.")},
        )

    def chosen(self) -> set[int]:
        return {int(rank) for rank in self.cleaned_data["items"]}
