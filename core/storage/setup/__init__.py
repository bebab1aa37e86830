"""Everything that writes to a bucket or administers one; nothing that browses imports it."""
