"""Routes of delegations: the focal points' pages, and the organisers'."""
