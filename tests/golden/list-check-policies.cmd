list --check policies
