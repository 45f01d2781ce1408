"""May this viewer do that with marks, and how marks count."""
