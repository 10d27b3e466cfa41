list events
