"""What would change: a pure function of (desired, live, remembered) to ordered changes."""
