"""Opening a procedure, answering it, deciding."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person
from preau.directory.rules.terms import end_of_year
from preau.directory.viewer import Viewer
from preau.domains.conduct import rules
from preau.domains.conduct.actions.sanctions import Charge, Decision, first_answer_day, years_of
from preau.domains.conduct.forms.incidents import OnePerson, SentOnce, names_in
from preau.domains.conduct.models import Incident, Sanction
from preau.domains.conduct.queries import incidents
from preau.foundation import dates
from preau.foundation.fields import Day

Kind, Authority = Sanction.Kind, Sanction.Authority
FAR = timedelta(days=60)


class ProcedureForm(SentOnce):
    """What a pupil is told to have done, and until when they may answer."""

    pupil = OnePerson(
        Person.objects.none(),
        label=_("Élève"),
        empty_label=_("Choisir…"),
        error_messages={"required": _("Choisissez un élève.")},
    )
    authority = forms.ChoiceField(
        label=_("Qui décidera"),
        choices=Authority.choices,
        initial=Authority.HEAD,
        widget=forms.RadioSelect,
        help_text=_("L’exclusion définitive ne peut être prononcée que par le conseil de discipline."),
    )
    facts = forms.CharField(
        label=_("Faits reprochés"),
        help_text=_(
            "Lus par l’élève et sa famille : ce qui s’est passé, quand et où, sans nommer un autre élève."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Dites les faits que l’on reproche à l’élève.")},
    )
    defend_until = Day(label=_("Observations possibles jusqu’au"))

    def __init__(
        self, viewer: Viewer, group: Group | None, incident: Incident | None, *args: Any, **kwargs: Any
    ) -> None:
        self.viewer, self.incident, self.first_day = viewer, incident, first_answer_day(viewer)
        kwargs["initial"] = {"defend_until": self.first_day} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["pupil"].queryset = incidents.pupils_of(viewer, group)  # type: ignore[attr-defined]
        self.fields["defend_until"].help_text = _(
            "Deux jours ouvrables au moins, donc pas avant le %(day)s."
        ) % {"day": dates.plain_day(self.first_day)}

    def clean_defend_until(self) -> Any:
        day = self.cleaned_data["defend_until"]
        if day < self.first_day:
            message = _("L’élève a deux jours ouvrables au moins : choisissez le %(day)s ou plus tard.")
            raise forms.ValidationError(message, params={"day": dates.plain_day(self.first_day)})
        if day > self.viewer.today + FAR:
            raise forms.ValidationError(_("Choisissez un jour des deux prochains mois."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.incident and data.get("pupil") and data.get("facts"):
            others = Person.objects.filter(involvements__incident=self.incident).exclude(pk=data["pupil"].pk)
            named = names_in(data["facts"], others)
            if named:
                message = _("Ce texte nomme %(name)s : la famille ne doit pas lire qui d’autre était là.")
                self.add_error("facts", message % {"name": named})
        return data

    def charge(self) -> Charge:
        """The clean values, as the action takes them."""
        data = self.cleaned_data
        return Charge(data["authority"], data["facts"], data["defend_until"], self.incident)


class AnswerForm(forms.Form):
    """What a pupil or a guardian answers, read by the head and school life alone."""

    text = forms.CharField(
        label=_("Mes observations"),
        help_text=_(
            "Lues par la direction et la vie scolaire seulement. Une observation envoyée ne se change pas ; vous pouvez en ajouter une autre."
        ),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Écrivez vos observations.")},
    )


class PronounceForm(forms.Form):
    """What is decided, within what the Code de l'éducation allows."""

    kind = forms.ChoiceField(
        label=_("Sanction"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez la sanction prononcée.")},
    )
    grounds = forms.CharField(
        label=_("Motifs de la décision"),
        help_text=_(
            "Lus par l’élève et sa famille : pourquoi cette sanction, et ce qu’on attend maintenant."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Une sanction est motivée : dites pourquoi celle-ci.")},
    )
    starts = Day(label=_("Premier jour"), required=False, help_text=_("Pour une exclusion temporaire."))
    ends = Day(label=_("Dernier jour"), required=False, help_text=_("Huit jours au plus."))
    suspended_until = Day(
        label=_("Sursis jusqu’au"),
        required=False,
        help_text=_("Vide : sans sursis. Ni l’avertissement ni le blâme n’en ont."),
    )
    register = forms.CharField(
        label=_("Au registre des sanctions"),
        help_text=_("Les faits et les circonstances, sans aucun nom : le registre reste après la sanction."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites les faits tels que le registre les garde, sans nom.")},
    )

    def __init__(self, viewer: Viewer, sanction: Sanction, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.sanction = viewer, sanction
        council = sanction.authority == Authority.COUNCIL
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in Kind.choices if council or choice[0] != Kind.EXPULSION]

    def clean_register(self) -> str:
        register: str = self.cleaned_data["register"]
        others = Person.objects.filter(involvements__incident=self.sanction.incident_id)
        named = names_in(register, [self.sanction.pupil, *others])
        if named:
            raise forms.ValidationError(
                _("Le registre ne nomme personne : retirez %(name)s."), params={"name": named}
            )
        return register

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind"):
            self._check_days(data)
            self._check_suspension(data)
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        starts, ends = data.get("starts"), data.get("ends")
        if data["kind"] not in rules.TEMPORARY:
            data["starts"] = data["ends"] = None
        elif not starts or not ends:
            self.add_error("starts", _("Dites le premier et le dernier jour de l’exclusion."))
        elif ends < starts:
            self.add_error("ends", _("Le dernier jour vient avant le premier."))
        elif (ends - starts).days + 1 > rules.MOST_DAYS:
            self.add_error("ends", _("Une exclusion temporaire dure huit jours au plus."))
        elif starts < self.viewer.today:
            self.add_error("starts", _("L’exclusion ne peut pas commencer avant la décision."))

    def _check_suspension(self, data: dict[str, Any]) -> None:
        until = data.get("suspended_until")
        if not until:
            return
        if data["kind"] not in rules.SUSPENDABLE:
            self.add_error("suspended_until", _("Cette sanction ne peut pas être assortie d’un sursis."))
            return
        years = years_of(self.sanction.school_id)
        first = end_of_year(self.viewer.today, 0, years)
        last = rules.longest_suspension(data["kind"], self.viewer.today, years)
        if not first <= until <= last:
            message = _("Le sursis dure au moins jusqu’au %(first)s, et au plus jusqu’au %(last)s.")
            days = {"first": dates.plain_day(first), "last": dates.plain_day(last)}
            self.add_error("suspended_until", message % days)

    def decision(self) -> Decision:
        """The clean values, as the action takes them."""
        return Decision(**self.cleaned_data)
