"""One question a file, answered from published views only; never writes, never draws."""
