"""What the house shows to the rest of the platform."""

from preau.domains.report_cards.manifest import held, livret, shown

__all__ = ["held", "livret", "shown"]
