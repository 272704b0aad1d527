"""Real covers and their metadata from open sources on the web.

`collect` makes a data set from MusicBrainz and the Cover Art Archive; `names` and `pictures` complete the covers that
are known already. All keep to the rate limits of each source, and continue where they were stopped.
"""
