"""Files brought with the browser: kept, read apart, decided on by people, taken in, and cleaned away."""
