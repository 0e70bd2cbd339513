"""Where the revenue comes from and what moved it."""
