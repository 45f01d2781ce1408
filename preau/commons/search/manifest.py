"""What the search says of itself at the first visits."""

from django.utils.translation import gettext_lazy as _

from preau.commons.search.pages import find_pages
from preau.foundation import boards
from preau.foundation.access import signed_in

boards.first_steps.add(
    boards.FirstStep(
        _("Chercher"),
        _("Une personne, une classe, un cours : quelques lettres suffisent, même mal écrites."),
        "search:search",
        signed_in,
        where=_("La loupe, en haut de chaque page"),
        order=50,
    )
)
# Before people: whoever types the name of a page goes there.
boards.search.add(boards.SearchSource(_("Pages"), "menu-2", find_pages, signed_in, letters=3, order=5))
