"""Mail that comes in: fetched, parsed and taken apart."""
