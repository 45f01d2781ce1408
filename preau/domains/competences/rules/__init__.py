"""Who may do what with competences, what may be typed as a level, and what a history comes to."""
