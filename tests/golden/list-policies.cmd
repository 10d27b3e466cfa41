list policies
