"""Media accreditation: the form, the desk and the passes. It stands above the programme."""
