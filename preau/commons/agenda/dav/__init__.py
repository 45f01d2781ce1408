"""The agenda for calendars: CalDAV (RFC 4791), to be read only."""
