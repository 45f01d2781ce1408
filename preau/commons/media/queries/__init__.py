"""What is kept of media, for whom, and how a page plays one."""
