"""What is measured apart from the tests: times belong here, counts in tests."""
