"""What changes a scenario: writing it, publishing it, sharing its writing, adapting what exists; what is said of works."""
