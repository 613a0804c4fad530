"""Pages, JSON API and command line, and the place where everything is wired."""
