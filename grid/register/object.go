package register

import (
	"fmt"
	"math"
	"slices"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// An ObjectID names an object for as long as the bureau exists. 0 is no object.
type ObjectID int64

// An ObjectKind is what an object is. The first seven are the groups that a grid's
// people keep in touch with (Quzhou 2020).
type ObjectKind string

// The kinds of objects.
const (
	Shop       ObjectKind = "shop"       // 沿街商铺
	Caterer    ObjectKind = "caterer"    // 餐饮店
	Breakfast  ObjectKind = "breakfast"  // 早餐点
	Building   ObjectKind = "building"   // 工地
	Property   ObjectKind = "property"   // 物业和业委会
	Community  ObjectKind = "community"  // 社区、网格员
	Volunteers ObjectKind = "volunteers" // 志愿者
	Contact    ObjectKind = "contact"    // 联络点
	Studio     ObjectKind = "station"    // 联络站、工作室
	Camera     ObjectKind = "camera"     // 监控
)

// ObjectKinds lists them in the order in which a form shows them.
func ObjectKinds() []ObjectKind {
	return []ObjectKind{Shop, Caterer, Breakfast, Building, Property, Community, Volunteers, Contact, Studio, Camera}
}

// Frontage says whether things of the kind front on a street, so that patrols look in
// at them: they are part of a grid's work.
func (k ObjectKind) Frontage() bool { return k == Shop || k == Caterer || k == Breakfast }

// An Object is something that stands at a place for years: a shop, a contact point, a
// camera. Whose it is is not kept here: it stands on the ground of one unit grid and
// one responsibility grid, whatever the plan, so that a plan that splits and merges
// them neither loses one nor has it twice.
type Object struct {
	ID      ObjectID
	Code    string            // unique; "" when it has none
	Name    map[string]string // by language: zh-CN, en
	Kind    ObjectKind
	At      orb.Point
	Beside  *street.Beside // the street that it stands at; nil = at none
	Version int64
}

// Check reports the first rule that o breaks, as a *FieldError.
func (o Object) Check() error {
	c := checker{thing: "object"}
	c.see("code", code(o.Code, false))
	c.see("name", names(o.Name))
	if !slices.Contains(ObjectKinds(), o.Kind) {
		c.see("kind", fault{fmt.Sprintf("%q is no kind of object", clip(string(o.Kind))), fmt.Sprintf("use one of %v", ObjectKinds())})
	}
	c.see("at", place(o.At))
	if b := o.Beside; b != nil {
		if f := place(b.At); f.is() {
			c.see("beside", f)
		}
		if b.Side&^(street.Left|street.Right) != 0 || b.Side == street.Left|street.Right {
			c.see("beside", fault{"stands on two sides of its street", "choose one"})
		}
	}
	return c.orNil()
}

// samePlace is how near two objects of one kind and name lie that are one: in degrees
// of latitude, 0.5 m.
const samePlace = 0.5 / 111_195

// Same says whether two objects are one that came twice: of one code, or without codes
// of one kind, name and place.
func (o Object) Same(p Object) bool {
	if o.Code != "" || p.Code != "" {
		return o.Code == p.Code
	}
	if o.Kind != p.Kind {
		return false
	}
	dx, dy := (o.At[0]-p.At[0])*math.Cos(o.At[1]*math.Pi/180), o.At[1]-p.At[1]
	if dx*dx+dy*dy >= samePlace*samePlace {
		return false
	}
	for lang, name := range o.Name {
		if p.Name[lang] == name {
			return true
		}
	}
	return false
}
