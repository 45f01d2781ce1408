"""What a person types: a message, the filters of a box, a call for help, the table of a school."""

import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from preau.commons.files.actions import Desk
from preau.commons.files.rules import DOCUMENTS
from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.messaging import rules
from preau.domains.messaging.actions.drafts import Typed
from preau.domains.messaging.models import MODERATORS, Folder, Message, Policy, Reader, Report, Writer
from preau.domains.messaging.queries import reach as reach_queries
from preau.domains.messaging.queries import watching
from preau.domains.messaging.queries.reach import KEY, KINDS, Reach
from preau.foundation.fields import Attachments, Day, Filter, OneRow, RichText, SeveralRows

MOST_KEYS = 60
LATEST = timedelta(days=365)


class WriteForm(forms.Form):
    """A message. What is addressed comes as keys, which are read again within reach when it leaves."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    tab = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=_("Objet"),
        required=False,
        max_length=150,
        help_text=_("Il en faut un quand le message part à plusieurs personnes."),
    )
    about = OneRow(
        Person.objects.none(),
        label=_("Pour quel enfant"),
        required=False,
        to_field_name="public_id",
        empty_label=_("Choisir…"),
    )
    body = RichText(label=_("Message"), error_messages={"required": _("Écrivez votre message.")})
    papers = Attachments(label=_("Fichiers joints"), required=False)
    day = Day(label=_("Jour du départ"), required=False)
    hour = forms.TimeField(
        label=_("Heure du départ"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    urgent = forms.CharField(
        label=_("C’est urgent : dites pourquoi"),
        required=False,
        max_length=200,
        help_text=_(
            "Le message part tout de suite, même le soir. Ceux qui le reçoivent lisent cette raison."
        ),
    )

    def __init__(
        self,
        viewer: Viewer,
        reach: Reach,
        data: Any = None,
        sent: Any = None,
        *,
        draft: Message | None = None,
        answers: Message | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        first = _initial(viewer, draft) if draft else {"sent_as": secrets.token_hex(16), "revision": 0}
        first["tab"] = secrets.token_hex(16)
        super().__init__(data, sent, initial=first | (initial or {}))
        self.viewer, self.reach, self.draft, self.answers = viewer, reach, draft, answers
        fields: Any = self.fields
        held = [attachment.file for attachment in draft.attachments.select_related("file")] if draft else []
        self._held = held
        fields["papers"].desk = Desk(viewer, reach.school_id, DOCUMENTS, held)
        children = viewer.own_pupils() if viewer.is_guardian else ()
        fields["about"].queryset = (
            Person.objects.filter(pk__in=children)
            if viewer.is_guardian
            else Person.objects.visible_to(viewer)
        ).order_by("search_name", "pk")
        if not viewer.is_guardian or len(children) < 2:
            fields["about"].widget = forms.HiddenInput()
        if not viewer.is_staff:
            del fields["urgent"]
        self.sends = bool(data) and "envoyer" in data
        # A draft may be empty; what is sent, and what is about to be typed, is not.
        fields["body"].required = self.sends or not self.is_bound

    @property
    def addressed(self) -> dict[str, list[str]]:
        """The keys that the form holds, each once."""
        if not self.is_bound:
            return {kind: list(self.initial.get("addressed", {}).get(kind, ())) for kind in KINDS}
        data: Any = self.data
        seen: set[str] = set()
        keys_by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
        added, removed = data.get("ajouter", ""), data.get("retirer", "")
        for kind in KINDS:
            keys = data.getlist(kind) if hasattr(data, "getlist") else data.get(kind, [])
            keys = [keys] if isinstance(keys, str) else list(keys)
            if added.startswith(f"{kind}:"):
                keys.append(added.removeprefix(f"{kind}:"))
            for key in keys[:MOST_KEYS]:
                if KEY.fullmatch(key) and key not in seen and f"{kind}:{key}" != removed:
                    seen.add(key)
                    keys_by_kind[kind].append(key)
        return keys_by_kind

    @property
    def is_to_many(self) -> bool:
        """Does it go to a list, or to several people? An answer has the subject of what it answers."""
        keys = [key for kind in KINDS for key in self.addressed[kind]]
        return self.answers is None and (len(keys) > 1 or any(map(reach_queries.is_list, keys)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, hour = data.get("day"), data.get("hour")
        if not {"day", "hour"} & set(self.errors):
            if (day is None) != (hour is None):
                self.add_error("hour" if day else "day", _("Donnez le jour et l’heure, ou aucun des deux."))
            elif day and hour:
                self._clean_hour(data, day, hour)
        if self.sends:
            self._clean_sending(data)
        return data

    def _clean_hour(self, data: dict[str, Any], day: Any, hour: Any) -> None:
        zone = School.objects.values_list("timezone", flat=True).get(pk=self.reach.school_id)
        moment = datetime.combine(day, hour, ZoneInfo(zone))
        now = timezone.now()
        if moment <= now and self.sends:
            self.add_error(
                "day",
                _(
                    "Cette heure est passée. Choisissez-en une autre, ou laissez vide pour envoyer maintenant."
                ),
            )
        elif moment > now + LATEST:
            self.add_error("day", _("Un message part dans l’année."))
        data["asked_for"] = moment

    def _clean_sending(self, data: dict[str, Any]) -> None:
        if not any(self.addressed.values()) and self.answers is None:
            self.add_error(None, _("Choisissez au moins un destinataire."))
        if self.is_to_many and not data.get("subject"):
            self.add_error(
                "subject", _("Écrivez un objet : chacun saura de quoi il s’agit avant d’ouvrir le message.")
            )
        if self.viewer.is_guardian and not data.get("about"):
            here = [place.pupil_id for place in self.viewer.places if place.school.pk == self.reach.school_id]
            if len(here) == 1:
                data["about"] = Person.objects.filter(pk=here[0]).first()
            else:
                self.add_error("about", _("Dites pour quel enfant vous écrivez."))

    @property
    def is_worth_keeping(self) -> bool:
        """Whether a refused form still makes a draft: its number is known, its text is read, and somebody wrote something."""
        data: Any = self.data
        written = [key for keys in self.addressed.values() for key in keys]
        written += [data.get("subject", "").strip(), data.get("body", "").strip()]
        unread = {"sent_as", "tab", "revision"} & set(self.errors)
        too_long = self.has_error("body", "max_length")
        return bool((self.draft or any(written)) and not unread and not too_long)

    def keep(self, draft: Message) -> None:
        """Kept all the same: the page that is shown again goes on from there."""
        data: Any = self.data.copy()
        data["revision"] = draft.revision
        self.draft, self.data = draft, data

    def typed(self) -> Typed:
        """What a draft holds; of a field with a mistake, what it can hold of it."""
        data: Any = self.cleaned_data
        return Typed(
            subject=data["subject"] if "subject" in data else str(self.data.get("subject", ""))[:150],
            body=data.get("body", ""),
            addressed=self.addressed,
            about=data.get("about"),
            urgent=data.get("urgent", ""),
            asked_for=data.get("asked_for"),
            files=data.get("papers", self._held),
            page=data.get("tab", ""),
        )


def _initial(viewer: Viewer, draft: Message) -> dict[str, Any]:
    asked = timezone.localtime(draft.asked_for) if draft.asked_for else None
    return {
        "sent_as": draft.sent_as,
        "revision": draft.revision,
        "subject": draft.subject,
        "body": draft.body,
        "about": draft.about.public_id if draft.about else "",
        "urgent": draft.urgent,
        "addressed": draft.addressed,
        "day": asked.date() if asked else None,
        "hour": asked.time() if asked else None,
    }


class BoxForm(Filter):
    """What a box is narrowed by."""

    q = forms.CharField(label=_("Chercher"), required=False, max_length=80)
    dequi = forms.ChoiceField(
        required=False, choices=[("", ""), ("familles", ""), ("eleves", ""), ("equipe", "")]
    )
    lecture = forms.ChoiceField(
        label=_("Montrer"),
        required=False,
        choices=[("", _("Tous")), ("nonlus", _("Non lus")), ("suivis", _("Suivis"))],
    )
    dossier = OneRow(Folder.objects.none(), required=False)

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["dossier"]
        field.queryset = Folder.objects.visible_to(viewer)


class GestureForm(forms.Form):
    """A gesture on several conversations."""

    GESTURES = ("lire", "nonlu", "suivre", "nesuivreplus", "corbeille", "restaurer", "ranger")
    geste = forms.ChoiceField(choices=[(gesture, gesture) for gesture in GESTURES])
    dossier = OneRow(Folder.objects.none(), required=False)

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["dossier"]
        field.queryset = Folder.objects.visible_to(viewer)


class FolderForm(forms.Form):
    name = forms.CharField(
        label=_("Nouveau dossier"), max_length=40, error_messages={"required": _("Donnez un nom au dossier.")}
    )


class PreferenceForm(forms.Form):
    """How one writes, and what is said while one is away."""

    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ajoutée sous vos nouveaux messages ; vous pouvez l’effacer dans chacun."),
    )
    tells_read = forms.BooleanField(
        label=_("Dire « lu » à ceux qui m’écrivent"),
        required=False,
        help_text=_("Sans l’heure. Jamais « en ligne », jamais « en train d’écrire »."),
    )
    away_text = forms.CharField(
        label=_("Réponse automatique"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Envoyée une fois par conversation à ceux qui vous écrivent entre ces deux jours."),
    )
    away_from = Day(label=_("Du"), required=False)
    away_until = Day(label=_("Au"), required=False, help_text=_("Compris."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("away_from"), data.get("away_until")
        if data.get("away_text") and not {"away_from", "away_until"} & set(self.errors):
            if not first or not last:
                self.add_error(
                    "away_from" if not first else "away_until", _("Dites de quel jour à quel jour.")
                )
            elif last < first:
                self.add_error("away_until", _("Le dernier jour vient avant le premier."))
        return data


class ReportForm(forms.Form):
    """A call for help. Words are not asked of somebody who has none."""

    sent_as = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Que se passe-t-il ?"),
        choices=Report.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui s’en approche le plus.")},
    )
    words = forms.CharField(
        label=_("Avec vos mots"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Si vous le pouvez : qui, où, depuis quand. Seuls la direction et la vie scolaire le lisent."
        ),
    )

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        more["initial"] = {"sent_as": secrets.token_hex(16)} | (more.get("initial") or {})
        super().__init__(*args, **more)
        if viewer.profile != Profile.PUPIL:
            words = self.fields["words"]
            words.label = _("Les faits")
            words.help_text = _(
                "Qui, où, depuis quand, et s’il y a un élève à protéger. Seules la direction et la vie scolaire le lisent."
            )


class OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=_("Ce qui a été fait"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Dites en une phrase ce qui a été fait.")},
    )


class DecisionForm(forms.Form):
    note = forms.CharField(label=_("Un mot pour qui l’a écrit"), required=False, max_length=300)


# Since when a freeze recalls: its key, so many days, and its words.
PERIODS = (
    ("jour", 1, _("depuis un jour")),
    ("semaine", 7, _("depuis une semaine")),
    ("mois", 30, _("depuis trente jours")),
)
# A date is of so many days at most: beyond, it is another inquiry than that of a stolen account.
MOST_DAYS = 90


class FreezeForm(forms.Form):
    person = OneRow(
        Person.objects.none(),
        to_field_name="public_id",
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choisissez une personne."),
            "invalid_choice": _("Choisissez une personne de l’établissement."),
        },
    )
    why = forms.CharField(
        label=_("Pourquoi"),
        max_length=300,
        error_messages={"required": _("Dites pourquoi : cette raison reste au dossier.")},
    )

    def __init__(self, viewer: Viewer, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["person"]
        others = Person.objects.visible_to(viewer).exclude(pk=viewer.person.pk)
        heads = Holding.objects.active(viewer.today).filter(school=viewer.school_id, role=Role.HEAD)
        # School life stops no head.
        field.queryset = (
            others if viewer.holds(Role.HEAD) else others.exclude(pk__in=heads.values("person_id"))
        )


class PeriodForm(FreezeForm):
    """The same, with since when all that was sent is recalled: each period with the number of its messages, before anything is done."""

    depuis = forms.ChoiceField(
        label=_("Rappeler ce qui est parti"),
        required=False,
        initial="jour",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choisissez une des périodes.")},
    )
    jour = Day(
        label=_("Depuis quel jour"),
        required=False,
        help_text=_(
            "Quatre-vingt-dix jours au plus. Le nombre de messages est dit avant que rien ne soit rappelé."
        ),
    )
    compte = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, viewer: Viewer, person: Person | None, *args: Any, **more: Any) -> None:
        super().__init__(viewer, *args, **more)
        self.viewer, self.named = viewer, person
        choices: Any = self.fields["depuis"]
        choices.choices = [
            *((key, self._said(said, viewer.ago(timedelta(days=days)))) for key, days, said in PERIODS),
            ("date", _("depuis une date")),
        ]

    def _said(self, words: Any, since: datetime) -> str:
        if self.named is None:
            return str(words)
        count = watching.recallable(self.named, self.viewer.school_id, since).count()
        told = ngettext("%(period)s : %(num)s message", "%(period)s : %(num)s messages", count)
        return str(told % {"period": words, "num": count})

    @property
    def since(self) -> datetime | None:
        """None: a day ago, as for a freeze that says nothing."""
        chosen, day = self.cleaned_data.get("depuis"), self.cleaned_data.get("jour")
        if chosen == "date" and day and self.viewer.school:
            return datetime.combine(day, time(), ZoneInfo(self.viewer.school.timezone))
        days = next((days for key, days, _said in PERIODS if key == chosen), 0)
        return self.viewer.ago(timedelta(days=days)) if days else None

    def clean(self) -> dict[str, Any]:
        """Since a date: what it would recall is counted and said, then asked for again."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("jour") and said.get("depuis") != "date":
            # A day that is typed is what is meant, whatever was ticked before it.
            said["depuis"] = "date"
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["depuis"] = "date"
        if said.get("depuis") != "date" or not said.get("person") or self.has_error("jour"):
            return said
        today, day = self.viewer.today, said.get("jour")
        if not day or not today - timedelta(days=MOST_DAYS) <= day <= today:
            wrong = _(
                "Dites depuis quel jour, aujourd’hui au plus tard et quatre-vingt-dix jours au plus tôt."
            )
            self.add_error("jour", wrong)
        elif (since := self.since) is not None:
            count = watching.recallable(said["person"], self.viewer.school_id, since).count()
            if said.get("compte") != count:
                told = (
                    ngettext(
                        "%(num)s message est parti depuis ce jour. Envoyez de nouveau pour le rappeler.",
                        "%(num)s messages sont partis depuis ce jour. Envoyez de nouveau pour les rappeler.",
                        count,
                    )
                    if count
                    else _(
                        "Aucun message n’est parti depuis ce jour. Envoyez de nouveau pour geler le compte."
                    )
                )
                self.add_error("jour", str(told % {"num": count}))
                self.data = self.data.copy()  # type: ignore[attr-defined]
                self.data["compte"] = str(count)
        return said


class PolicyForm(forms.Form):
    """The table of a school: one choice a cell, none beyond what any school may allow."""

    read_state = forms.ChoiceField(
        label=_("Quand un message est lu"), choices=Policy.ReadState.choices, widget=forms.RadioSelect
    )
    adult_roles = forms.MultipleChoiceField(
        label=_("Adultes à qui les élèves et les familles peuvent écrire"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    referents = SeveralRows(
        Person.objects.none(),
        label=_("Adultes référents"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Ils reçoivent les signalements et les messages retenus, et les élèves peuvent leur écrire. "
            "Sans choix : la direction et la vie scolaire."
        ),
    )

    def __init__(self, viewer: Viewer, policy: Policy, *args: Any, **more: Any) -> None:
        cells = {
            cell_of(writer, reader): rules.scope_of(policy.scopes, writer, reader).value
            for writer, reader in cells_of()
        }
        initial = {"read_state": policy.read_state, "adult_roles": policy.adult_roles}
        if policy.pk:
            initial["referents"] = list(policy.referents.values_list("pk", flat=True))
        super().__init__(*args, initial=initial | cells, **more)
        fields: Any = self.fields
        fields["adult_roles"].choices = [(role.value, role.label) for role in reach_queries.OTHERS]
        held = Holding.objects.active(viewer.today).filter(
            school=viewer.school_id, role__in=[*MODERATORS, Role.NURSE]
        )
        fields["referents"].queryset = Person.objects.filter(pk__in=held.values("person_id")).order_by(
            "search_name", "pk"
        )
        for writer, reader in cells_of():
            allowed = rules.choices(writer, reader)
            label = f"{writer.label} → {reader.label}"
            fields[cell_of(writer, reader)] = forms.ChoiceField(
                label=label,
                choices=[(choice.value, choice.label) for choice in allowed],
                disabled=len(allowed) == 1,
            )

    def scopes(self) -> dict[str, str]:
        """What differs from nothing: every cell, by its key."""
        return {
            f"{writer.value}.{reader.value}": self.cleaned_data[cell_of(writer, reader)]
            for writer, reader in cells_of()
        }

    def lines(self) -> list[tuple[str, list[Any]]]:
        """The table: each line with its cells."""
        return [
            (str(writer.label), [self[cell_of(writer, reader)] for reader in Reader]) for writer in Writer
        ]


def cells_of() -> Iterable[tuple[Writer, Reader]]:
    return [(writer, reader) for writer in Writer for reader in Reader]


def cell_of(writer: Writer, reader: Reader) -> str:
    return f"{writer.value}_{reader.value}"
