"""The states of an import, and what a row of any house keeps of it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

RECEIVED, READING, MATCHING, PREVIEW, BLOCKED = "received", "reading", "matching", "preview", "blocked"
APPLYING, DONE, REFUSED, DROPPED = "applying", "done", "refused", "dropped"
# A task is at it; somebody is to decide; a school brings no other meanwhile.
WORKING, WAITING = (RECEIVED, READING, APPLYING), (MATCHING, PREVIEW, BLOCKED)
OPEN = (*WORKING, *WAITING)


class State(models.TextChoices):
    """The states, of a masculine noun (« un import »), without a second person who approves."""

    RECEIVED = "received", _("Reçu")
    READING = "reading", _("Lecture en cours")
    MATCHING = "matching", _("Colonnes à dire")
    PREVIEW = "preview", _("À vérifier")
    APPLYING = "applying", _("Application en cours")
    DONE = "done", _("Appliqué")
    REFUSED = "refused", _("Refusé")
    DROPPED = "dropped", _("Abandonné")


class ImportRow(models.Model):
    """What every import keeps. Its house adds `school`, `state`, `brought_by`, and who sees it.

    `folder` holds the files until they are applied or dropped; `preview` names people and is emptied at the same time.
    `report` counts, and quotes places and reasons: never a person's name.
    """

    brought_at = models.DateTimeField(_("apporté le"), auto_now_add=True)
    moved_at = models.DateTimeField(_("avancé le"), null=True, blank=True)
    settled_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    folder = models.CharField(_("dossier"), max_length=64, blank=True)
    files = models.JSONField(_("fichiers"), default=list, blank=True)
    step = models.CharField(_("étape"), max_length=120, blank=True)
    report = models.JSONField(_("rapport"), default=dict, blank=True)
    preview = models.JSONField(_("aperçu"), default=dict, blank=True)

    class Meta:
        abstract = True

    state: Any

    @property
    def is_working(self) -> bool:
        """Is a task at it, or about to be?"""
        return self.state in WORKING

    @property
    def is_waiting(self) -> bool:
        """Does it wait for somebody's decision?"""
        return self.state in WAITING
