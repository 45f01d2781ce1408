"""The platform as whoever runs it sees it: schools, counts, deliveries and settings; nobody's row."""
