package patrol

import (
	"cmp"
	"time"

	"citygrid/grid/register"
)

// SpotOf is a visit as walks have it: a call begins within its hours, and ends there if
// these are long enough.
func SpotOf(v register.DueVisit) Spot {
	stay := time.Duration(v.Of.StayMin) * time.Minute
	last := v.Close.Add(-time.Second)
	if end := v.Close.Add(-stay); end.After(v.Open) {
		last = end
	}
	return Spot{
		ID: int64(v.Spot), Name: cmp.Or(v.Of.Name["en"], v.Of.Name["zh-CN"]), At: v.Of.At, Open: v.Open, Close: last, Stay: stay, Officer: Anyone,
	}
}
