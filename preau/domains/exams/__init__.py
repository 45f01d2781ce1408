"""Exam papers of past sessions and training ones, open to all: found by exercise, put together, worked on against the clock."""
