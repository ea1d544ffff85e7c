"""Every text that a person reads, by language and area; ``messages`` looks them up."""
