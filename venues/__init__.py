"""Venues, zones, rooms and what is closed. They belong to no Assembly."""
