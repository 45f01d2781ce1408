"""What codes and `$`-separated values mean, for every value that can come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.directory.imports.staging import codes, values
from preau.directory.models import School
from preau.directory.words import Authority, Kinship

GENERATIONS = st.sampled_from([True, False, None])
ANY_CODE = st.one_of(st.sampled_from([*codes.OLD_KINSHIP, *codes.NEW_KINSHIP]), st.text(max_size=4))
ANY_LEVEL = st.one_of(st.sampled_from(["0", "1", "2", "3"]), st.text(max_size=3))
LABEL = (
    st.text(st.characters(blacklist_characters="$", blacklist_categories=["Cs", "Cc"]), min_size=1)
    .map(str.strip)
    .filter(bool)
)


@given(kinship=ANY_CODE, level=ANY_LEVEL, new=GENERATIONS)
def test_every_link_has_a_meaning_and_only_known_codes_give_rights(
    kinship: str, level: str, new: bool | None
) -> None:
    meaning = codes.meaning_of(kinship, level, new=new)
    assert meaning.kinship in Kinship and meaning.authority in Authority
    if meaning.authority == Authority.LEGAL:
        assert level.strip() in {"1", "2"}
    if level.strip() not in {"0", "1", "2", "3"}:
        assert meaning.authority == Authority.CONTACT and meaning.doubt == "level"


@given(kinship=st.sampled_from(sorted(codes.OLD_KINSHIP)), new=GENERATIONS)
def test_both_legal_guardians_of_the_old_generation_are_legal(kinship: str, new: bool | None) -> None:
    """RESP_LEGAL 2 was the second legal guardian: reading it as « in charge » would take a parent's rights away."""
    for level in ("1", "2"):
        assert codes.meaning_of(kinship, level, new=new).authority == Authority.LEGAL
    assert codes.meaning_of(kinship, "0", new=new).authority == Authority.CONTACT


@given(kinship=st.sampled_from(sorted(codes.NEW_KINSHIP)), new=GENERATIONS)
def test_the_three_levels_of_the_new_generation(kinship: str, new: bool | None) -> None:
    authorities = [codes.meaning_of(kinship, level, new=new).authority for level in ("1", "2", "3", "0")]
    assert authorities == [Authority.LEGAL, Authority.IN_CHARGE, Authority.CONTACT, Authority.CONTACT]


@given(kinship=st.sampled_from([*codes.OLD_KINSHIP, *codes.NEW_KINSHIP]), level=ANY_LEVEL, new=GENERATIONS)
def test_a_known_code_keeps_its_word_whatever_the_declared_version(
    kinship: str, level: str, new: bool | None
) -> None:
    table = codes.OLD_KINSHIP if kinship in codes.OLD_KINSHIP else codes.NEW_KINSHIP
    meaning = codes.meaning_of(kinship, level, new=new)
    assert meaning.kinship == table[kinship]
    if new is not (kinship in codes.NEW_KINSHIP):
        assert meaning.doubt, "read by its code alone: it must be told"


def test_a_second_guardian_of_no_known_kinship_nor_generation_is_in_charge_and_told() -> None:
    """Legal in one generation, in charge in the other: the lesser, until somebody looks."""
    assert codes.meaning_of("77", "2", new=None) == (Kinship.OTHER, Authority.IN_CHARGE, "level")
    assert codes.meaning_of("77", "2", new=True) == (Kinship.OTHER, Authority.IN_CHARGE, "kinship")


def test_the_two_tables_of_kinship_have_no_code_in_common_and_reverse_the_parents() -> None:
    assert not set(codes.OLD_KINSHIP) & set(codes.NEW_KINSHIP)
    assert (codes.OLD_KINSHIP["1"], codes.OLD_KINSHIP["2"]) == (Kinship.FATHER, Kinship.MOTHER)
    assert (codes.NEW_KINSHIP["10"], codes.NEW_KINSHIP["20"]) == (Kinship.MOTHER, Kinship.FATHER)


@pytest.mark.parametrize(
    ("versions", "new"),
    [
        (["AAF-VE2407"], True),
        (["AAF-VE1302"], False),
        (["AAF-VE1310", "AAF-VE1302"], False),
        (["AAF-VE1310", "AAF-VE2407"], None),
        ([], None),
        (["beta"], None),
    ],
)
def test_the_generation_of_a_delivery(versions: list[str], new: bool | None) -> None:
    assert codes.generation_of(versions) is new


@given(label=LABEL, level=LABEL, mefs=st.lists(st.from_regex(r"\A\d{11}\Z"), max_size=3))
def test_a_class_line_gives_label_and_level(label: str, level: str, mefs: list[str]) -> None:
    if level[:6].isdigit() and len(level) >= 10:
        return
    assert values.class_line("$".join([label, level, *mefs])) == (label, level)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("3A$B$3EME$10310019110", ("3A$B", "3EME")),
        ("3A", ("3A", "")),
        ("3A$3EME$", ("3A", "3EME")),
        ("", ("", "")),
    ],
)
def test_a_class_may_hold_a_dollar(value: str, read: tuple[str, str]) -> None:
    assert values.class_line(value) == read


@given(label=st.text(st.characters(blacklist_categories=["Cs", "Cc"])).map(str.strip), code=LABEL)
def test_only_the_first_and_the_last_dollar_separate(label: str, code: str) -> None:
    assert values.placed(f"12${label}") == ("12", label)
    if label:
        assert values.placed_subject(f"12${label}${code}") == ("12", label, code)


@pytest.mark.parametrize("text", ["31/02/2012", "2012-02-01", "1/1", "x", "00/00/0000", "99/99/99999"])
def test_an_impossible_date_is_a_doubt(text: str) -> None:
    doubts: list[str] = []
    assert values.day_of(text, doubts.append) is None
    assert len(doubts) == 1


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("COLLEGE", School.Kind.COLLEGE),
        ("LYCEE PROFESSIONNEL", School.Kind.LYCEE),
        ("ECOLE DE NIVEAU ELEMENTAIRE", School.Kind.ECOLE),
        ("ECOLE MATERNELLE", School.Kind.ECOLE),
        ("RECTORAT", School.Kind.OTHER),
        ("", School.Kind.OTHER),
    ],
)
def test_the_kind_of_a_structure(label: str, kind: str) -> None:
    assert codes.kind_of_school(label) == kind


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("MATHEMATIQUES", "mathématiques"),
        ("ANGLAIS LV1", "anglais LV1"),
        ("ASSISTANT D'EDUCATION", "assistant d’éducation"),
        ("Physique-chimie", "Physique-chimie"),
        ("POTERIE", "poterie"),
        ("LV1", "LV1"),
        ("EDUCATION (CPE)", "éducation (CPE)"),
        ("LANGUES ET CULTURES DE L'ANTIQUITE LATIN", "langues et cultures de l’antiquité latin"),
    ],
)
def test_labels_in_capitals_are_written_as_one_writes(label: str, written: str) -> None:
    assert codes.written(label) == written
