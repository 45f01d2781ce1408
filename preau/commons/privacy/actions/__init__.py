"""What people ask about their data, what they are answered, and when requests go."""
