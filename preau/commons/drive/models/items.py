"""Folders and documents, where they lie, and the versions of a document."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.drive.models.scoping import groups_entered, live_shares, reaches
from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation.db import NATURAL

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 250


class PlacedQuerySet(SchoolQuerySet):
    def present(self) -> Self:
        """Those that are not in the bin."""
        return self.filter(trashed_at=None)

    def trashed(self) -> Self:
        """What somebody put in the bin: a folder stands for all that it holds."""
        return self.filter(trashed_at__isnull=False, trashed_with=None)

    def below(self, item: int) -> Self:
        """An item and all that lies in it, at any depth."""
        return self.filter(pk__in=Nesting.objects.filter(above=item).values("item_id"))

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; what lies in the places that one enters; what is shared with one, until its day. Of the bin, what one may restore."""
        mine, entered = Q(owner=viewer.person.pk), _entered(viewer)
        thrown = Q(trashed_at__isnull=False) & (mine | (entered & _may_restore(viewer)))
        return self.filter(Q(trashed_at=None) & (mine | entered | _shared(viewer)) | thrown)

    def opened_by(self, viewer: Viewer, pk: int) -> "Item | None":
        """The item of a page if the viewer sees it, with its file, its place and its people (one query)."""
        related = ("file__content", "owner", "group", "school", "made_by", "parent")
        return self.visible_to(viewer).select_related(*related).filter(pk=pk).first()


def _entered(viewer: Viewer) -> Q:
    """Of a class: its pupils and its teachers, save that a pupil sees alone what is handed in. Of a team, a staff: adults."""
    place = Item.Place
    if viewer.profile == Profile.PUPIL:
        alone = Q(is_handed_in=False) | Q(made_by=viewer.person.pk)
        return Q(place=place.CLASS, group__in=groups_entered(viewer)) & alone
    if viewer.is_staff:
        among = Q(place__in=[place.CLASS, place.TEAM], group__in=groups_entered(viewer))
        return among | Q(place=place.STAFF, school=viewer.school_id)
    return Q(pk=None)


def _may_restore(viewer: Viewer) -> Q:
    return Q() if viewer.is_staff else Q(trashed_by=viewer.person.pk)


def _shared(viewer: Viewer) -> Q:
    """What is shared, and all that a shared folder holds."""
    shared = Nesting.objects.filter(
        live_shares(viewer, "above__shares__") & reaches(viewer, "above__shares__")
    )
    return Q(pk__in=shared.values("item_id"))


# How a list reads: folders first, then by name.
IN_ORDER = (F("is_folder").desc(), F("name").asc(), F("id").asc())
AT_THE_TOP = Q(trashed_at=None, parent=None)


class Item(models.Model):
    """A folder or a document, under its name in its folder. Where it lies says who sees it: `owner` for one's own place, `group` for that of
    a class and of its team, the school alone for the staff's.

    `description`: of a picture, for whoever does not see it. `pupils_may`: what pupils may do in a folder of a class. `is_handed_in`: put by a pupil in a folder where each sees only their own. `file`: the last of its
    versions, of which there have been `versions`. `trashed_with`: the folder with which it went in the bin.
    """

    class Place(models.TextChoices):
        OWN = "own", _("Mes fichiers")
        CLASS = "class", _("Classe")
        TEAM = "team", _("Équipe")
        STAFF = "staff", _("Personnels")

    class PupilsMay(models.TextChoices):
        READ = "read", _("Lire")
        ADD = "add", _("Lire et ajouter")
        HAND_IN = "hand_in", _("Remettre : chaque élève ne voit que ce qu’il dépose")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="drive_items", verbose_name=_("établissement")
    )
    place = models.CharField(_("lieu"), max_length=5, choices=Place.choices)
    owner = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="drive_items", verbose_name=_("propriétaire")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="drive_items", verbose_name=_("classe ou groupe")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="children", verbose_name=_("dossier")
    )
    is_folder = models.BooleanField(_("est un dossier"), default=False)
    pupils_may = models.CharField(
        _("ce que font les élèves"), max_length=7, choices=PupilsMay.choices, default=PupilsMay.READ
    )
    is_handed_in = models.BooleanField(_("remis"), default=False)
    name = models.CharField(_("nom"), max_length=LONGEST_NAME, db_collation=NATURAL)
    search_name = models.CharField(_("nom sans accents"), max_length=LONGEST_NAME * 2, editable=False)
    file = models.ForeignKey(
        StoredFile, models.CASCADE, null=True, related_name="drive_items", verbose_name=_("fichier")
    )
    versions = models.PositiveIntegerField(_("nombre de versions"), default=0)
    description = models.CharField(
        _("ce que montre l’image"), max_length=LONGEST_DESCRIPTION, blank=True, db_default=""
    )
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="drive_items_made", verbose_name=_("déposé par")
    )
    made_at = models.DateTimeField(_("déposé le"))
    changed_at = models.DateTimeField(_("changé le"))
    trashed_at = models.DateTimeField(_("mis à la corbeille le"), null=True)
    trashed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="drive_items_trashed", verbose_name=_("jeté par")
    )
    trashed_with = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="trashed_along", verbose_name=_("jeté avec")
    )

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = _("document ou dossier")
        verbose_name_plural = _("documents et dossiers")
        ordering = ["-is_folder", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place="own", owner__isnull=False, group=None)
                | Q(place__in=["class", "team"], owner=None, group__isnull=False)
                | Q(place="staff", owner=None, group=None),
                name="drive_item_lies_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(is_folder=True, file=None) | Q(is_folder=False, file__isnull=False),
                name="drive_item_is_a_folder_or_a_file",
            ),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=Q(trashed_at=None), name="drive_name_once_in_a_folder"
            ),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(trashed_at=None, parent=None, place="own"),
                name="drive_name_once_of_one_s_own",
            ),
            models.UniqueConstraint(
                fields=["group", "place", "name"],
                condition=Q(trashed_at=None, parent=None, place__in=["class", "team"]),
                name="drive_name_once_in_a_group",
            ),
            models.UniqueConstraint(
                fields=["school", "name"],
                condition=Q(trashed_at=None, parent=None, place="staff"),
                name="drive_name_once_of_the_staff",
            ),
        ]
        # A page of a folder is read in its order, however many lie there: one index a place, and one for what lies in folders.
        indexes = [
            models.Index("parent", *IN_ORDER, condition=Q(trashed_at=None), name="drive_items_in_a_folder"),
            models.Index(
                "owner", *IN_ORDER, condition=AT_THE_TOP & Q(place="own"), name="drive_items_of_a_person"
            ),
            models.Index(
                "group",
                "place",
                *IN_ORDER,
                condition=AT_THE_TOP & Q(place__in=["class", "team"]),
                name="drive_items_of_a_group",
            ),
            models.Index(
                "school", *IN_ORDER, condition=AT_THE_TOP & Q(place="staff"), name="drive_items_of_a_staff"
            ),
            models.Index(fields=["trashed_at"], condition=Q(trashed_at__isnull=False), name="drive_bin"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.file is not None and self.file.has_glimpse

    @property
    def is_trashed(self) -> bool:
        return self.trashed_at is not None


class Nesting(models.Model):
    """An item lies in `above`, `depth` folders below it; each lies in itself, at 0: one question finds all that a folder holds."""

    class NestingQuerySet(models.QuerySet["Nesting"]):
        def visible_to(self, viewer: Viewer) -> Self:
            return self.filter(item__in=Item.objects.visible_to(viewer))

    item = models.ForeignKey(Item, models.CASCADE, related_name="nestings", verbose_name=_("élément"))
    above = models.ForeignKey(Item, models.CASCADE, related_name="holds", verbose_name=_("dossier"))
    depth = models.PositiveSmallIntegerField(_("profondeur"))

    objects = NestingQuerySet.as_manager()

    class Meta:
        verbose_name = _("emboîtement")
        constraints = [models.UniqueConstraint(fields=["item", "above"], name="drive_nesting_once")]


class VersionQuerySet(SchoolQuerySet):
    school_path = "item__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """The last one, with its document; the former ones, to whoever keeps it: its owner, who put it there, adults of the place."""
        seen: Any = self.filter(item__in=Item.objects.visible_to(viewer))
        kept = Q(item__owner=viewer.person.pk) | Q(item__made_by=viewer.person.pk)
        if viewer.is_staff:
            kept |= ~Q(item__place=Item.Place.OWN)
        return seen.filter(Q(file=F("item__file")) | kept)


class Version(models.Model):
    """One state of a document: its file, who put it there and when."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="all_versions", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("numéro"))
    file = models.ForeignKey(
        StoredFile, models.CASCADE, related_name="drive_versions", verbose_name=_("fichier")
    )
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="drive_versions_made", verbose_name=_("déposée par")
    )
    made_at = models.DateTimeField(_("déposée le"))

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="drive_version_once")]
