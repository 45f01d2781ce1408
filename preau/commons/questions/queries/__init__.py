"""What people answered, and the questions as a person answers or writes them."""
