"""The whole service on one machine: local AWS, front door, mailbox, deployment."""
