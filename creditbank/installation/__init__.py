"""What this installation is called: fixed at `init`, stored, and never changed by a new port."""
