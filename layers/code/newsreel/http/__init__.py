"""The edge: HTTP in, HTTP out, and nothing about the business."""
