"""The ground floor: boards, access, pages, tasks and dates. It knows nothing of schools."""
