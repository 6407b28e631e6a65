package zonefile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"citygrid/data/gis"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// ObjectOptions say how a file of objects is to be read. The zero ObjectOptions guess.
type ObjectOptions struct {
	// Kind is what all rows are; "" takes it from the column KindColumn.
	Kind register.ObjectKind
	// KindColumn, Name and Code are columns; "" is the one that looks like it.
	KindColumn, Name, Code string
	// Datum is what the positions are in; nil is WGS 84, and a better one is offered.
	Datum *geo.Datum
	// Apart takes rows as they are that no street is near.
	Apart bool
}

// An ObjectRow is a row without faults.
type ObjectRow struct {
	Row    int
	Object register.Object
}

// An ObjectReading is what a file of objects came to.
type ObjectReading struct {
	Reading                      // Good, Areas and Lines stay empty
	Code, KindColumn string      // columns; "" without one
	Objects          []ObjectRow // without faults
}

// List is the objects of the good rows.
func (r *ObjectReading) List() []register.Object {
	out := make([]register.Object, len(r.Objects))
	for i := range r.Objects {
		out[i] = r.Objects[i].Object
	}
	return out
}

// ReadObjects reads a file of points (of other shapes their middle) and holds it
// against the streets; n may be nil, and then nothing is. Rows that are the same as one
// of have, or as one before them, are faults: none comes twice. The error is
// gis.ErrFormat or ErrTooMany.
func ReadObjects(data []byte, n *street.Network, have []register.Object, o ObjectOptions) (*ObjectReading, error) {
	c, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := &ObjectReading{Reading: Reading{Format: c.Format, System: c.System, Rows: len(c.Features)}}
	r.guess(c, n, o.Datum)
	rows := make([]map[string]string, len(c.Features))
	r.columns(c, rows, o.Name, o.Code, o.KindColumn)
	if r.Name = o.Name; r.Name == "" {
		r.Name = r.looking(objectNaming...)
	}
	if r.Code = o.Code; r.Code == "" {
		r.Code = r.looking(objectCoding...)
	}
	if r.KindColumn = o.KindColumn; r.KindColumn == "" && o.Kind == "" {
		r.KindColumn = r.looking(objectKinds...)
	}
	seen, hit := newSeen(have), map[street.SegmentID]bool{}
	accept := lainAt(n)
	for i := range c.Features {
		object, near, fault := r.object(&c.Features[i], rows[i], n, accept, o, i+1)
		if fault == nil {
			fault = seen.take(object, i+1)
		}
		if fault != nil {
			if fault.Row = i + 1; len(r.Faults) == MaxFaults {
				r.MoreFaults++
			} else {
				r.Faults = append(r.Faults, *fault)
			}
			continue
		}
		if near != nil {
			r.OnStreets++
			hit[near.Segment] = true
		}
		r.Objects = append(r.Objects, ObjectRow{i + 1, *object})
	}
	r.Points, r.StreetsHit = len(r.Objects), len(hit)
	return r, nil
}

// object makes an object of a feature.
func (r *ObjectReading) object(f *gis.Feature, cells map[string]string, n *street.Network, accept func(street.SegmentID) bool, o ObjectOptions, row int) (*register.Object, *street.Near, *Fault) {
	switch {
	case f.Fault != "":
		return nil, nil, &Fault{What: f.Fault, Mend: "mend it, or take the row out"}
	case f.Geometry == nil:
		return nil, nil, &Fault{What: "no geometry", Mend: "give it a place, or take the row out"}
	}
	if fault := tooWide(f); fault != nil {
		return nil, nil, fault
	}
	for _, p := range pointsOf(f.Geometry) {
		if fault := offEarth(p); fault != nil {
			return nil, nil, fault
		}
	}
	at := middle(f.Geometry)
	out := &register.Object{Kind: o.Kind, At: at, Code: strings.TrimSpace(cells[r.Code])}
	if out.Kind == "" {
		text := strings.TrimSpace(cells[r.KindColumn])
		if out.Kind = KindOf(text); out.Kind == "" {
			return nil, nil, &Fault{
				Field: r.KindColumn, What: fmt.Sprintf("%q is no kind of object", clip(text)), At: &at,
				Mend: fmt.Sprintf("write one of %v, or choose the kind of all rows", register.ObjectKinds()),
			}
		}
	}
	var near *street.Near
	if n != nil {
		if near = lies(n, at, accept); near != nil {
			beside := n.Beside(*near)
			out.Beside = &beside
		} else if !o.Apart {
			return nil, nil, noStreet(n, at)
		}
	}
	name := strings.TrimSpace(cells[r.Name])
	if name == "" {
		name = fmt.Sprintf("#%d", row)
		if out.Code != "" {
			name = out.Code
		}
		if out.Beside != nil && out.Beside.Street != "" {
			name = out.Beside.Street + " " + name
		}
	}
	out.Name = map[string]string{"zh-CN": name, "en": name}
	if err := out.Check(); err != nil {
		fault := &Fault{What: err.Error(), Mend: "mend it in the file, or take the row out", At: &at}
		if bad := (*register.FieldError)(nil); errors.As(err, &bad) {
			fault.Field, fault.What = r.column(bad.Field), bad.What
			if bad.Mend != "" {
				fault.Mend = bad.Mend
			}
		}
		return nil, nil, fault
	}
	return out, near, nil
}

// column is what the file calls a field.
func (r *ObjectReading) column(field string) string {
	switch field {
	case "name":
		return r.Name
	case "code":
		return r.Code
	case "kind":
		return r.KindColumn
	}
	return ""
}

// kindWords are what files call the kinds, beside the kinds' own names.
var kindWords = map[string]register.ObjectKind{
	"商铺": register.Shop, "沿街商铺": register.Shop, "商户": register.Shop, "店铺": register.Shop, "餐饮": register.Caterer, "餐饮店": register.Caterer, "restaurant": register.Caterer,
	"早餐点": register.Breakfast, "早餐": register.Breakfast, "工地": register.Building, "建筑工地": register.Building, "物业": register.Property, "业委会": register.Property,
	"社区": register.Community, "网格员": register.Community, "志愿者": register.Volunteers, "联络点": register.Contact, "联系点": register.Contact,
	"联络站": register.Studio, "工作室": register.Studio, "监控": register.Camera, "摄像头": register.Camera, "探头": register.Camera,
}

// KindOf is the kind that a word means, in any of the languages; "" for none.
func KindOf(word string) register.ObjectKind {
	word = strings.ToLower(word)
	if k := register.ObjectKind(word); slices.Contains(register.ObjectKinds(), k) {
		return k
	}
	return kindWords[word]
}

// seen are objects that a row may not be again.
type seen struct {
	code  map[string]string // where it was met, in words
	place map[[2]int][]met
}

type met struct {
	object register.Object
	where  string
}

func newSeen(have []register.Object) *seen {
	s := &seen{map[string]string{}, map[[2]int][]met{}}
	for _, o := range have {
		s.put(o, "an object of the register")
	}
	return s
}

// cellDegrees is larger than what is the same place, also far from the equator.
const cellDegrees = 1e-4

func cellOf(p orb.Point) [2]int {
	return [2]int{int(math.Floor(p[0] / cellDegrees)), int(math.Floor(p[1] / cellDegrees))}
}

func (s *seen) put(o register.Object, where string) {
	if o.Code != "" {
		s.code[o.Code] = where
		return
	}
	s.place[cellOf(o.At)] = append(s.place[cellOf(o.At)], met{o, where})
}

// take notes an object, or says what it is the same as.
func (s *seen) take(o *register.Object, row int) *Fault {
	at := o.At
	if where, there := s.code[o.Code]; o.Code != "" && there {
		return &Fault{What: fmt.Sprintf("the same code %q as %s", o.Code, where), Mend: "give each its own, or take one of the two out", At: &at}
	}
	cell := cellOf(o.At)
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			for _, m := range s.place[[2]int{cell[0] + dx, cell[1] + dy}] {
				if o.Same(m.object) {
					return &Fault{What: "the same kind, name and place as " + m.where, Mend: "take one of the two out", At: &at}
				}
			}
		}
	}
	s.put(*o, fmt.Sprintf("row %d", row))
	return nil
}

// clip keeps a foreign word short in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
