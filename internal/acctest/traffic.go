package acctest

// Bodies are the bodies of the requests of a method so far.
func (s *Server) Bodies(method string) (all []string) {
	for _, r := range s.Requests() {
		if r.Method == method {
			all = append(all, string(r.Body))
		}
	}
	return all
}
