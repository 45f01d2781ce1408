"""What a family sent for a piece, and what the school said of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Guardianship, Person, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.paperwork.models.collections import HEALTH_READERS, KEEPERS, Dossier, Piece


class SubmissionQuerySet(SchoolQuerySet):
    school_path = "dossier__collection__school"

    def current(self) -> Self:
        """What counts today for a piece: sent, and not replaced."""
        return self.filter(replaced_at=None).exclude(state=Submission.State.DRAFT)

    def provided(self) -> Self:
        """For which nothing more is awaited of the family."""
        return self.current().exclude(state=Submission.State.REFUSED)

    def to_check(self) -> Self:
        """What came, but what the antivirus has not cleared yet, and a document of which the time is over."""
        found = self.current().filter(state=Submission.State.RECEIVED, erased_at=None)
        return found.exclude(file__state=StoredFile.State.HELD)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sent it, while they answer for the pupil; once sent, whoever reads that piece at school, but of their own child.

        Never the other guardian, in any seat, nor whoever was one: that a piece has come is told by `queries.states`; the document, by nobody.
        """
        if not viewer.is_staff:
            mine = Dossier.objects.visible_to(viewer).order_by().values("pk")
            return self.filter(by=viewer.person.pk, dossier__in=mine)
        readers: list[str] = []
        if viewer.holds(*KEEPERS):
            readers.append(Piece.Readers.OFFICE)
        if viewer.holds(*HEALTH_READERS):
            readers.append(Piece.Readers.HEALTH)
        children = Guardianship.objects.filter(guardian=viewer.person.pk)
        found = self.in_school(viewer).exclude(state=Submission.State.DRAFT)
        return found.filter(piece__readers__in=readers).exclude(
            dossier__pupil__in=children.values("pupil_id")
        )


class Submission(models.Model):
    """One document sent for one piece of one pupil, or ticked at the counter. Another replaces it until it is checked.

    `file` is empty for a paper, and once the document was erased. A refusal says why (`reason`, `note`), to whoever sent it alone.
    """

    class Way(models.TextChoices):
        HERE = "here", _("envoyée sur Préau")
        PAPER = "paper", _("remise sur papier")
        AGAIN = "again", _("reprise d’un autre dossier")

    class State(models.TextChoices):
        DRAFT = "draft", _("Gardée, pas envoyée")
        RECEIVED = "received", _("Reçue")
        REFUSED = "refused", _("Refusée")
        CHECKED = "checked", _("Vérifiée")

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("On n’arrive pas à la lire")
        INCOMPLETE = "incomplete", _("Elle n’est pas complète ou pas signée")
        OUTDATED = "outdated", _("Elle n’est plus valable à cette date")
        SOMEBODY_ELSE = "somebody_else", _("Elle est au nom d’une autre personne")
        WRONG = "wrong", _("Ce n’est pas la pièce demandée")

    dossier = models.ForeignKey(
        Dossier, models.CASCADE, related_name="submissions", verbose_name=_("dossier")
    )
    piece = models.ForeignKey(Piece, models.CASCADE, related_name="submissions", verbose_name=_("pièce"))
    by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="documents_submitted",
        verbose_name=_("envoyée par"),
    )
    way = models.CharField(_("comment"), max_length=5, choices=Way.choices, default=Way.HERE)
    state = models.CharField(_("état"), max_length=8, choices=State.choices)
    file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="documents_submitted", verbose_name=_("document")
    )
    at = models.DateTimeField("à")
    again_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="used_again", verbose_name=_("reprise de")
    )
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="documents_decided", verbose_name=_("lue par")
    )
    decided_at = models.DateTimeField(_("lue à"), null=True, blank=True)
    reason = models.CharField(_("raison du refus"), max_length=13, choices=Reason.choices, blank=True)
    note = models.CharField(_("précision"), max_length=300, blank=True)
    replaced_at = models.DateTimeField(_("remplacée à"), null=True, blank=True)
    erased_at = models.DateTimeField(_("document effacé à"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce envoyée")
        verbose_name_plural = _("pièces envoyées")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "piece"],
                condition=Q(replaced_at=None) & ~Q(state="draft"),
                name="one_submission_counts",
            ),
            models.UniqueConstraint(
                fields=["dossier", "piece", "by"],
                condition=Q(state="draft"),
                name="one_draft_of_a_submission",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(reason="") | ~Q(state="refused") & Q(reason="", note=""),
                name="a_refusal_says_why",
            ),
        ]
        indexes = [models.Index(fields=["piece", "state"], name="submission_by_state")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
