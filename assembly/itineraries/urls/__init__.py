"""Routes of personal schedules: pages, files, and what organisers ask before publishing."""
