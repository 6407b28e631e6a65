package room

// ForgetRuns has the runs planned anew when they are next asked for.
func (r *Room) ForgetRuns() {
	r.runs.turn <- struct{}{}
	r.runs.at = r.runs.at.Add(-fresh)
	r.runs.leave()
}
