package city

// MostEngines is how many engines are kept at most.
const MostEngines = mostKept

// Engines is how many engines there are, those in use and those kept.
func (s *Streets) Engines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[*base]bool)
	for _, b := range s.engines.kept {
		all[b] = true
	}
	for _, state := range append([]*State{s.now.Load()}, s.then...) {
		for _, is := range state.slots {
			if m := is.made.Load(); m != nil {
				all[m.base] = true
			}
		}
	}
	return len(all)
}
