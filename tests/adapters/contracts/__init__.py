"""What every adapter of a port must do, and its fake as well: one suite each."""
