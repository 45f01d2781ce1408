"""Pages of surveys, pages of elections."""
