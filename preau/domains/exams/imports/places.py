"""The hundred ways in which sources write where a paper was sat, brought to our zones. A place may be of several, or of none."""

import re

from preau.domains.exams.models import Zone
from preau.foundation.text import fold

# Words of a folded place, and the zone that they say.
SAID = (
    (r"metropole|^groupements ", Zone.METROPOLE),
    (r"antilles|guyane|martinique|guadeloupe", Zone.ANTILLES),
    (r"reunion|mayotte", Zone.REUNION),
    (r"polynesie", Zone.POLYNESIA),
    (r"caledonie|wallis", Zone.CALEDONIA),
    (r"amerique du nord", Zone.NORTH_AMERICA),
    (r"amerique du sud|amerique latine|\bamsud\b|mexique", Zone.LATIN_AMERICA),
    (r"\basie\b|japon", Zone.ASIA),
    (r"\binde\b|pondichery", Zone.INDIA),
    (r"liban|proche orient|israel", Zone.LEBANON),
    (r"afrique|tunisie|maroc|madagascar", Zone.AFRICA),
    (r"espagne|grece|suede", Zone.EUROPE),
    (r"centres etrangers|etranger groupe", Zone.ABROAD),
)
KNOWN = [(re.compile(words), zone) for words, zone in SAID]


def zones_of(place: str) -> list[str]:
    """The zones that a place says: « MÉTROPOLE + LA RÉUNION » says two, « COPIRELEM Groupement 2 » none."""
    folded = fold(place)
    return [str(zone) for words, zone in KNOWN if words.search(folded)]
