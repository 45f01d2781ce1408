"""What leaves the exam papers: on paper, how to cite one, and its record as other catalogues read it (schema.org)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.domains.catalogue.models.resources import deed_at
from preau.domains.exams.models import Exercise, Paper
from preau.domains.exams.queries import basket
from preau.domains.exams.queries.basket import BasketContents
from preau.foundation import dates, pdf
from preau.foundation.richtext import documents

STYLE = Path(__file__).parent / "static" / "exams" / "paper.css"


def address_of(paper: Paper) -> str:
    return reverse("exams:paper", kwargs=paper.place_of)


def permalink(paper: Paper) -> str:
    """Its address, which does not change."""
    return f"{settings.PUBLIC_URL}{address_of(paper)}"


def permalink_of_exercise(exercise: Exercise) -> str:
    return f"{settings.PUBLIC_URL}{reverse('exams:exercise', args=[exercise.code])}"


def citation(paper: Paper) -> str:
    """One sentence to put under what is used again."""
    parts = [
        *paper.authors,
        _("« %(title)s »") % {"title": paper.title},
        str(paper.get_licence_display()),
        permalink(paper),
    ]
    return ", ".join(filter(None, parts)) + "."


def deed_of(paper: Paper) -> str:
    """Where the text of its licence is, or ""."""
    return deed_at(paper.licence)


def shown(html: str) -> Any:
    """A text of a paper, cleaned once more; papers show no picture yet."""
    return documents.shown(html, lambda _name: "")


def record_of(paper: Paper, exercises: Sequence[Exercise]) -> dict[str, Any]:
    """The record of a paper for other catalogues."""
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", "CreativeWork"],
        "@id": permalink(paper),
        "url": permalink(paper),
        "identifier": paper.key,
        "name": paper.title,
        "inLanguage": "fr",
        "learningResourceType": _("sujet d’examen"),
        "educationalUse": "assessment",
        "temporalCoverage": str(paper.year),
        "about": [{"@type": "Thing", "name": paper.subject}],
        "isAccessibleForFree": True,
        "datePublished": paper.published.isoformat(),
        "dateModified": paper.changed.isoformat(),
        "author": [{"@type": "Organization", "name": name} for name in paper.authors],
        "educationalAlignment": {
            "@type": "AlignmentObject",
            "alignmentType": "educationalSubject",
            "targetName": paper.exam.name,
        },
        "hasPart": [
            {
                "@type": "LearningResource",
                "name": exercise.title,
                "url": permalink_of_exercise(exercise),
                "keywords": exercise.notions,
            }
            for exercise in exercises
        ],
    }
    if deed_of(paper):
        record["license"] = deed_of(paper)
    if paper.duration:
        record["timeRequired"] = f"PT{paper.duration}M"
    return record


def record_of_exercise(exercise: Exercise) -> dict[str, Any]:
    """The record of one exercise."""
    address = permalink_of_exercise(exercise)
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": address,
        "url": address,
        "identifier": exercise.code,
        "name": exercise.title,
        "inLanguage": "fr",
        "learningResourceType": _("exercice"),
        "keywords": [*exercise.notions, *exercise.competences],
        "isAccessibleForFree": True,
        "isPartOf": {
            "@type": "LearningResource",
            "name": exercise.paper.title,
            "url": permalink(exercise.paper),
        },
    }
    if exercise.duration:
        record["timeRequired"] = f"PT{exercise.duration}M"
    return record


def points_said(points: Decimal | None) -> str:
    """« 5 points », « 2,5 points », or ""."""
    if points is None:
        return ""
    number = f"{points.normalize():f}".replace(".", ",")
    return _("%(num)s point") % {"num": number} if points < 2 else _("%(num)s points") % {"num": number}


# On paper


def page_of_basket(found: BasketContents, title: str, address: str, *, in_browser: bool = True) -> str:
    """A whole HTML document: the exercises, then their corrections on a sheet of their own."""
    corrected = [(exercise, part) for exercise in found.exercises if (part := basket.correction_of(exercise))]
    context = {
        "title": title,
        "facts": "",
        "intro": "",
        "exercises": found.exercises,
        "corrections": corrected,
        "papers": found.papers,
        "address": address,
        "in_browser": in_browser,
    }
    return _drawn(context)


def page_of_paper(paper: Paper, exercises: Sequence[Exercise], *, in_browser: bool = True) -> str:
    """A paper as a whole HTML document, without its correction."""
    context = {
        "title": paper.title,
        "facts": " · ".join(facts_of(paper)),
        "intro": shown(paper.intro),
        "exercises": exercises,
        "corrections": [],
        "papers": [paper],
        "address": permalink(paper),
        "in_browser": in_browser,
    }
    return _drawn(context)


def _drawn(context: dict[str, Any]) -> str:
    tools = {"shown": shown, "citation": citation, "points": points_said, "style": STYLE.read_text()}
    return render_to_string("exams/print.html", context | tools, using="pages")


def facts_of(paper: Paper) -> list[str]:
    """What stands under its title: exam, track, series, session, zones, time, coefficient."""
    return list(filter(None, _facts(paper)))


def _facts(paper: Paper) -> Iterable[str]:
    yield paper.exam.name
    yield _("voie %(name)s") % {"name": paper.get_track_display()} if paper.track else ""
    yield from (paper.series, paper.subject, paper.session_said, ", ".join(paper.zones_said), paper.sitting)
    yield dates.minutes(paper.duration) if paper.duration else ""
    if paper.coefficient is not None:
        yield _("coefficient %(num)s") % {"num": f"{paper.coefficient.normalize():f}".replace(".", ",")}


@lru_cache(maxsize=16)
def pdf_of(page: str) -> bytes:
    """A4, tagged for screen readers. The same page is made once: a class asks for it thirty times in a row."""
    return pdf.made(page, STYLE)
