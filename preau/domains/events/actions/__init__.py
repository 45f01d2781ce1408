"""Events are written, published, changed, cancelled and restored; people answer, and are told."""
