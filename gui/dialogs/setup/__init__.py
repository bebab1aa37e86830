"""The assistant that sets a bucket up for delivery, page by page."""
