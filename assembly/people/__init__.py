"""Person, and the one Capacity a person has at an Assembly."""
