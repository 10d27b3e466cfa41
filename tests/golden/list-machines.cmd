list machines
