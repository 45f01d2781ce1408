"""XML elements, as the exports of SIECLE and STSWEB write them."""

from xml.sax.saxutils import escape, quoteattr

from preau.directory.seeds.plans import SchoolPlan

CIVILITIES = {"M.": "1", "Mme": "2"}


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element around elements that are written already."""
    attribute_text = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{attribute_text}>{''.join(inside)}</{name}>\n"


def leaves(**values: str) -> str:
    """Elements that hold a text; SIECLE leaves out what is not known."""
    return "".join(tag(name, escape(value)) for name, value in values.items() if value)


def name_of(school: SchoolPlan) -> dict[str, str]:
    """« Collège » and what follows it are two elements."""
    principal, _space, rest = school.name.partition(" ")
    return {"DENOM_PRINC": principal, "DENOM_COMPL": rest}
