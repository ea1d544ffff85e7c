"""The moving pictures of the sample videos: drawn, without people and emblems."""
