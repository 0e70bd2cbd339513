"""From what was received to a map: stages, touchpoints and their data connections, for people to accept or change."""
