"""Who is told what and when: reminders, change notices, announcements, and the inbox."""
