"""Facts and reviews as pages show them."""

from preau.domains.attention.queries.facts import (
    FactRow,
    facts_open_in,
    sentence_of,
    sentences_of,
    thresholds_of,
    waiting_facts,
    waiting_pupils,
)
from preau.domains.attention.queries.reviews import (
    ReviewPage,
    adults_to_tell,
    number_of_pupils,
    number_of_words,
    page_of,
    reviews_of,
    told_reviews,
)

__all__ = [
    "FactRow",
    "ReviewPage",
    "adults_to_tell",
    "facts_open_in",
    "number_of_pupils",
    "number_of_words",
    "page_of",
    "reviews_of",
    "sentence_of",
    "sentences_of",
    "thresholds_of",
    "told_reviews",
    "waiting_facts",
    "waiting_pupils",
]
