"""The commands of ``corral``: one file each, with a ``command``, found by :mod:`webapp.cli`."""
