"""Messages and their delivery. It knows an address, not a user."""
