"""What comes back: reports of mail servers (RFC 3464) and complaints of receivers (RFC 5965)."""
