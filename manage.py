#!/usr/bin/env python
"""Django's command line, with Préau's settings."""

from preau.__main__ import main

if __name__ == "__main__":
    main()
