"""Mail to the service on this machine: what SES does with it on AWS, with real checks."""
