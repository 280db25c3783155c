"""Routes of the programme: files without a language prefix, pages with one, organisers' pages."""
