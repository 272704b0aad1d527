"""Bringing real covers, and what is known of them, from open sources on the web.

`collect` makes a data set of one's own from MusicBrainz and the Cover Art Archive; `known` brings names and pictures
for covers that are known already. Both keep to each source's rules, and go on where they were stopped.
"""
