"""The words on covers: lettering found and read by networks that come in a wheel (see `networks`)."""
