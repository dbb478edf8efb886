"""Room: payment codes. What a scanned text says, what our own codes say, and pictures of either. Pure."""
