"""Events from files and streams, cut into blocks, and the processes that validate them."""
