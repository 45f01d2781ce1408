"""Questions and answers, for every house that asks people something: a form in versions, conditions, drafts, receipts, results."""
