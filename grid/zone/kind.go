package zone

import "time"

// A Kind is what people call the zone; the map paints by it. It has no meaning
// to the judge, who looks at the Rule.
type Kind string

// The kinds.
const (
	NoDog      Kind = "no-dog"        // 禁犬区
	Timed      Kind = "timed"         // 限时遛犬区: dogs are kept out at certain hours
	NoParking  Kind = "no-parking"    // 禁停区
	StrictRoad Kind = "strict-road"   // 严管路
	Frame      Kind = "parking-frame" // 非机动车停车框: what is parked inside is parked right
	Loading    Kind = "loading"       // 装卸规范点
	Stall      Kind = "stall"         // 疏导点
	Market     Kind = "market"        // 市场
	DropOff    Kind = "drop-off"      // 投放点: where cleared vehicles or waste are set down
	Station    Kind = "station"       // 站点
	Water      Kind = "water"         // 水域
	Other      Kind = "other"
)

// A Usual is what zones of a kind mostly are: what a form and an import begin with.
type Usual struct {
	Kind    Kind
	Shape   Shape
	WidthM  float64 // of a street
	RadiusM float64 // around a point
	Rule    Rule
	Classes []Class
}

// A Shape is how a zone is drawn.
type Shape string

// The shapes.
const (
	Area   Shape = "area"   // polygons with holes
	Street Shape = "street" // lines with a side and a width
	Around Shape = "point"  // a point with a radius
)

var usual = []Usual{
	{NoDog, Area, 0, 30, Rule{Kind: InsideWhileActive}, []Class{Dog}},
	{Timed, Area, 0, 30, Rule{Kind: InsideWhileActive}, []Class{Dog}},
	{NoParking, Street, 8, 15, Rule{Kind: Dwell, Longer: 5 * time.Minute}, []Class{Vehicle}},
	{StrictRoad, Street, 12, 15, Rule{Kind: Dwell, Longer: 3 * time.Minute}, []Class{Vehicle}},
	{Frame, Street, 2, 3, Rule{Kind: NoRule}, []Class{Vehicle}},
	{Loading, Street, 3, 6, Rule{Kind: Dwell, Longer: 30 * time.Minute}, []Class{Vehicle}},
	{Stall, Around, 3, 3, Rule{Kind: NoRule}, []Class{Person}},
	{Market, Area, 6, 30, Rule{Kind: NoRule}, []Class{Person}},
	{DropOff, Around, 6, 15, Rule{Kind: NoRule}, []Class{Vehicle}},
	{Station, Around, 6, 15, Rule{Kind: NoRule}, []Class{Person}},
	{Water, Area, 10, 30, Rule{Kind: NoRule}, []Class{Person}},
	{Other, Area, 6, 15, Rule{Kind: InsideWhileActive}, []Class{Person, Vehicle, Dog}},
}

// Kinds lists all kinds in the order in which a form shows them.
func Kinds() []Kind {
	all := make([]Kind, len(usual))
	for i, u := range usual {
		all[i] = u.Kind
	}
	return all
}

// Usual is what zones of the kind mostly are; of an unknown one, of Other.
func (k Kind) Usual() Usual {
	u := usual[len(usual)-1]
	for _, x := range usual {
		if x.Kind == k {
			u = x
		}
	}
	u.Classes = append([]Class(nil), u.Classes...)
	return u
}
