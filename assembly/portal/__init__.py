"""Home, the organisers' dashboard, demo data and the command that brings everything up."""
