package acctest

import "slices"

// Bodies are the bodies of the requests of a method so far.
func (s *Server) Bodies(method string) (all []string) {
	for _, r := range s.Requests() {
		if r.Method == method {
			all = append(all, string(r.Body))
		}
	}
	return all
}

// AnsweredTwice are the bodies that a model has answered more than once, for themselves or in batches, as
// emulator.Server.Answered has them: what was paid for again.
func (s *Server) AnsweredTwice() (all []string) {
	for body, times := range s.Answered() {
		if times > 1 {
			all = append(all, body)
		}
	}
	slices.Sort(all)
	return all
}
