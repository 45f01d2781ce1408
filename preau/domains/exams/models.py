"""Exam papers, their exercises and the documents that correct them. These rows belong to no school."""

from base64 import b32encode
from datetime import date
from hashlib import sha256
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.models import Licence, Resource


class Track(models.TextChoices):
    """« Voie »: the keys are those of addresses, as those of all lists here."""

    GENERAL = "generale", _("générale")
    TECHNOLOGICAL = "technologique", _("technologique")
    PROFESSIONAL = "professionnelle", _("professionnelle")


class Session(models.TextChoices):
    NORMAL = "normale", _("normale")
    REPLACEMENT = "remplacement", _("remplacement")
    SEPTEMBER = "septembre", _("septembre")
    SPARE = "secours", _("secours")
    SPECIMEN = "sujet-zero", _("sujet zéro")
    TRAINING = "entrainement", _("entraînement")


class Zone(models.TextChoices):
    """Where a paper was sat; a source writes it in a hundred ways (`imports.places`)."""

    METROPOLE = "metropole", _("Métropole")
    ANTILLES = "antilles-guyane", _("Antilles, Guyane")
    REUNION = "reunion-mayotte", _("La Réunion, Mayotte")
    POLYNESIA = "polynesie", _("Polynésie")
    CALEDONIA = "nouvelle-caledonie", _("Nouvelle-Calédonie, Wallis-et-Futuna")
    NORTH_AMERICA = "amerique-du-nord", _("Amérique du Nord")
    LATIN_AMERICA = "amerique-latine", _("Amérique du Sud et latine")
    ASIA = "asie", _("Asie")
    INDIA = "inde", _("Inde, Pondichéry")
    LEBANON = "proche-orient", _("Liban, Proche-Orient")
    AFRICA = "afrique", _("Afrique")
    EUROPE = "europe", _("Europe, hors de France")
    ABROAD = "centres-etrangers", _("Centres étrangers")


class ExamQuerySet(models.QuerySet["Exam"]):
    def visible_to(self, viewer: object) -> Self:
        """Everybody sees every exam."""
        return self.all()

    def counted(self) -> Self:
        """Those that have a paper, each with how many, as `held`."""
        held = Count("papers", filter=Q(papers__status=Paper.Status.PUBLISHED))
        return self.annotate(held=held).filter(held__gt=0).order_by("order", "name")


class Exam(models.Model):
    """An exam or a competition, and what it is in a few sentences."""

    slug = models.SlugField(_("clé"), max_length=60, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    short = models.CharField(_("nom court"), max_length=40)
    definition = models.TextField(_("ce que c’est"))
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = _("examen")
        verbose_name_plural = _("examens")
        ordering = ("order", "name")


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, viewer: object) -> Self:
        """What is published, to anyone: a paper belongs to no school."""
        return self.published()

    def published(self) -> Self:
        return self.filter(status=Paper.Status.PUBLISHED)

    def for_lines(self) -> Self:
        """With what a line of a list shows, in one statement: never their content."""
        shown = Exercise.objects.filter(paper=OuterRef("pk"), is_gone=False).order_by()
        number = shown.values("paper").annotate(number=Count("pk")).values("number")
        corrected = Exists(Correction.objects.visible_to(None).filter(paper=OuterRef("pk")))
        rows = self.select_related("exam").defer("intro", "text", "exam__definition")
        return rows.annotate(exercise_count=models.Subquery(number), is_corrected=corrected)


class Paper(models.Model):
    """One paper. `key`, « examen/nom », never changes: permalinks hold it.

    `intro` is its accessible version outside of the exercises, already cleaned; `text` the words of its PDF. `pdf` is the digest
    of its file (`queries.files`), or "". `edition`: the one of the catalogue that changed it last.
    """

    class Status(models.TextChoices):
        PUBLISHED = "published", _("publié")
        WITHDRAWN = "withdrawn", _("retiré")

    key = models.CharField(_("clé"), max_length=140, unique=True)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="papers", verbose_name=_("examen"))
    title = models.CharField(_("titre"), max_length=200)
    track = models.CharField(_("voie"), max_length=16, choices=Track.choices, blank=True)
    series = models.CharField(_("série ou spécialité"), max_length=100, blank=True)
    subject = models.CharField(_("matière"), max_length=100)
    year = models.PositiveSmallIntegerField(_("année de la session"))
    session = models.CharField(_("session"), max_length=14, choices=Session.choices, default=Session.NORMAL)
    zones = models.JSONField(_("zones"), default=list, blank=True)
    place = models.CharField(_("lieu, comme la source l’écrit"), max_length=120, blank=True)
    sitting = models.CharField(_("jour ou partie"), max_length=40, blank=True)
    duration = models.PositiveSmallIntegerField(_("durée en minutes"), null=True, blank=True)
    coefficient = models.DecimalField(_("coefficient"), max_digits=4, decimal_places=1, null=True, blank=True)
    authors = models.JSONField(_("auteurs"), default=list, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=Licence.choices, blank=True)
    definition_url = models.URLField(_("définition de l’épreuve"), max_length=300, blank=True)
    pdf = models.CharField(_("fichier PDF"), max_length=64, blank=True, db_index=True)
    pdf_size = models.PositiveIntegerField(_("poids du PDF"), default=0)
    pdf_pages = models.PositiveSmallIntegerField(_("pages du PDF"), default=0)
    intro = models.TextField(_("en-tête du sujet"), blank=True)
    text = models.TextField(_("texte du PDF"), blank=True)
    resources = models.ManyToManyField(
        Resource, related_name="+", blank=True, verbose_name=_("ressources pour réviser")
    )
    published = models.DateField(_("publié le"))
    changed = models.DateField(_("modifié le"))
    status = models.CharField(_("état"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)
    source = models.CharField(_("provenance"), max_length=40)
    digest = models.CharField(_("empreinte de la source"), max_length=64)
    edition = models.PositiveBigIntegerField(_("édition"), db_index=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("sujet d’examen")
        verbose_name_plural = _("sujets d’examen")
        ordering = ("-year", "key")
        indexes = [models.Index(fields=["exam", "status", "-year", "key"], name="exams_papers_of_an_exam")]

    @property
    def place_of(self) -> dict[str, str]:
        """What its addresses hold."""
        exam, _slash, slug = str(self.key).partition("/")
        return {"exam": exam, "slug": slug}

    @property
    def zones_said(self) -> list[str]:
        known = dict(Zone.choices)
        return [str(known[zone]) for zone in self.zones if zone in known] or (
            [self.place] if self.place else []
        )

    @property
    def session_said(self) -> str:
        """« session de remplacement 2012 », « entraînement 2026 »."""
        if self.session == Session.NORMAL:
            return str(_("session %(year)s")) % {"year": self.year}
        return f"{self.get_session_display()} {self.year}"

    @property
    def is_only_referenced(self) -> bool:
        """Known by an index: neither its file nor its text is here, and nothing says under which terms it may be used."""
        return not self.licence

    @property
    def day(self) -> int:
        """What the order of time compares: sessions, whenever they were loaded."""
        return date(self.year, 6, 1).toordinal()


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def visible_to(self, viewer: object) -> Self:
        """The exercises of what is published, to anyone."""
        return self.filter(is_gone=False, paper__status=Paper.Status.PUBLISHED)

    def for_lines(self) -> Self:
        """With what a line of a list shows, in one statement; never their content."""
        corrected = Exists(CorrectionPart.objects.visible_to(None).filter(exercise=OuterRef("pk")))
        rows = self.select_related("paper__exam").defer("html", "text", "paper__intro", "paper__text")
        return rows.annotate(is_corrected=corrected)


class Exercise(models.Model):
    """A part of a paper that one may work on alone. `code` comes from its paper and its number: the same on every site."""

    paper = models.ForeignKey(
        Paper, on_delete=models.CASCADE, related_name="exercises", verbose_name=_("sujet")
    )
    code = models.CharField(_("code"), max_length=10, unique=True)
    number = models.CharField(_("numéro"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("rang dans le sujet"))
    title = models.CharField(_("titre"), max_length=300)
    html = models.TextField(_("énoncé"), blank=True)
    text = models.TextField(_("texte"), blank=True)
    first_page = models.PositiveSmallIntegerField(_("première page"), null=True, blank=True)
    last_page = models.PositiveSmallIntegerField(_("dernière page"), null=True, blank=True)
    notions = models.JSONField(_("notions"), default=list, blank=True)
    competences = models.JSONField(_("compétences"), default=list, blank=True)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True, blank=True)
    duration = models.PositiveSmallIntegerField(_("durée conseillée en minutes"), null=True, blank=True)
    is_gone = models.BooleanField(_("n’est plus dans le sujet"), default=False)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercice d’examen")
        verbose_name_plural = _("exercices d’examen")
        ordering = ("rank", "pk")
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="one_exercise_of_a_number_a_paper")
        ]

    @property
    def pages_said(self) -> str:
        if not self.first_page:
            return ""
        return (
            str(self.first_page)
            if self.first_page == self.last_page
            else f"{self.first_page}-{self.last_page}"
        )

    @property
    def is_text_of_a_file(self) -> bool:
        """Its words were read from the pages of a PDF: they have neither form nor figure."""
        return bool(self.text) and not self.html


class ElementsQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, viewer: object) -> Self:
        """Those whose day has come, to anyone; those of later to nobody, whoever they are."""
        today = timezone.localdate()
        return self.filter(published__lte=today, paper__status=Paper.Status.PUBLISHED)


class Correction(models.Model):
    """Elements of correction: a document of its own, with who wrote it and the day from which it is shown."""

    paper = models.OneToOneField(
        Paper, on_delete=models.CASCADE, related_name="correction", verbose_name=_("sujet")
    )
    authors = models.JSONField(_("auteurs"), default=list)
    published = models.DateField(_("publié le"))
    intro = models.TextField(_("présentation"), blank=True)
    pdf = models.CharField(_("fichier PDF"), max_length=64, blank=True, db_index=True)
    pdf_size = models.PositiveIntegerField(_("poids du PDF"), default=0)

    objects = ElementsQuerySet.as_manager()

    class Meta:
        verbose_name = _("éléments de correction")
        verbose_name_plural = _("éléments de correction")


class CorrectionPartQuerySet(models.QuerySet["CorrectionPart"]):
    def visible_to(self, viewer: object) -> Self:
        """As the document that they are of."""
        shown = Correction.objects.visible_to(viewer)
        return self.filter(correction__in=shown, exercise__is_gone=False)


class CorrectionPart(models.Model):
    """What a document of correction says of one exercise."""

    correction = models.ForeignKey(
        Correction, on_delete=models.CASCADE, related_name="parts", verbose_name=_("éléments de correction")
    )
    exercise = models.OneToOneField(
        Exercise, on_delete=models.CASCADE, related_name="correction_part", verbose_name=_("exercice")
    )
    html = models.TextField(_("correction"))

    objects = CorrectionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction d’un exercice")
        verbose_name_plural = _("corrections d’exercices")
        ordering = ("exercise__rank",)


def code_of(key: str, number: str) -> str:
    """The code of the exercise of this number in the paper of this key: ten signs that anybody may type."""
    return b32encode(sha256(f"{key}\0{number}".encode()).digest()).decode()[:10].lower()


def label_of(choices: Any, value: str) -> str:
    """The words of a value of one of these lists; the value itself when it is not one of them."""
    return str(dict(choices.choices).get(value, value))
