"""Records of every format on their way to the directory: staged in a spool in the words of the AAF, then facts school by school."""
