"""The newsletter: editions from what was published, walked to subscribers, sent once to each."""
