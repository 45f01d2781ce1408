"""Formatted text that people write: a small, fixed set of forms, cleaned when it comes in and once more when it is shown.

It is stored as canonical HTML (`clean`): two texts that look alike are written alike. Without JavaScript it is typed and
edited as plain text with a few light signs (`from_plain`, `to_plain`), which lose nothing: `from_plain(to_plain(html)) == html`.
"""
