"""This year's Assembly and the earlier ones: number, city, days, time zone, status."""
