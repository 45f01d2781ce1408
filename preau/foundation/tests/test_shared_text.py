"""Formatted texts that several people write: what a Yjs document says, and what replaces some of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from preau.foundation.richtext import cleaning, shared

RICH = cleaning.clean(
    '<h3>Titre</h3><p>Un <strong>gras é😀</strong>, un <a href="https://x.fr"><em>lien</em></a><br>suite <span data-formula="x^2">x^2</span> '
    "H<sub>2</sub>O <code>c</code></p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol><li>1</li></ol><blockquote><p>q</p></blockquote>"
    "<pre>x  y\nz</pre><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table><p>fin</p>"
)
WORDS = st.lists(st.text("abc é😀", min_size=1, max_size=8).filter(str.strip), max_size=6)


def of_lines(lines: list[str]) -> str:
    return cleaning.clean("".join(f"<p>{line}</p>" for line in lines))


def test_a_text_begun_says_what_it_was_given() -> None:
    assert shared.html_of(shared.opened(shared.begun(RICH))) == RICH


@given(base=WORDS, one=WORDS, other=WORDS)
def test_whatever_two_write_both_read_the_same(base: list[str], one: list[str], other: list[str]) -> None:
    state = shared.begun(of_lines(base))
    here, there = shared.opened(state), shared.opened(state)
    mine, _clashes = shared.replace(here, of_lines(base), of_lines(one))
    theirs, _clashes = shared.replace(there, of_lines(base), of_lines(other))
    assert shared.html_of(here) == of_lines(one)
    for update in filter(None, [theirs]):
        here.apply_update(update)
    for update in filter(None, [mine]):
        there.apply_update(update)
    assert shared.html_of(here) == shared.html_of(there)


@given(base=WORDS, one=WORDS, other=WORDS)
def test_what_is_saved_in_turn_loses_no_new_line(base: list[str], one: list[str], other: list[str]) -> None:
    """What somebody wrote meanwhile is still there, and what is saved is there too."""
    doc = shared.opened(shared.begun(of_lines(base)))
    shared.replace(doc, of_lines(base), of_lines(other))
    shared.replace(doc, of_lines(base), of_lines(one))
    read = shared.blocks_of(shared.html_of(doc))
    known = set(shared.blocks_of(of_lines(base)))
    for line in {*shared.blocks_of(of_lines(one)), *shared.blocks_of(of_lines(other))} - known:
        assert line in read


def test_nothing_changed_is_no_update() -> None:
    doc = shared.opened(shared.begun(RICH))
    assert shared.replace(doc, RICH, RICH) == (b"", 0)


def test_a_list_in_two_pieces_is_one_and_is_replaced_as_one() -> None:
    doc = shared.opened(shared.begun("<ul><li>a</li></ul>"))
    root = shared.root_of(doc)
    shared._insert(root, 1, cleaning.read("<ul><li>b</li></ul><p>fin</p>"))
    assert shared.html_of(doc) == "<ul><li>a</li><li>b</li></ul><p>fin</p>"
    _update, clashes = shared.replace(doc, shared.html_of(doc), "<ul><li>a</li><li>c</li></ul><p>fin</p>")
    assert (shared.html_of(doc), clashes) == ("<ul><li>a</li><li>c</li></ul><p>fin</p>", 0)


def test_what_an_editor_may_not_write_keeps_its_words_alone() -> None:
    doc: Doc = Doc()  # type: ignore[type-arg]
    root = doc.get(shared.NAME, type=XmlFragment)
    root.children.append(XmlElement("script", {"src": "x"}, [XmlText("alert(1)")]))
    root.children.append(XmlElement("paragraph", {"onclick": "x"}, [XmlText("<b>non</b>")]))
    text = root.children.append(XmlElement("paragraph", {}, [XmlText("lien")])).children[0]
    text.format(0, 4, {"link": {"href": "javascript:alert(1)"}, "bold": {}})
    assert shared.html_of(doc) == "<p>alert(1)</p><p>&lt;b&gt;non&lt;/b&gt;</p><p><strong>lien</strong></p>"


def test_a_text_nested_without_end_is_read() -> None:
    doc: Doc = Doc()  # type: ignore[type-arg]
    place = doc.get(shared.NAME, type=XmlFragment)
    for _level in range(150):
        place = place.children.append(XmlElement("blockquote"))
    place.children.append(XmlText("au fond"))
    assert "au fond" in shared.html_of(doc)


@given(st.binary(max_size=60))
def test_bytes_of_nobody_are_refused_or_say_nothing(content: bytes) -> None:
    try:
        doc = shared.opened(b"", [content])
    except shared.NotAnUpdate:
        return
    assert isinstance(shared.html_of(doc), str)


@pytest.mark.parametrize(
    ("passage", "prefix", "said"),
    [
        ("mot", shared.BEGINS + "un ", "<p>un <strong>terme</strong> et un mot</p>"),
        ("mot", "", None),
        ("mot", "est un ", None),
        ("mot", "et un ", "<p>un <strong>mot</strong> et un terme</p>"),
        ("absent", "", None),
        ("", "", None),
    ],
)
def test_a_passage_is_put_in_the_place_of_another(passage: str, prefix: str, said: str | None) -> None:
    doc = shared.opened(shared.begun("<p>un <strong>mot</strong> et un mot</p>"))
    update = shared.swap(doc, passage, prefix, "terme")
    assert (update is not None) == (said is not None)
    assert said is None or shared.html_of(doc) == said
