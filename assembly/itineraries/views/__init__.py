"""Pages of personal schedules: one's own, a delegation member's, the calendar, offline files."""
