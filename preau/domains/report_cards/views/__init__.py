"""Pages of bulletins and councils."""
