package ratelimit

// Clients returns how many clients are remembered.
func (l *Limiter) Clients() int { return l.buckets.Len() }
