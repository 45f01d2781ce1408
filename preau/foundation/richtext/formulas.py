"""LaTeX to MathML, which browsers draw and screen readers speak. What does not read is shown as it was typed."""

from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element  # nosec B405 - the type alone; what is parsed goes through defusedxml

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from latex2mathml.converter import convert

TAGS = set(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msup msub msubsup munder mover munderover mtable mtr mtd mstyle "
    "mpadded mphantom menclose".split()
)
ATTRIBUTES = set(
    "display stretchy fence form separator largeop movablelimits accent accentunder mathvariant linethickness columnalign "
    "rowspacing columnspacing columnlines rowlines notation minsize maxsize lspace rspace width displaystyle scriptlevel".split()
)
DEEPEST = 40


@lru_cache(maxsize=2_000)
def drawn(words: str) -> str:
    """MathML, safe to be put in a page; its own words when it does not read."""
    try:
        inside = "".join(map(_tag, fromstring(convert(_shallow(words)))))
    except Exception:  # noqa: BLE001 - the converter raises errors of every sort on what it does not know
        return f'<code class="formula">{escape(words, quote=False)}</code>'
    name = escape(words)
    return f'<math class="formula" alttext="{name}" display="inline">{inside}</math>'


def _shallow(words: str) -> str:
    """The same, unless it goes deeper than the converter and the reader can follow."""
    depth = most = 0
    for sign in words:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        most = max(most, depth)
    if max(most, words.count("\\left"), words.count("^"), words.count("\\begin")) > DEEPEST:
        raise ValueError
    return words


def _tag(node: Element) -> str:
    tag = node.tag.rsplit("}", 1)[-1]
    text = node.text or ""
    if tag not in TAGS or text.startswith("\\"):
        raise ValueError(tag)
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in node.attrib.items() if key in ATTRIBUTES
    )
    return f"<{tag}{attributes}>{escape(text, quote=False)}{''.join(map(_tag, node))}</{tag}>"
