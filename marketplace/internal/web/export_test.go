package web

// Patterns returns the patterns of every route, as ServeMux has them.
func (s *Server) Patterns() []string { return s.mux.patterns }
