list -v generators
