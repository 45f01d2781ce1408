"""Activities of other sites given to classes (LTI 1.3 Advantage, docs/decisions/0117)."""
