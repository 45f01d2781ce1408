"""What people type of assessments and marks."""
