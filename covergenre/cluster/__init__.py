"""Many covers processed one by one, on this machine or on a Ray cluster, by the same steps."""
