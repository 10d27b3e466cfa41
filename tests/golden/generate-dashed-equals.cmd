generate memory --count=5
