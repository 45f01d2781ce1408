"""Reading attendance: registers, what families follow, what school life has to do."""
