help repaly
