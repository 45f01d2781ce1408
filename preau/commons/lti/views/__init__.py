"""Pages of activities, and what services ask of us by LTI."""
