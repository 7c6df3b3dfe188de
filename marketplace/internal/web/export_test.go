package web

// Patterns returns the patterns of every route, as ServeMux has them.
func (s *Server) Patterns() []string { return s.mux.patterns }

// Asset returns the address of a file of the pages.
func (s *Server) Asset(name string) string { return s.files.Address(name) }
