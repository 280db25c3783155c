"""No word of the domain: base models, errors, audit, queue, access and helpers for web pages."""
