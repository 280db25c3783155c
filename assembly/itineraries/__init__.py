"""The schedule each delegate carries: what concerns them, what they saved, what changed."""
