"""Scripts that set up, check and measure Corral. They are part of the tree and never installed.

Run them from the root of the tree as modules: ``.venv/bin/python -m tools.chromium``. The Makefile
calls each of them; ``tools/install.py`` alone runs before there is an environment.
"""
