"""Confidential records of pupils: plans and notes, sealed, each opened by those on its list alone."""
