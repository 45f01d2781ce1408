"""Reading campaigns: whom one would reach, with what doubts; what became of those that left."""
