"""What a password must be: long, not one that everybody has, not one's own name. No rule on its composition."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.foundation.text import fold
from preau.identity.leaked import is_leaked

LONGEST = 128
FEW_CHARACTERS = 4
TOO_CLOSE = 0.75
# Django's list of twenty thousand is mostly English.
FRENCH = (
    "motdepasse monmotdepasse motdepassemotdepasse azertyuiop azertyuiopqsdfghjklm qsdfghjklm azertyazerty "
    "bonjourbonjour bonjourlesamis jetaime jetaimejetaime jetaimepourtoujours jetadore loulou loulouloulou doudou "
    "doudoudoudou chouchou chouchouchou coucou coucoucoucou soleilsoleil chocolat chocolatchocolat marseille "
    "parissaintgermain olympiquedemarseille nicolas camille princesse monamour monamourpourtoujours tonton bisous "
    "bisousbisous vacances lesvacances footballfootball minecraft minecraftminecraft fortnite pokemon pikachu "
    "college lecollege lycee lelycee ecole lecole preau souslepreau pronote monlycee moncollege toutatice ilovefrance "
    "vivelafrance allezlesbleus ouioui nonnon lapinlapin papillon trottinette licorne dauphin tintin asterix obelix "
    "unmotdepasse passwordpassword secret unsecret"
).split()


def faults_of(password: str, *, shortest: int, own_words: Iterable[str]) -> Iterator[str]:
    """What to tell the person, a sentence for each fault; nothing when the password will do."""
    if len(password) < shortest:
        yield ngettext(
            "Trop court : il faut au moins %(num)d caractère.",
            "Trop court : il faut au moins %(num)d caractères.",
            shortest,
        ) % {"num": shortest}
    if _is_common(password):
        yield _(
            "Trop courant : d’autres personnes l’utilisent déjà. Choisissez plusieurs mots qui n’ont rien à voir."
        )
    elif is_leaked(password):
        yield _(
            "Connu : ce mot de passe a déjà été volé sur un autre site. S’il est le vôtre ailleurs, changez-le là-bas aussi."
        )
    elif _is_close_to(password, own_words):
        yield _("Trop proche de votre nom ou de votre identifiant : choisissez autre chose.")


def _is_common(password: str) -> bool:
    bare = _bare(password)
    if len(set(password.lower())) < FEW_CHARACTERS or bare in FRENCH or bare.rstrip("0123456789") in FRENCH:
        return True
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False


def _is_close_to(password: str, words: Iterable[str]) -> bool:
    bare = _bare(password).strip("0123456789")
    return any(
        len(word) >= FEW_CHARACTERS and SequenceMatcher(a=bare, b=word).ratio() >= TOO_CLOSE
        for word in map(_bare, words)
    )


def _bare(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())
