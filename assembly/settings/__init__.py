"""Three settings modules: demo, test, production. All stand on base; none is the default here."""
