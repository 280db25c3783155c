"""What is due, whom something is for, what a person was told, and whether mail flows."""
