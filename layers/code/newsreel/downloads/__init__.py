"""Downloads: stable links that outlive presigned URLs, re-checked on every hit."""
