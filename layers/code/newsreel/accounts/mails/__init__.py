"""The only part of accounts that knows mail: what code mails and notices say, and sending them."""
