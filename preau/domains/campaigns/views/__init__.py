"""HTTP in, HTML out: campaigns, step by step."""
