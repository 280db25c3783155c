"""The floor of every comparison: what plain Django costs under the same server."""
