list -v quirks
