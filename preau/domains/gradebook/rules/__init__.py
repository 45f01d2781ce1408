"""Who may do what with marks, what may be typed as one, and how averages are made."""
