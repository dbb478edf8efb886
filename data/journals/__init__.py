"""Everything of one person as a journal of text bookkeeping, which other programs read as well as ours."""
