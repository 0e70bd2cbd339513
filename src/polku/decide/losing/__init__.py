"""What every pain of a map costs a year, and in which order to mend them."""
