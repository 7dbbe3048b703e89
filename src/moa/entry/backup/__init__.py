"""A whole installation as one folder: its database, its sealed documents, its keys, and a manifest that proves them."""
