"""The checks, by what they look at. Each returns one finding and changes nothing."""
