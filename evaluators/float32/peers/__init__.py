"""Functions of float32 that others have made, where they are installed.

Each module knows one kind of peer. What is compiled here, from a few lines of C around somebody's
function, is compiled with the flags of exported code.
"""

from elitemap.evaluators.float32.peers.every import peers
from elitemap.evaluators.float32.peers.peer import Peer

__all__ = ["Peer", "peers"]
