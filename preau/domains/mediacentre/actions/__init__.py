"""Lists are brought and applied; resources are given, taken back, given again; people are told."""
