"""Formatted text: nothing that runs comes through, nothing is lost on the way to plain signs and back."""

import re
import time
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from django import forms
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.foundation.fields import HEAVIEST_TEXT, RichText
from preau.foundation.richtext import cleaning, nodes, showing, signs
from preau.foundation.richtext.formulas import drawn

LETTERS = st.text(alphabet="ab é'.,*_+~$`[](){}|\\#>-1<&\"\u00a0:/", min_size=1, max_size=12)
TEXT = LETTERS.map(nodes.Text)
LEAF = st.one_of(TEXT, TEXT, st.just(nodes.Break()), LETTERS.map(nodes.Code), LETTERS.map(nodes.Formula))
INLINE = st.recursive(
    LEAF,
    lambda inside: st.builds(
        nodes.Span,
        st.sampled_from([*nodes.MARKS, "a"]),
        st.lists(inside, min_size=1, max_size=3),
        st.just("https://a.fr/b_c"),
    ),
    max_leaves=6,
)
LINE = st.lists(INLINE, min_size=1, max_size=4)
PARAGRAPH = st.builds(nodes.Lines, st.sampled_from(["p", "p", "h3", "h4"]), LINE)
BLOCK = st.recursive(
    st.one_of(
        PARAGRAPH,
        PARAGRAPH,
        LETTERS.map(nodes.Pre),
        st.builds(
            nodes.Table,
            st.lists(st.lists(LINE, min_size=1, max_size=3), min_size=1, max_size=3),
            st.booleans(),
        ),
    ),
    lambda inside: st.one_of(
        st.builds(nodes.Quote, st.lists(inside, min_size=1, max_size=2)),
        st.builds(
            nodes.Items,
            st.sampled_from(["ul", "ol"]),
            st.lists(st.lists(inside, min_size=1, max_size=2), min_size=1, max_size=3),
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCK, max_size=4))
def test_nothing_is_lost_in_light_signs(blocks: list[Any]) -> None:
    html = cleaning.clean(nodes.html_of(blocks))
    assert cleaning.clean(html) == html
    assert signs.from_plain(signs.to_plain(html)) == html


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab \n*_+~$`[](){}|\\#>-1.é", max_size=60))
def test_whatever_is_typed_has_one_form(typed: str) -> None:
    html = signs.from_plain(typed)
    assert cleaning.clean(html) == html
    assert signs.from_plain(signs.to_plain(html)) == html


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("Bonjour,\nà demain", "<p>Bonjour,<br>à demain</p>"),
        ("Un\n\n\nDeux", "<p>Un</p><p>Deux</p>"),
        ("Matériel :\n- règle\n- compas", "<p>Matériel :</p><ul><li>règle</li><li>compas</li></ul>"),
        ("1. lire\n2. écrire", "<ol><li>lire</li><li>écrire</li></ol>"),
        (
            "3 * 4 * 5, C++ et C++, 5$ et 6$, mot_en_deux",
            "<p>3 * 4 * 5, C++ et C++, 5$ et 6$, mot_en_deux</p>",
        ),
        ("**Très** *important*", "<p><strong>Très</strong> <em>important</em></p>"),
        ("## Titre\ntexte", "<h3>Titre</h3><p>texte</p>"),
        ("— Bonjour, dit-il.", "<p>— Bonjour, dit-il.</p>"),
        ("[ici](https://a.fr/x)", '<p><a href="https://a.fr/x" rel="noopener noreferrer">ici</a></p>'),
        ("[ici](javascript:alert(1))", "<p>[ici](javascript:alert(1))</p>"),
        ("$x^2$", '<p><span data-formula="x^2">x^2</span></p>'),
        ("<b>gras</b> & <script>", "<p>&lt;b&gt;gras&lt;/b&gt; &amp; &lt;script&gt;</p>"),
        ("", ""),
        (" \n \n", ""),
    ],
)
def test_plain_text_becomes_paragraphs_and_lists(typed: str, html: str) -> None:
    assert signs.from_plain(typed) == html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><p>a</p></svg>",
    "<a href=javascript:alert(1)>a</a>",
    "<a href='java\tscript:alert(1)'>a</a>",
    "<a href=data:text/html,x>a</a>",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href='//evil.example'>a</a>",
    "<a href='/\\evil.example'>a</a>",
    "<a href='vbscript:x'>a</a>",
    "<a href='https://a.fr\" onclick=\"x'>a</a>",
    "<p style='position:fixed'>a</p>",
    "<p onclick=alert(1)>a</p>",
    "<p class=alert id=main>a</p>",
    "<form action=/><button formaction=/>a</button></form>",
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "<object data=x></object>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=x>",
    "<style>*{color:red}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=1>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p>a<!--><img src=x onerror=1>-->",
    "<span data-formula='&quot;><img src=x onerror=1>'>a</span>",
    "<span data-formula='\\href{javascript:alert(1)}{x}'>a</span>",
    "<span data-formula='\\text{<img src=x onerror=1>}'>a</span>",
    "<template><script>1</script></template>",
    "<title><script>1</script></title>",
    "<textarea><script>1</script></textarea>",
    "<xmp><script>1</script></xmp>",
    "<audio src=x onerror=1>",
    "<details ontoggle=1 open>",
    "<a href='https://a.fr' target=_blank style=x>a</a>",
    "<table background='javascript:x'><td style=x>a</table>",
    "\0<scr\0ipt>alert(1)</scr\0ipt>",
    "<p>a</p" * 20,
]
KNOWN = {
    "p",
    "br",
    "strong",
    "em",
    "u",
    "s",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    "code",
    "pre",
    "sub",
    "sup",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "span",
    "div",
    "math",
    *"mrow mi mn mo mtext mfrac msup msub msqrt".split(),
}
SAFE = {
    ("span", "data-formula"),
    ("a", "href"),
    ("a", "rel"),
    ("th", "scope"),
    ("code", "class"),
    ("math", "class"),
}
SAFE |= {("caption", "class"), ("math", "alttext"), ("math", "display")}


def unsafe_in(html: str) -> list[str]:
    """What a browser's parser would make of it that is not ours."""
    tree = html5lib.parseFragment(html, container="div", treebuilder="etree", namespaceHTMLElements=False)
    found = []
    for node in tree.iter():
        tag = str(node.tag).rsplit("}", 1)[-1]
        if tag in {"DOCUMENT_FRAGMENT", "div"}:
            continue
        if tag not in KNOWN:
            found.append(tag)
        found += [f"{tag} {name}" for name in node.attrib if (tag, str(name).rsplit("}", 1)[-1]) not in SAFE]
        if tag == "a" and not re.match(r"https?://|mailto:|/[^/\\]", node.attrib.get("href", "")):
            found.append(node.attrib.get("href", ""))
    return found


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_comes_through(hostile: str) -> None:
    for html in (hostile, f"<p>avant {hostile} après</p>", f"<table><td>{hostile}", f"<ul><li>{hostile}"):
        kept = cleaning.clean(html)
        for shown in (kept, str(showing.rich(html)), signs.from_plain(html), str(showing.rich(kept))):
            assert unsafe_in(shown) == []
        assert cleaning.clean(kept) == kept


def test_the_look_for_hostile_things_finds_them() -> None:
    assert unsafe_in("<p onclick=x>a</p><img src=x><a href='javascript:x'>a</a>") == [
        "p onclick",
        "img",
        "img src",
        "javascript:x",
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*HOSTILE, "<p>", "</p>", "<table>", "<tr>", "<td>", "<li>", "<b>", "</b>", "x", "<pre>"]
        ),
        max_size=8,
    )
)
def test_nothing_hostile_comes_through_however_it_is_put_together(parts: list[str]) -> None:
    kept = cleaning.clean("".join(parts))
    assert unsafe_in(kept) == unsafe_in(str(showing.rich(kept))) == []
    assert cleaning.clean(kept) == kept


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (
            "<p class=MsoNormal style='mso-x:1'><b><span style='font:x'>Leçon</span></b><o:p></o:p></p>",
            "<p><strong>Leçon</strong></p>",
        ),
        ("<h1>Titre</h1><div>un<br><br>deux</div>", "<h3>Titre</h3><p>un</p><p>deux</p>"),
        (
            "<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>",
            "<ul><li>a</li><li><p>b</p><p>c</p></li></ul>",
        ),
        ("<p> </p><p><b> </b></p>", ""),
        ("texte nu", "<p>texte nu</p>"),
        ("<b>a<b>b</b></b><strong>c</strong>", "<p><strong>abc</strong></p>"),
        ("<ul><li>a</ul><ul><li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>",
            "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
        ),
        ("<ol><ul><li>a</li></ul></ol>", "<ol><li><ul><li>a</li></ul></li></ol>"),
    ],
)
def test_what_word_pastes_is_brought_to_our_forms(pasted: str, kept: str) -> None:
    assert cleaning.clean(pasted) == kept


def test_a_formula_is_drawn_and_a_broken_one_shown_as_typed() -> None:
    assert "<mfrac>" in drawn(r"\frac{a}{b}")
    assert 'alttext="\\frac{a}{b}"' in drawn(r"\frac{a}{b}")
    for broken in (r"\frac{", r"\inconnue{a}", r"\text{<b>}", "{" * 200 + "}" * 200):
        assert drawn(broken).startswith('<code class="formula">')
    assert "href" not in drawn(r"\href{javascript:alert(1)}{x}").replace("alttext", "")[60:].split(">", 1)[1]
    assert "<math" in showing.rich('<p><span data-formula="x^2">n’importe</span></p>')


def test_words_alone_for_searches_and_mails() -> None:
    html = signs.from_plain("## Leçon 3\nLire **la page 12**\n- a\n- b\n\n$x^2$")
    assert showing.plain(html) == "Leçon 3\nLire la page 12\n- a\n- b\nx^2"
    assert showing.excerpt(html, 22) == "Leçon 3 Lire la page…"
    assert showing.excerpt(html) == "Leçon 3 Lire la page 12 - a - b x^2"


class LessonForm(forms.Form):
    content = RichText(label="Contenu", max_length=50)


def test_a_form_takes_signs_or_html_and_gives_back_what_was_typed() -> None:
    plain = LessonForm({"content": "Lire **ceci**"})
    assert plain.is_valid() and plain.cleaned_data["content"] == "<p>Lire <strong>ceci</strong></p>"
    edited = LessonForm({"content": "<p onclick=x>Lire <b>ceci</b></p>", "content-forme": "html"})
    assert edited.is_valid() and edited.cleaned_data == plain.cleaned_data
    long = LessonForm({"content": "Lire **ceci** " * 10})
    assert "trop long" in str(long.errors["content"])
    assert "Lire **ceci**" in str(long["content"])
    heavy = LessonForm({"content": "x" * (HEAVIEST_TEXT + 1)})
    assert "trop long" in str(heavy.errors["content"])
    assert "x" * 1000 in str(heavy["content"])
    assert "obligatoire" in str(LessonForm({"content": " "}).errors["content"])
    assert "**ceci**" in str(LessonForm(initial=plain.cleaned_data)["content"])


LONG = [
    "<p>Un <b>mot</b> après l’autre</p>" * 3_000,
    "<b>" * 33_000,
    "<ul><li>" * 12_000,
    "<p>" + "a" * 100_000,
    "&amp;" * 20_000,
    "<table><tr><td>" * 6_000,
    "<span data-formula='x'>" * 4_000,
    "<blockquote>" * 9_000,
    "<a href='https://a.fr'>" * 4_000,
]
LONG_PLAIN = [
    "**" * 50_000,
    "- " * 50_000,
    "- a\n" * 25_000,
    "[" * 100_000,
    "{**a" * 25_000,
    "_{" * 50_000,
    "\\" * 100_000,
]
LONG_PLAIN += [
    "`" * 100_000,
    "$a" * 50_000,
    "| a " * 25_000,
    "> " * 50_000,
    "](" * 50_000,
    "\n" * 100_000,
    " \n- x" * 25_000,
]


@pytest.mark.parametrize(
    "work", [*((cleaning.clean, text) for text in LONG), *((signs.from_plain, text) for text in LONG_PLAIN)]
)
def test_no_text_of_a_hundred_kilobytes_takes_long(work: tuple[Callable[[str], str], str]) -> None:
    began = time.process_time()
    work[0](work[1])
    # No measure: what grows as a square takes minutes here, whatever else the machine does.
    assert time.process_time() - began < 20
