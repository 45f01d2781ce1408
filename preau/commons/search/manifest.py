"""What the search says of itself at the first visits."""

from django.utils.translation import gettext_lazy as _

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
