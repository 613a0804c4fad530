"""The pages: one file each, with a ``page`` blueprint, found by the application."""
