"""Answers about the programme: drafts, clashes, what is published, what changed."""
