"""The moving pictures of the sample videos: drawn, not filmed; no person and no emblem in them."""
