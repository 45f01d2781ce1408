"""What exam papers show to the rest of the platform."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.boards import BesideSearch, beside_search
from preau.domains.exams import seeds
from preau.domains.exams.queries import files, index, pages, search
from preau.foundation import boards
from preau.foundation.access import signed_in
from preau.foundation.readers import NO_ROW, Readers

KEY = "exams"
boards.kept_files.add(boards.KeptFiles(KEY, files.kept))
boards.after_restore.add(boards.AfterRestore(KEY, index.EXAMS.build_again))
PAPER = (
    "key",
    "exam",
    "title",
    "track",
    "series",
    "subject",
    "year",
    "session",
    "zones",
    "place",
    "sitting",
    "duration",
    "coefficient",
    "licence",
    "definition_url",
    "pdf",
    "pdf_size",
    "pdf_pages",
    "intro",
    "text",
    "resources",
    "published",
    "changed",
    "status",
    "source",
    "digest",
    "edition",
)
NOTHING = boards.FieldClass.NONE
# Where a school closes it, its entry goes; the pages stay, which anyone in the world may read (`to=anyone`).
boards.services.add(
    boards.Service(
        KEY,
        _("Annales d’examens"),
        text=_(
            "Sujets d’examen, exercices et entraînement en temps limité. Les pages restent ouvertes à tous."
        ),
        namespaces=(KEY,),
        order=29,
    )
)
boards.menu.add(
    boards.MenuEntry(
        _("Annales d’examens"),
        "exams:home",
        "file-text",
        signed_in,
        section="resources",
        order=62,
        service=KEY,
    )
)
boards.front_links.add(
    boards.FrontLink(
        _("Annales d’examens"),
        _(
            "Des sujets d’entraînement au brevet et au bac, exercice par exercice, en temps limité. Sans compte."
        ),
        _("Chercher un exercice d’examen"),
        "exams:home",
        "file-text",
        order=12,
        drawing="orientation",
    )
)
beside_search.add(BesideSearch(search.beside, "file-text"))
AUTHORS = {
    "legal_basis": _(
        "Mission d’intérêt public ; droit des auteurs à leur nom (code de la propriété intellectuelle, article L. 121-1)."
    ),
    "readers": Readers(NO_ROW, NO_ROW, others=(_("tout le monde : ces pages sont publiques"),)),
    "keep": boards.Retention.SCHOOL,
}
boards.personal_data.add(
    boards.PersonalData(
        _("Auteurs des sujets d’examen"),
        "exams.Paper",
        "",
        purpose=_("Faire trouver et lire des sujets d’examen, et nommer qui les a écrits."),
        fields=dict.fromkeys(PAPER, NOTHING) | {"authors": boards.FieldClass.PERSONAL},
        **AUTHORS,
    )
)
boards.personal_data.add(
    boards.PersonalData(
        _("Auteurs des corrections d’examen"),
        "exams.Correction",
        "",
        purpose=_("Faire lire des éléments de correction, et nommer qui les a écrits."),
        fields=dict.fromkeys(("paper", "published", "intro", "pdf", "pdf_size"), NOTHING)
        | {"authors": boards.FieldClass.PERSONAL},
        **AUTHORS,
    )
)
boards.endings.add(
    boards.Ending(
        ("exams.Paper", "exams.Correction"),
        why=_("Une œuvre publiée garde le nom de qui l’a écrite ; un sujet retiré n’est plus montré."),
    )
)
boards.seeds.add(boards.Seed("annales", seeds.plant, seeds.refresh, order=96))
boards.public_routes.add(boards.PublicRoute("exams:home", in_sitemap=True, to_work_on=True))
for name in (
    "search",
    "suggestions",
    "feed",
    "basket",
    "basket_page",
    "basket_pdf",
    "training",
    "exercise",
    "paper_pdf",
    "correction",
    "correction_pdf",
):
    boards.public_routes.add(boards.PublicRoute(f"exams:{name}", to_work_on=True))


def exam_addresses() -> list[str]:
    return [reverse("exams:exam", args=[slug]) for slug in pages.exam_addresses()]


def paper_addresses() -> list[str]:
    return [reverse("exams:paper", args=key.split("/")) for key in pages.addresses()]


boards.public_routes.add(
    boards.PublicRoute(
        "exams:exam", in_sitemap=True, addresses=exam_addresses, and_below=True, to_work_on=True
    )
)
boards.public_routes.add(
    boards.PublicRoute("exams:paper", in_sitemap=True, addresses=paper_addresses, to_work_on=True)
)

# How people read it.
for words in [
    boards.InWords("exams", boards.Section.WORK),
]:
    boards.data_in_words.add(words)
