list counters
