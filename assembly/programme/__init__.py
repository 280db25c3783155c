"""Sessions, panels, people on them, clashes, publishing."""
