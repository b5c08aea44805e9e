"""Mail that goes out: what letters say, drafts, sending."""
