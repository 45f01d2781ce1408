"""Events of the school and meetings: what happens beside lessons, whom it is for, who comes."""
