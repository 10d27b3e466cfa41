help walk
