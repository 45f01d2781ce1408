"""The pictures by which a pupil who cannot read yet signs in, and how what was drawn is kept.

Three of twelve, in order: 1 728 ways, hence nothing by themselves. The card's code (59 bits) says which child it is, tries are
counted, and the pictures stop whoever finds a card.
"""

import secrets
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

HOW_MANY = 3
# The word of each picture; the key is the name of its drawing.
PICTURES = {
    "cat": _("le chat"),
    "dog": _("le chien"),
    "fish": _("le poisson"),
    "butterfly": _("le papillon"),
    "tree": _("l’arbre"),
    "flower": _("la fleur"),
    "sun": _("le soleil"),
    "moon": _("la lune"),
    "star": _("l’étoile"),
    "car": _("la voiture"),
    "bike": _("le vélo"),
    "rocket": _("la fusée"),
}


def drawn() -> tuple[str, ...]:
    """Three different pictures, in an order: a child remembers them as a story."""
    return tuple(secrets.SystemRandom().sample(list(PICTURES), HOW_MANY))


def secret_of(pictures: Sequence[str]) -> str:
    """What is hashed as a password is."""
    return " ".join(pictures)


def known(pictures: Sequence[str]) -> list[str]:
    """Of what a form sends, the first pictures that exist."""
    return [picture for picture in pictures if picture in PICTURES][:HOW_MANY]
