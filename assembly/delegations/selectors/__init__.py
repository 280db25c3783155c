"""Answers about delegations: lists, figures, and what an import would do."""
