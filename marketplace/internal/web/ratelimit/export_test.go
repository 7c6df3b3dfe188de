package ratelimit

// Clients returns how many clients are remembered, about.
func (l *Limiter) Clients() int { return l.buckets.EstimatedSize() }
