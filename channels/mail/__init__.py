"""Mail: read, threaded, answered. The network's file is ``channels/networks/email.py``."""
