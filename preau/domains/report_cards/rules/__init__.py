"""Who writes what for bulletins, who reads it, and what a phrase becomes."""
