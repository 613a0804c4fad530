"""X, formerly Twitter: mentions, keyword search, direct messages, replies; every call has a price.

``wire`` is the only module of Corral that knows tweepy; ``words`` the only one that knows how X
calls its fields; ``prices`` what a call costs.
"""

from channels.networks.x.network import XNetwork

channel = XNetwork
