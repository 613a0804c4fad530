"""Where the team talks: what these networks share. Their files are in ``channels/networks``."""
