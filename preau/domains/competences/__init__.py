"""What pupils know: referentials, levels with their proof, what a period or a cycle comes to."""
