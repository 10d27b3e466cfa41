help explore
