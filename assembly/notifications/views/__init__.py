"""Pages: what readers were told, and what organisers write."""
