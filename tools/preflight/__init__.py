"""What may end a deployment, looked at before it, to read only: `make preflight STAGE=dev`."""
