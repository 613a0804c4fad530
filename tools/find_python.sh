#!/bin/sh
# Prints the Python that `make` starts with: the one in .venv if it works, else the newest known
# one on this machine that is at least 3.11. Starts each candidate: a name on the PATH proves nothing.
wanted='import sys; sys.exit(sys.version_info < (3, 11))'
for python in .venv/bin/python python3.13 python3.12 python3.11 python3 python python3.14; do
    if "$python" -c "$wanted" >/dev/null 2>&1; then
        echo "$python"
        exit 0
    fi
done
echo "Corral needs Python 3.11 or newer, and found none. Install one (Debian: apt-get install python3 python3-venv) and run make again." >&2
exit 1
