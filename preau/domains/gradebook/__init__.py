"""Notes: what is assessed, the marks that teachers give, and the averages that families and pupils understand."""
