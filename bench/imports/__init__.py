"""How fast deliveries are brought and taken away again, and what an import that is killed leaves (bench/README.md)."""
