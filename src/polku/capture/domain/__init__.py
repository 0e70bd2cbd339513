"""What people change about the way in. Every change leaves an audit entry."""
