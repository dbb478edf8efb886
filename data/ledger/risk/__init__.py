"""Whether a debit looks like its owner: a profile of what they do, weighted rules, a verdict with reasons. Pure."""
