"""Which touchpoints' scores move the whole."""
