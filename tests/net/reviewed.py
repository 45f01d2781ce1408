"""What an engine could not decide or decided wrongly, and what a person saw when looking: each line is a promise, so it says why."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Reviewed:
    """The engine and its rule, the elements (a pattern of their HTML), and what was seen."""

    engine: str
    rule: str
    element: str
    seen: str

    def covers(self, engine: str, rule: str, html: str) -> bool:
        return (engine, rule) == (self.engine, self.rule) and re.search(self.element, html) is not None


REVIEWED = [
    Reviewed(
        "axe",
        "color-contrast",
        r"^<span>(Pas de cours|Libre), ",
        "The line of an hour crosses free time; its words stand on the plain surface, in the muted ink of every page.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<b class=\"level-digit\"",
        "A digit alone is too short for it: the ink of every page, on the tint of a state or of its palette, beside the word of the level.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<span class=\"half\"[^>]* aria-hidden=\"true\">",
        "A letter alone is too short for it: it stands in words beside, and its colours are those of the states.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<li data-from=\"\d+\">",
        "The hours of the drawn week stand beside the line that each begins, on the plain surface.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<text [^>]*fill=\"var\(--art-",
        "A word of a drawing, which stands in words beside it too; white, or ink in the dark, on the strong colour of a family, measured by "
        "preau/foundation/tests/test_art.py.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<select [^>]*class=\"ds-input\"",
        "The gradient is only the arrow at the end of the list; its text stands on the plain surface of every field.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<span class=\"box\" aria-hidden=\"true\">✓",
        "The mark of what is done, in the colour of the words beside it, which say it too.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<p data-roll-summary",
        "The bar sticks to the foot of the screen on a plain surface of its own: the lines of the roll pass under it, never behind its words.",
    ),
    Reviewed(
        "axe",
        "color-contrast",
        r"^<abbr title=",
        "On a phone the table of a class slides within its card: a head that is out of sight for now is written as those in sight, on the plain surface.",
    ),
    Reviewed(
        "ibm",
        "aria_form_label_unique",
        r"^<form ",
        "A form without a name is no landmark (HTML-AAM): nothing lists it, so nothing has to tell it from the others.",
    ),
    Reviewed(
        "ibm",
        "label_content_exists",
        r"^<label [^>]*class=\"segment\"",
        "On a phone the word of a segment is cut to one pixel, and still read; the drawing stands for it.",
    ),
    Reviewed(
        "ibm",
        "input_checkboxes_grouped",
        r" name=\"(reason|agreed)\"",
        "The style guide shows the same field twice: right, then wrong. No other page has two of a name.",
    ),
    Reviewed(
        "qualweb",
        "QW-WCAG-T24",
        r".",
        "It calls focus() from a script, in vain inside a menu that is closed. « clavier » opens each menu and goes by the Tab key.",
    ),
    Reviewed(
        "qualweb",
        "QW-WCAG-T17",
        r"^<input [^>]*(id=\"recherche\"|type=\"file\")",
        "The label is there, cut to one pixel (search) or beside a hint (files); axe, Alfa and IBM read its name.",
    ),
    Reviewed(
        "qualweb",
        "QW-WCAG-T3",
        r"^<fieldset ",
        "The fieldset stands in a form, which it does not own: a shape that QualWeb looks for one level up.",
    ),
    Reviewed(
        "qualweb",
        "QW-WCAG-T23",
        r"class=\"wordmark\"",
        "The page shown without a network has one line above its content: nothing to skip.",
    ),
    *(
        Reviewed(
            "vnu",
            f"The “role” attribute must not be used on a “{tag}” element which has a “table” ancestor with no “role” attribute,"
            " or with a “role” attribute whose value is “table”, “grid”, or “treegrid”.",
            r"",
            "It says what the element is already: on a phone rows are drawn as cards, and some browsers then forget their table.",
        )
        for tag in ("thead", "tbody", "tr", "th", "td")
    ),
]


def is_reviewed(engine: str, rule: str, html: str) -> bool:
    return any(line.covers(engine, rule, html) for line in REVIEWED)
