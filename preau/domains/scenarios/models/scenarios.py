"""A scenario, the versions it went through, and who writes it."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.models.schools import new_public_id
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Licence, Node, Resource
from preau.domains.scenarios.models.content import Content

# What an author may choose: what may at least be shared.
LICENCES = [
    Licence.BY,
    Licence.BY_SA,
    Licence.CC0,
    Licence.BY_NC,
    Licence.BY_NC_SA,
    Licence.BY_ND,
    Licence.BY_NC_ND,
]


def written_by(viewer: Viewer, scenario: str) -> Exists:
    """The viewer is one of the authors of the scenario that the field `scenario` holds; an invitation is not yet."""
    own = Author.objects.filter(scenario_id=OuterRef(scenario), person_id=viewer.person.pk)
    return Exists(own.exclude(accepted_at=None))


class ScenarioQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Its authors, in the school where it was begun. What is published of it is read at its own public address."""
        if not viewer.is_staff:
            return self.none()
        return self.in_school(viewer).filter(written_by(viewer, "pk"))

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def public(self) -> Self:
        """What anyone in the world may read."""
        shown = self.kept().filter(state=Scenario.State.PUBLISHED, hidden_at=None)
        return shown.exclude(shown=None)

    def with_lines(self) -> Self:
        """With what a line of a public list shows, in two statements."""
        return self.select_related("shown").prefetch_related("nodes")


class Scenario(models.Model):
    """A scenario pédagogique. `code` is its permalink. `body` is what its authors are writing (`Content`); `title` is in it too.

    `shown` is the version that the public reads, `nodes` and `words` are of that version. `origin`: what it was adapted from,
    as it was then (title, authors, licence, address), which stays whatever becomes of it. `hidden_at`: a moderator took it from the public.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        PUBLISHED = "published", _("Publié")
        WITHDRAWN = "withdrawn", _("Dépublié")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="scenarios", verbose_name=_("établissement")
    )
    code = models.CharField(_("adresse"), max_length=24, unique=True, default=new_public_id)
    title = models.CharField(_("titre"), max_length=160)
    body: "models.JSONField[Any, Any]" = models.JSONField(_("contenu"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.DRAFT)
    shown = models.OneToOneField(
        "Version",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="shown_of",
        verbose_name=_("version publique"),
    )
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices, default=Licence.BY)
    nodes = models.ManyToManyField(
        Node, blank=True, related_name="scenarios", verbose_name=_("repères des programmes")
    )
    words = models.TextField(_("mots"), blank=True)
    adapted_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="adaptations",
        verbose_name=_("adapté de"),
    )
    adapted_resource = models.ForeignKey(
        Resource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scenarios",
        verbose_name=_("adapté de la ressource"),
    )
    origin: "models.JSONField[Any, Any]" = models.JSONField(_("origine"), default=dict, blank=True)
    made_at = models.DateTimeField(_("commencé à"))
    changed_at = models.DateTimeField(_("modifié à"))
    removed_at = models.DateTimeField(_("supprimé à"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("masqué à"), null=True, blank=True)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scénario pédagogique")
        verbose_name_plural = _("scénarios pédagogiques")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adapted_from=None) | Q(adapted_resource=None), name="scenario_of_one_origin"
            )
        ]
        indexes = [models.Index(fields=["state", "-changed_at"], name="scenarios_newest")]

    @property
    def content(self) -> Content:
        return Content.read(self.body)

    @property
    def is_public(self) -> bool:
        away = self.removed_at or self.hidden_at
        return self.state == self.State.PUBLISHED and not away and self.shown_id is not None

    @property
    def address(self) -> str:
        """The path of its public page."""
        return reverse("scenarios:scenario", args=[self.code])

    def of_kind(self, kind: str) -> list[Node]:
        """Its places in the programmes of one kind, in their order; no statement after `with_lines`."""
        return sorted(
            (node for node in self.nodes.all() if node.kind == kind), key=lambda node: (node.order, node.pk)
        )

    @property
    def levels(self) -> list[Node]:
        return self.of_kind(Node.Kind.LEVEL)

    @property
    def subjects(self) -> list[Node]:
        return self.of_kind(Node.Kind.SUBJECT)


class ScenarioVersionQuerySet(SchoolQuerySet):
    school_path = "scenario__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """The authors of the scenario."""
        if not viewer.is_staff:
            return self.none()
        return self.in_school(viewer).filter(written_by(viewer, "scenario_id"))


class Version(models.Model):
    """What a scenario said at a moment. Rows are only added: each publication freezes one, and so does going back, of what was there.

    `signatures`: the words by which each author chose to be named, then.
    """

    scenario = models.ForeignKey(
        Scenario, models.CASCADE, related_name="versions", verbose_name=_("scénario pédagogique")
    )
    number = models.PositiveIntegerField(_("numéro"))
    title = models.CharField(_("titre"), max_length=160)
    body: "models.JSONField[Any, Any]" = models.JSONField(_("contenu"))
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices)
    signatures: "models.JSONField[Any, Any]" = models.JSONField(_("signatures"), default=list)
    is_published = models.BooleanField(_("publiée"), default=True)
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="scenario_versions", verbose_name=_("par")
    )
    made_at = models.DateTimeField(_("le"))

    objects = ScenarioVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’un scénario")
        verbose_name_plural = _("versions de scénarios")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="one_version_of_a_number_a_scenario")
        ]

    @property
    def content(self) -> Content:
        return Content.read(self.body)

    @property
    def signed(self) -> str:
        return ", ".join(self.signatures)


class AuthorQuerySet(SchoolQuerySet):
    school_path = "scenario__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own line, invitation included; as an author, everybody's of the same scenario."""
        if not viewer.is_staff:
            return self.none()
        own = Q(person_id=viewer.person.pk)
        return self.in_school(viewer).filter(own | Q(written_by(viewer, "scenario_id")))

    def writing(self) -> Self:
        """Those who have accepted."""
        return self.exclude(accepted_at=None)


class Author(models.Model):
    """Somebody who writes a scenario, or was invited to. `is_first` began it, and invites."""

    class Signature(models.TextChoices):
        ROLE = "role", _("Sans nom : « un enseignant » ou « une enseignante »")
        NAME = "name", _("Mon prénom et mon nom")
        PSEUDONYM = "pseudonym", _("Un pseudonyme")

    scenario = models.ForeignKey(
        Scenario, models.CASCADE, related_name="authors", verbose_name=_("scénario pédagogique")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="scenario_authorships", verbose_name=_("auteur")
    )
    is_first = models.BooleanField(_("a commencé le scénario"), default=False)
    signature = models.CharField(
        _("signature"), max_length=10, choices=Signature.choices, default=Signature.ROLE
    )
    pseudonym = models.CharField(_("pseudonyme"), max_length=60, blank=True)
    invited_at = models.DateTimeField(_("invité à"))
    accepted_at = models.DateTimeField(_("accepté à"), null=True, blank=True)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("auteur d’un scénario")
        verbose_name_plural = _("auteurs de scénarios")
        ordering = ["-is_first", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "person"], name="one_author_of_a_scenario"),
            models.CheckConstraint(
                condition=~Q(signature="pseudonym") | ~Q(pseudonym=""), name="pseudonym_when_signed_so"
            ),
        ]

    @property
    def is_invited(self) -> bool:
        return self.accepted_at is None

    @property
    def signed(self) -> str:
        """How a version names them."""
        if self.signature == self.Signature.NAME:
            return self.person.full_name
        if self.signature == self.Signature.PSEUDONYM:
            return self.pseudonym
        return str(_("Une enseignante") if self.person.civility == "mme" else _("Un enseignant"))
