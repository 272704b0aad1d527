"""Many covers, one at a time each, on one machine or on a cluster of them: what is done to a cover is the same."""
