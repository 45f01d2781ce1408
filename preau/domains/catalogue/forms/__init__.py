"""What whoever runs the platform types: sources, and the records of resources."""
