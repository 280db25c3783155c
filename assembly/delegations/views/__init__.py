"""Pages of delegations: their own list, one delegate, and what organisers see."""
