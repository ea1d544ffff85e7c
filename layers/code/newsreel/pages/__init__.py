"""HTML pages that functions answer with."""
