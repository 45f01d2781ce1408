"""What pages and messages ask of activities and of the services that give them."""
