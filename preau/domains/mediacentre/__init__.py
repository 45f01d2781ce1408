"""The digital resources that a school subscribed to through the GAR: who has which, and how they are opened."""
