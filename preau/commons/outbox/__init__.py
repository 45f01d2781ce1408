"""The letters that the demonstration would have sent: kept here, shown on a page, never sent."""
