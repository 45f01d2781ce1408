"""Reading conduct: lists of incidents and punitions, slots, sanctions, what a family follows, figures without names."""
