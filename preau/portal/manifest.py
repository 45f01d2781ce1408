"""What the portal shows: its public pages, the sections of the menu."""

from django.utils.translation import gettext_lazy as _

from preau.foundation import boards
from preau.foundation.access import signed_in
from preau.portal import api, awaited, first_steps

boards.public_routes.add(boards.PublicRoute("portal:home", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("portal:demonstration"))
for key, label, order in [
    ("lessons", _("Cours et travail"), 20),
    ("school-life", _("Vie scolaire"), 30),
    ("resources", _("Ressources"), 40),
    ("administration", _("Établissement"), 60),
    ("platform", _("Plateforme"), 70),
]:
    boards.menu_sections.add(boards.MenuSection(key, label, order))
boards.public_routes.add(boards.PublicRoute("portal:app_manifest"))
boards.public_routes.add(boards.PublicRoute("portal:service_worker"))
boards.public_routes.add(boards.PublicRoute("portal:offline"))
for name in ("help", "accessibility", "legal", "privacy", "register", "state"):
    boards.public_routes.add(boards.PublicRoute(f"portal:{name}", in_sitemap=True))
for name in ("guide", "privacy_house", "sitemap", "robots"):
    boards.public_routes.add(boards.PublicRoute(f"portal:{name}"))
boards.public_routes.add(boards.PublicRoute("portal:api", in_sitemap=True))
boards.public_routes.add(boards.PublicRoute("portal:openapi"))
boards.doors.add(
    boards.Door(
        "api",
        _("Qui je suis"),
        _("votre nom, votre profil et vos établissements."),
        signed_in,
        by=("token",),
        most=1000,
        order=10,
    )
)
boards.api.add(boards.ApiPart("moi", api.me, "api", order=10))
# After what happens now and the day, before what waits.
boards.cards.add(boards.Card("portal/_first_steps.html", first_steps.card, signed_in, "aside", order=15))
# Before all, to a family; to a pupil, after the work of tomorrow, before what is only to read; to the staff, after what happens now.
boards.cards.add(boards.Card("portal/_awaited.html", awaited.card, awaited.is_family, "main", order=5))
boards.cards.add(boards.Card("portal/_awaited.html", awaited.card, awaited.is_pupil, "main", order=16))
boards.cards.add(boards.Card("portal/_awaited.html", awaited.card, awaited.is_staff, "main", order=7))
boards.pupil_facts.add(
    boards.PupilFact(
        "portal.awaited",
        _("À répondre"),
        "portal/_awaited_list.html",
        awaited.of_pupil,
        awaited.is_family,
        boards.Column.SCHOOL,
        icon="pencil",
        summary=awaited.summary,
        unfolded=True,
        order=4,
    )
)
boards.site_pages.add(
    boards.SitePage(
        _("À répondre"),
        "portal:to_answer",
        "pencil",
        awaited.is_asked,
        _("signer signature autorisation réponse attendue carnet"),
    )
)
