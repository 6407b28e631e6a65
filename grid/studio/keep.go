package studio

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"citygrid/geo/planar"
)

// ErrKept says that bytes are no draft, or no step of this one. Match with
// errors.Is.
var ErrKept = errors.New("kept draft is damaged")

// A Kind says what a step of a draft's history is.
type Kind string

// The kinds of steps.
const (
	Edited Kind = "edit"
	Undone Kind = "undo"
	Redone Kind = "redo"
)

// A Step is one change of a draft as it is written down. What it changed is in it,
// so that it is the same when it is read by a later citygrid.
type Step struct {
	Kind     Kind      `json:"kind"`
	Edits    []Edit    `json:"edits,omitempty"` // of an undo, those that were taken back
	Changes  []Change  `json:"changes,omitempty"`
	FirstArc int       `json:"first_arc,omitempty"`
	Arcs     []keptArc `json:"arcs,omitempty"`
}

// keptArc is an arc as it is written down: x and y of its points, each less the
// one before.
type keptArc struct {
	Points []int64 `json:"p"`
	Left   UnitID  `json:"l"`
	Right  UnitID  `json:"r"`
	Length int64   `json:"m"`
}

func keep(a *arc) keptArc {
	k := keptArc{make([]int64, 0, 2*len(a.points)), a.left, a.right, a.length}
	last := planar.Point{}
	for _, p := range a.points {
		k.Points = append(k.Points, p.X-last.X, p.Y-last.Y)
		last = p
	}
	return k
}

func (k *keptArc) arc() arc {
	a := arc{make([]planar.Point, len(k.Points)/2), k.Left, k.Right, k.Length}
	last := planar.Point{}
	for i := range a.points {
		last = planar.Point{X: last.X + k.Points[2*i], Y: last.Y + k.Points[2*i+1]}
		a.points[i] = last
	}
	return a
}

// Step is an entry that was just made, undone or redone, as it is written down.
func (d *Draft) Step(kind Kind, e Entry) ([]byte, error) {
	s := Step{Kind: kind, Edits: e.Edits}
	if kind == Edited {
		s.Changes = e.Changes
		s.FirstArc = len(d.arcs)
		for _, c := range e.Changes {
			for _, n := range c.ArcsIn {
				s.FirstArc = min(s.FirstArc, int(n))
			}
		}
		for i := s.FirstArc; i < len(d.arcs); i++ {
			s.Arcs = append(s.Arcs, keep(&d.arcs[i]))
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write step: %w", err)
	}
	return text, nil
}

// Follow makes a step that was written down.
func (d *Draft) Follow(text []byte) (s Step, err error) {
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%w: %w", ErrKept, err)
	}
	switch s.Kind {
	case Undone:
		_, err = d.Undo()
		return s, err
	case Redone:
		_, err = d.Redo()
		return s, err
	case Edited:
	default:
		return s, fmt.Errorf("%w: a step of kind %q", ErrKept, s.Kind)
	}
	if s.FirstArc != len(d.arcs) {
		return s, fmt.Errorf("%w: a step goes on from arc %d, there are %d", ErrKept, s.FirstArc, len(d.arcs))
	}
	for i := range s.Arcs {
		d.arcs = append(d.arcs, s.Arcs[i].arc())
	}
	for i := range s.Changes {
		if err := d.fits(&s.Changes[i]); err != nil {
			return s, err
		}
		d.do(&s.Changes[i])
	}
	d.count()
	d.Note(Entry{s.Edits, s.Changes})
	return s, nil
}

// fits says whether a change that was written down names what there is.
func (d *Draft) fits(c *Change) error {
	for _, list := range [2][]int32{c.ArcsIn, c.ArcsOut} {
		for _, n := range list {
			if n < 0 || int(n) >= len(d.arcs) || len(d.arcs[n].points) < 2 {
				return fmt.Errorf("%w: there is no arc %d", ErrKept, n)
			}
		}
	}
	units, parts := len(d.units)+len(c.Units), len(d.parts)+len(c.Parts)
	for _, p := range c.Parts {
		if p.ID <= 0 || int(p.ID) >= parts {
			return fmt.Errorf("%w: there is no part %d", ErrKept, p.ID)
		}
	}
	for _, u := range c.Units {
		if u.ID <= 0 || int(u.ID) >= units || min(u.Was.Part, u.Is.Part) < 0 || int(max(u.Was.Part, u.Is.Part)) >= parts {
			return fmt.Errorf("%w: there is no unit %d", ErrKept, u.ID)
		}
	}
	for _, n := range c.ArcsIn {
		if a := &d.arcs[n]; min(a.left, a.right) < 0 || int(max(a.left, a.right)) >= units {
			return fmt.Errorf("%w: arc %d lies at no unit", ErrKept, n)
		}
	}
	return nil
}

// image is a whole draft as it is written down.
type image struct {
	Points      []int64 // of all arcs, as in keptArc
	Count       []int32 // points of each arc; 0 for one that is never used again
	Left, Right []UnitID
	Length      []int64
	InUse       []bool
	Units       []unit
	Parts       []*Part
	Undo, Redo  []Entry
}

// Image writes the draft down with its history.
func (d *Draft) Image() ([]byte, error) {
	im := image{Units: d.units, Undo: d.undo, Redo: d.redo}
	inUse, needed := make([]bool, len(d.arcs)), make([]bool, len(d.arcs))
	for id := range d.Units {
		for _, n := range d.around[id] {
			inUse[n], needed[n] = true, true
		}
	}
	for _, list := range [2][]Entry{d.undo, d.redo} {
		for _, e := range list {
			for _, c := range e.Changes {
				for _, n := range c.ArcsOut {
					needed[n] = true
				}
				for _, n := range c.ArcsIn {
					needed[n] = true
				}
			}
		}
	}
	im.InUse = inUse
	for i := range d.arcs {
		a := &d.arcs[i]
		k := keptArc{}
		if needed[i] {
			k = keep(a)
		}
		im.Points = append(im.Points, k.Points...)
		im.Count = append(im.Count, int32(len(k.Points)/2))
		im.Left, im.Right, im.Length = append(im.Left, k.Left), append(im.Right, k.Right), append(im.Length, k.Length)
	}
	for i := range d.parts {
		var p *Part
		if d.parts[i].live {
			is := d.parts[i].is
			p = &is
		}
		im.Parts = append(im.Parts, p)
	}
	for i, p := range im.Parts { // gob knows no nil in a list
		if p == nil {
			im.Parts[i] = &Part{ID: -1}
		}
	}
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(z).Encode(im); err != nil {
		return nil, fmt.Errorf("write draft: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// maxImage is how large an image may be when it is unpacked.
const maxImage = 2 << 30

// Open reads a draft that Image wrote.
func Open(data []byte) (*Draft, error) {
	z := flate.NewReader(bytes.NewReader(data))
	var im image
	if err := gob.NewDecoder(io.LimitReader(z, maxImage)).Decode(&im); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	n := len(im.Count)
	if len(im.Left) != n || len(im.Right) != n || len(im.Length) != n || len(im.InUse) != n || len(im.Units) == 0 || len(im.Parts) == 0 {
		return nil, fmt.Errorf("%w: lists of different lengths", ErrKept)
	}
	d := &Draft{units: im.Units, around: make([][]int32, len(im.Units)), undo: im.Undo, redo: im.Redo, loose: map[PartID]UnitID{}}
	for i, p := range im.Parts {
		one := part{live: p.ID > 0}
		if p.ID > 0 {
			if int(p.ID) != i {
				return nil, fmt.Errorf("%w: part %d has the id %d", ErrKept, i, p.ID)
			}
			one.is = p.clone()
		}
		d.parts = append(d.parts, one)
	}
	for i := range d.units {
		u := &d.units[i]
		if u.Part < 0 || int(u.Part) >= len(d.parts) || i == 0 && u.Live {
			return nil, fmt.Errorf("%w: unit %d is of part %d", ErrKept, i, u.Part)
		}
		d.sum(UnitID(i), 1)
	}
	points := im.Points
	edges, first := 0, true
	for i := range n {
		if im.Count[i] < 0 || 2*int(im.Count[i]) > len(points) || min(im.Left[i], im.Right[i]) < 0 || int(max(im.Left[i], im.Right[i])) >= len(d.units) {
			return nil, fmt.Errorf("%w: arc %d", ErrKept, i)
		}
		k := keptArc{points[:2*im.Count[i]], im.Left[i], im.Right[i], im.Length[i]}
		points = points[2*im.Count[i]:]
		a := k.arc()
		d.arcs = append(d.arcs, a)
		if !im.InUse[i] {
			continue
		}
		edges += len(a.points)
		for _, p := range a.points {
			if first {
				d.low, d.high, first = p, p, false
			}
			d.low = planar.Point{X: min(d.low.X, p.X), Y: min(d.low.Y, p.Y)}
			d.high = planar.Point{X: max(d.high.X, p.X), Y: max(d.high.Y, p.Y)}
		}
	}
	var err error
	if d.where, err = planar.NewBorders(d.low, d.high, edges); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKept, err)
	}
	for i := range n {
		if im.InUse[i] {
			d.putArc(int32(i))
		}
	}
	d.where.Pack()
	d.count()
	for _, list := range [2][]Entry{d.undo, d.redo} {
		for _, e := range list {
			for j := range e.Changes {
				if err := d.fits(&e.Changes[j]); err != nil {
					return nil, err
				}
			}
		}
	}
	return d, nil
}

// Copy is the draft as it is, without its history.
func (d *Draft) Copy() (*Draft, error) {
	undo, redo := d.undo, d.redo
	d.undo, d.redo = nil, nil
	image, err := d.Image()
	d.undo, d.redo = undo, redo
	if err != nil {
		return nil, err
	}
	return Open(image)
}
