"""What people type about confidential records."""
