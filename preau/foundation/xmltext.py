"""Words that may stand in XML: some signs have no way to be written there, and a parser refuses the whole file for one of them."""

import re

UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def sayable(text: str) -> str:
    """The same without what XML 1.0 cannot hold."""
    return UNSAYABLE.sub("", text)
