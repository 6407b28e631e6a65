package grid

// Staffing is how many people a grid has, or is to have: 1-2-2 is one liaison, two
// officers and two hired supervisors (Chun'an 2016).
type Staffing struct {
	Liaison     int `json:"liaison"`
	Officers    int `json:"officers"`
	Supervisors int `json:"supervisors"`
}

// MaxStaff is how many of each a grid may have.
const MaxStaff = 10_000

// Fits says whether all numbers are from 0 to MaxStaff.
func (s Staffing) Fits() bool {
	return min(s.Liaison, s.Officers, s.Supervisors) >= 0 && max(s.Liaison, s.Officers, s.Supervisors) <= MaxStaff
}

// Sum is how many people that are.
func (s Staffing) Sum() int { return s.Liaison + s.Officers + s.Supervisors }

// Less is what of s is missing where there is have.
func (s Staffing) Less(have Staffing) Staffing {
	return Staffing{max(0, s.Liaison-have.Liaison), max(0, s.Officers-have.Officers), max(0, s.Supervisors-have.Supervisors)}
}
