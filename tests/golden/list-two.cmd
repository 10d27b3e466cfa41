list machines policies
