"""Facts that may announce that a pupil is dropping out, each with its threshold; a person looks, decides, and answers for it."""
