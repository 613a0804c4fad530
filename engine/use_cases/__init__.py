"""What the engine does for whoever embeds it: one file a noun, joined in :class:`engine.Engine`."""
