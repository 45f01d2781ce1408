"""surveys, votes, elections of delegates."""
