list -v importers
