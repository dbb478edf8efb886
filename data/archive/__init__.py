"""Everything that is a person's own, in files that any program reads: which files there are, and the zip of them."""
