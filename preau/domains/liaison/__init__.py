"""Words to families, signed once by the right people, on paper too; observations and encouragements: the notebook of a child."""
