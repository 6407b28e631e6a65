package vrp

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits of a file. A table of distances has a square of the points.
const (
	MaxPoints   = 10_001
	maxNumber   = 1e7 // coordinates and times
	maxQuantity = 1e9 // demands and capacities
)

// A LineError says in which line of a file what is wrong. Line 0 is the file as
// a whole.
type LineError struct {
	Line int
	What string
}

func (e *LineError) Error() string {
	if e.Line == 0 {
		return e.What
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.What)
}

// lines goes through a text line by line, empty ones left out.
type lines struct {
	rest []byte
	n    int    // of the line at hand, from 1
	text string // trimmed
}

func (l *lines) next() bool {
	for len(l.rest) > 0 {
		var line []byte
		line, l.rest, _ = bytes.Cut(l.rest, []byte{'\n'})
		l.n++
		if l.text = strings.TrimSpace(string(line)); l.text != "" {
			return true
		}
	}
	return false
}

func (l *lines) bad(format string, args ...any) error {
	return &LineError{l.n, fmt.Sprintf(format, args...)}
}

// numbers are the fields of the line at hand, exactly as many as names.
func (l *lines) numbers(names ...string) ([]float64, error) {
	fields := strings.Fields(l.text)
	if len(fields) != len(names) {
		return nil, l.bad("%d fields, want %d: %s", len(fields), len(names), strings.Join(names, ", "))
	}
	out := make([]float64, len(fields))
	for i, f := range fields {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(x) || math.Abs(x) > maxQuantity {
			return nil, l.bad("%s is %q, want a number within ±%.0f", names[i], f, float64(maxQuantity))
		}
		out[i] = x
	}
	return out, nil
}

// quantity is a whole number that is not negative.
func (l *lines) quantity(name string, x float64) (int64, error) {
	if x < 0 || x != math.Trunc(x) {
		return 0, l.bad("%s is %v, want a whole number, 0 or more", name, x)
	}
	return int64(x), nil
}

// isSolomon knows a file by its two headings.
func isSolomon(_ string, data []byte) bool {
	l := lines{rest: data[:min(len(data), 4096)]}
	vehicle := false
	for l.next() {
		switch strings.ToUpper(l.text) {
		case "VEHICLE":
			vehicle = true
		case "CUSTOMER":
			return vehicle
		}
	}
	return false
}

// ReadSolomon reads the format of Solomon (1987), which Gehring and Homberger
// use, too. The error is a *LineError.
func ReadSolomon(data []byte) (*Problem, error) {
	l := lines{rest: data}
	p := &Problem{family: solomon, Timed: true}
	for stage := 0; l.next(); {
		if p.Name == "" {
			p.Name = l.text
			continue
		}
		switch {
		case strings.EqualFold(l.text, "VEHICLE") && stage == 0, strings.EqualFold(l.text, "CUSTOMER") && stage == 3:
			stage++
		case stage == 1, stage == 4: // names of columns
			stage++
		case stage == 2:
			v, err := l.numbers("NUMBER", "CAPACITY")
			if err != nil {
				return nil, err
			}
			fleet, err := l.quantity("NUMBER", v[0])
			if err != nil {
				return nil, err
			}
			if p.Capacity, err = l.quantity("CAPACITY", v[1]); err != nil {
				return nil, err
			}
			p.Fleet = int(fleet)
			stage++
		case stage == 5:
			v, err := l.numbers("CUST NO.", "XCOORD.", "YCOORD.", "DEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")
			if err != nil {
				return nil, err
			}
			if err := p.add(&l, v); err != nil {
				return nil, err
			}
		default:
			return nil, l.bad("%q, want VEHICLE, two numbers, then CUSTOMER and a line each", l.text)
		}
	}
	return p, p.whole()
}

// add takes a row of the point's number, x, y, demand, window and service.
func (p *Problem) add(l *lines, v []float64) error {
	if int(v[0]) != len(p.Points) || v[0] != math.Trunc(v[0]) {
		return l.bad("customer %v, want %d: numbers go up from 0, the depot", v[0], len(p.Points))
	}
	if len(p.Points) == MaxPoints {
		return l.bad("more than %d points", MaxPoints)
	}
	if v[3] != math.Trunc(v[3]) || !p.Paired && v[3] < 0 {
		return l.bad("a demand of %v, want a whole number, 0 or more", v[3])
	}
	pt := Point{X: v[1], Y: v[2], Demand: int64(v[3]), Open: v[4], Close: v[5], Service: v[6]}
	p.Points = append(p.Points, pt)
	return p.sound(l, len(p.Points)-1)
}

// sound checks one point by itself.
func (p *Problem) sound(l *lines, i int) error {
	pt := &p.Points[i]
	switch {
	case math.Abs(pt.X) > maxNumber || math.Abs(pt.Y) > maxNumber || pt.Close > maxNumber || pt.Service > maxNumber || pt.Release > maxNumber:
		return l.bad("customer %d: a number beyond ±%.0f", i, float64(maxNumber))
	case pt.Open < 0 || pt.Close < pt.Open:
		return l.bad("customer %d: a window from %v to %v", i, pt.Open, pt.Close)
	case pt.Service < 0 || pt.Release < 0:
		return l.bad("customer %d: service %v, release %v, want 0 or more", i, pt.Service, pt.Release)
	case i == 0 && pt.Demand != 0:
		return l.bad("the depot has a demand of %d", pt.Demand)
	}
	return nil
}

// whole checks what can be checked only at the end.
func (p *Problem) whole() error {
	bad := func(format string, args ...any) error { return &LineError{0, fmt.Sprintf(format, args...)} }
	if len(p.Points) == 0 {
		return bad("the file has no depot: it ends too early")
	}
	if p.Capacity <= 0 || p.Capacity > maxQuantity {
		return bad("a capacity of %d, want 1 to %.0f", p.Capacity, float64(maxQuantity))
	}
	if !p.Paired {
		return nil
	}
	for i := range p.Points {
		k := p.Points[i].Partner
		switch {
		case i == 0:
		case k <= 0 || k >= len(p.Points) || k == i || p.Points[k].Partner != i:
			return bad("customer %d is paired with %d, which is not paired with it", i, k)
		case p.Points[i].Demand != -p.Points[k].Demand || p.Points[i].Demand == 0:
			return bad("customers %d and %d are a pair, but their demands are %d and %d", i, k, p.Points[i].Demand, p.Points[k].Demand)
		}
	}
	return nil
}

// isLiLim knows a file by its first two lines, of 3 and 9 numbers.
func isLiLim(_ string, data []byte) bool {
	l := lines{rest: data[:min(len(data), 4096)]}
	if !l.next() || len(strings.Fields(l.text)) != 3 {
		return false
	}
	if _, err := l.numbers("", "", ""); err != nil {
		return false
	}
	return l.next() && len(strings.Fields(l.text)) == 9
}

// ReadLiLim reads the format of Li and Lim (2001): number of vehicles, capacity
// and speed (which is not used, as in their tables), then a row a point with its
// pick-up and its delivery. The error is a *LineError.
func ReadLiLim(data []byte) (*Problem, error) {
	l := lines{rest: data}
	p := &Problem{family: liLim, Timed: true, Paired: true}
	if !l.next() {
		return nil, &LineError{0, "the file is empty"}
	}
	v, err := l.numbers("vehicles", "capacity", "speed")
	if err != nil {
		return nil, err
	}
	fleet, err := l.quantity("vehicles", v[0])
	if err != nil {
		return nil, err
	}
	if p.Capacity, err = l.quantity("capacity", v[1]); err != nil {
		return nil, err
	}
	p.Fleet = int(fleet)
	for l.next() {
		v, err := l.numbers("task", "x", "y", "demand", "earliest", "latest", "service", "pick-up", "delivery")
		if err != nil {
			return nil, err
		}
		if err := p.add(&l, v[:7]); err != nil {
			return nil, err
		}
		i := len(p.Points) - 1
		pick, drop := v[7], v[8]
		if pick != math.Trunc(pick) || drop != math.Trunc(drop) || i > 0 && (pick == 0) == (drop == 0) || i == 0 && (pick != 0 || drop != 0) {
			return nil, l.bad("pick-up %v and delivery %v: want one of them 0, the other a customer; both 0 at the depot", pick, drop)
		}
		if (pick == 0) != (p.Points[i].Demand > 0) && i > 0 {
			return nil, l.bad("a demand of %d with pick-up %v and delivery %v: what is picked up is more than 0", p.Points[i].Demand, pick, drop)
		}
		p.Points[i].Partner = int(pick + drop)
	}
	return p, p.whole()
}
