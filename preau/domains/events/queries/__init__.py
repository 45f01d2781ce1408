"""Events as pages, the agenda, the week and the roll show them."""
