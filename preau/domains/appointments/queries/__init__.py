"""Reading evenings and appointments, and the plan of an evening."""
