"""When lessons happen, where and with whom: weekly patterns, and the dated lessons they make."""
