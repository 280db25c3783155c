"""Member countries and their delegations."""
