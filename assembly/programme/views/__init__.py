"""Pages of the programme, by audience."""
