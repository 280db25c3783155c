"""Answers about personal schedules: whose, what is in them, whom a change concerns."""
