"""The GAR (gestionnaire d'accès aux ressources): what it is told of schools, and nothing else (docs/decisions/0074)."""
