"""What is held about a person, row by row and in words; what people ask about it; what the register of processing says."""
