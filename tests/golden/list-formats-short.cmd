list -q formats
