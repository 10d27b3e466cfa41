list -q policies
