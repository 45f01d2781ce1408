"""What people type about incidents, punitions and sanctions."""
