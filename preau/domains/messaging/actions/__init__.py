"""Messages are written, sent, recalled, read and put away; adults decide, brake and freeze."""
