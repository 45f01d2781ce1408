"""Pages of conduct: incidents, punitions and slots, sanctions, what a family follows."""
