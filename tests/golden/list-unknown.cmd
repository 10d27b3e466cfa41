list polices
