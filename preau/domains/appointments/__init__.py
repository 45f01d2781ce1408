"""Parent–teacher evenings and single appointments: wishes, a computed plan, slots that are taken once, sheets, the evening itself."""
