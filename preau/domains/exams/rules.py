"""How often what costs a machine something may be asked for, and from where."""

from datetime import timedelta

# A class behind one address may each print a paper of its own; whoever would keep a processor busy is slowed down.
MOST_PRINTED, WINDOW = 60, timedelta(minutes=10)
# The longest training, in minutes: a day's exam with its extra time.
LONGEST = 480
