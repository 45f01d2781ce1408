"""What is asked to prepare a campaign, its words, and how a family is reached."""
