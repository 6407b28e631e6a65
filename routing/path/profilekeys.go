package path

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/calendar"
)

// A profileKey is a line of a profile file: how it is read, written and explained.
// Of those that end in a dot there is one for each class or surface.
type profileKey struct {
	name  string
	about string
	set   func(p *Profile, rest string, v any) error
	get   func(p *Profile) []entry
}

// An entry is a key with its value, a string, float64, bool or []Hour.
type entry struct {
	name  string
	value any
}

// Bounds of what a profile may say. They keep sums of costs in their numbers.
const (
	mostKMH     = 400
	mostShare   = 5
	mostSeconds = 24 * 3600
	mostHours   = 50
)

var profileKeys = []profileKey{
	textKey("title.en", "what people read, in English", func(p *Profile) *string { return &p.TitleEN }),
	textKey("title.zh", "what people read, in Chinese", func(p *Profile) *string { return &p.TitleZH }),
	vehicleKey("vehicle", "whose access tags count: foot, bicycle, motorcycle, motorcar, goods, bus, emergency or boat", func(p *Profile) *street.Vehicles { return &p.Vehicle }),
	vehicleKey("ashore", "of a boat: what its crew is on land", func(p *Profile) *street.Vehicles { return &p.Ashore }),
	metresKey("height_m", "height, laden; 0 = no limit stops it", func(p *Profile) *geo.Metres { return &p.Height }),
	metresKey("width_m", "width with its mirrors; 0 = no limit stops it", func(p *Profile) *geo.Metres { return &p.Width }),
	numberKey("weight_t", "tonnes, laden; 0 = no limit stops it", 1000, func(p *Profile) *float64 { return &p.WeightT }),
	{
		"speed_kmh.", "speed by kind of way (OSM's highway value, ferry, waterway) without a posted limit; 0 or no line = not there",
		func(p *Profile, rest string, v any) error {
			class, err := classNamed(rest)
			if err != nil {
				return err
			}
			x, err := number(v, mostKMH)
			if err != nil {
				return err
			}
			if p.SpeedKMH = own(p.SpeedKMH); x == 0 {
				delete(p.SpeedKMH, class)
				return nil
			}
			if x < 0.1 {
				return fmt.Errorf("%v km/h: want 0.1 at least, or 0 for not at all", x)
			}
			p.SpeedKMH[class] = x
			return nil
		},
		func(p *Profile) (all []entry) {
			for c := street.Motorway; c <= street.Waterway; c++ {
				all = append(all, entry{"speed_kmh." + c.String(), p.SpeedKMH[c]})
			}
			return all
		},
	},
	numberKey("posted_share", "share of a posted limit that is driven instead; 0 = posted limits don't matter", mostShare, func(p *Profile) *float64 { return &p.PostedShare }),
	numberKey("top_kmh", "never faster than this; 0 = no top", mostKMH, func(p *Profile) *float64 { return &p.TopKMH }),
	numberKey("link_share", "share of the speed on slip roads; 0 = all of it", mostShare, func(p *Profile) *float64 { return &p.LinkShare }),
	numberKey("minor_kmh", "the most on driveways, parking aisles and alleys; 0 = as on service roads", mostKMH, func(p *Profile) *float64 { return &p.MinorKMH }),
	{
		"surface_share.", "share of the speed that remains on a surface: paved, cobbles, gravel, ground, unknown",
		func(p *Profile, rest string, v any) error {
			surface, ok := street.ParseSurface(rest)
			if !ok {
				return fmt.Errorf("no surface %q: want paved, cobbles, gravel, ground or unknown", rest)
			}
			x, err := share(v)
			if err != nil {
				return err
			}
			if p.SurfaceShare = own(p.SurfaceShare); x == 1 {
				delete(p.SurfaceShare, surface)
			} else {
				p.SurfaceShare[surface] = x
			}
			return nil
		},
		func(p *Profile) (all []entry) {
			for s := street.SurfaceUnknown; s <= street.Ground; s++ {
				x, ok := p.SurfaceShare[s]
				if !ok {
					x = 1
				}
				all = append(all, entry{"surface_share." + s.String(), x})
			}
			return all
		},
	},
	{
		"hours", "when streets are slower or quicker: opening_hours text, and the share of the speed by kind of way, or of all",
		func(p *Profile, _ string, v any) error {
			hours, ok := v.([]Hour)
			if !ok {
				return fmt.Errorf("want [{when = \"Mo-Fr 07:00-09:00\", all = 0.8}, ...]")
			}
			p.Hours = hours
			return nil
		},
		func(p *Profile) []entry { return []entry{{"hours", p.Hours}} },
	},
	flagKey("ferries", "takes ferries", func(p *Profile) *bool { return &p.Ferries }),
	secondsKey("near_turn_s", "a right angle to the near side (right where traffic keeps right)", func(p *Profile) *time.Duration { return &p.NearTurn }),
	secondsKey("cross_turn_s", "a right angle across the traffic", func(p *Profile) *time.Duration { return &p.CrossTurn }),
	secondsKey("u_turn_s", "turning round", func(p *Profile) *time.Duration { return &p.UTurn }),
	flagKey("u_turns_anywhere", "turns round at every junction, else at dead ends", func(p *Profile) *bool { return &p.UTurnsAnywhere }),
	secondsKey("signal_s", "passing traffic lights", func(p *Profile) *time.Duration { return &p.Signal }),
	secondsKey("stop_s", "passing a stop sign", func(p *Profile) *time.Duration { return &p.Stop }),
	secondsKey("gate_s", "passing a gate that opens", func(p *Profile) *time.Duration { return &p.Gate }),
	secondsKey("board_s", "getting aboard or ashore: a ferry on average, or the crew of a boat", func(p *Profile) *time.Duration { return &p.Board }),
}

// own is a copy of a map that may be shared, made if there is none.
func own[K comparable](m map[K]float64) map[K]float64 {
	if m == nil {
		return make(map[K]float64)
	}
	return maps.Clone(m)
}

func classNamed(word string) (street.Class, error) {
	for c := street.Motorway; c <= street.Waterway; c++ {
		if c.String() == word {
			return c, nil
		}
	}
	return 0, fmt.Errorf("no kind of way %q: want OSM's highway value without _link, ferry or waterway", word)
}

func number(v any, most float64) (float64, error) {
	x, ok := v.(float64)
	if !ok {
		return 0, fmt.Errorf("want a number without quotes")
	}
	if !(x >= 0 && x <= most) {
		return 0, fmt.Errorf("%v is out of range: want 0 to %v", x, most)
	}
	return x, nil
}

// share reads a share of a speed, which can't be nothing: a street that is shut has
// no speed.
func share(v any) (float64, error) {
	x, err := number(v, mostShare)
	if err == nil && x < 0.01 {
		err = fmt.Errorf("%v is out of range: want 0.01 to %v", x, mostShare)
	}
	return x, err
}

func textKey(name, about string, at func(*Profile) *string) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) error {
			s, ok := v.(string)
			if !ok {
				return fmt.Errorf("want a text in quotes")
			}
			*at(p) = s
			return nil
		},
		func(p *Profile) []entry { return []entry{{name, *at(p)}} },
	}
}

func vehicleKey(name, about string, at func(*Profile) *street.Vehicles) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) error {
			s, _ := v.(string)
			vehicle, ok := street.ParseVehicle(s)
			if !ok {
				return fmt.Errorf("no vehicle %v: want \"foot\", \"bicycle\", \"motorcycle\", \"motorcar\", \"goods\", \"bus\", \"emergency\" or \"boat\"", shown(v))
			}
			*at(p) = vehicle
			return nil
		},
		func(p *Profile) []entry {
			if *at(p) == 0 {
				return nil
			}
			return []entry{{name, at(p).String()}}
		},
	}
}

func numberKey(name, about string, most float64, at func(*Profile) *float64) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) (err error) {
			x, err := number(v, most)
			if err == nil {
				*at(p) = x
			}
			return err
		},
		func(p *Profile) []entry { return []entry{{name, *at(p)}} },
	}
}

func metresKey(name, about string, at func(*Profile) *geo.Metres) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) error {
			x, err := number(v, 100)
			if err == nil {
				*at(p) = geo.Metres(x)
			}
			return err
		},
		func(p *Profile) []entry { return []entry{{name, float64(*at(p))}} },
	}
}

func secondsKey(name, about string, at func(*Profile) *time.Duration) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) error {
			x, err := number(v, mostSeconds)
			if err == nil {
				*at(p) = time.Duration(x * float64(time.Second)).Round(time.Millisecond)
			}
			return err
		},
		func(p *Profile) []entry { return []entry{{name, at(p).Seconds()}} },
	}
}

func flagKey(name, about string, at func(*Profile) *bool) profileKey {
	return profileKey{
		name, about, func(p *Profile, _ string, v any) error {
			b, ok := v.(bool)
			if !ok {
				return fmt.Errorf("want true or false")
			}
			*at(p) = b
			return nil
		},
		func(p *Profile) []entry { return []entry{{name, *at(p)}} },
	}
}

// hour reads an element of hours.
func hour(fields []entry) (h Hour, err error) {
	h.Share = make(map[street.Class]float64)
	for _, f := range fields {
		if f.name == "when" {
			text, ok := f.value.(string)
			if !ok {
				return h, fmt.Errorf("when: want a text in quotes, such as \"Mo-Fr 07:00-09:00\"")
			}
			if _, err := calendar.ParseOpeningHours(text); err != nil {
				return h, fmt.Errorf("when: %w", err)
			}
			h.When = text
			continue
		}
		class := street.ClassUnknown
		if f.name != "all" {
			if class, err = classNamed(f.name); err != nil {
				return h, err
			}
		}
		if h.Share[class], err = share(f.value); err != nil {
			return h, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if h.When == "" {
		return h, fmt.Errorf("an element of hours without when")
	}
	return h, nil
}

// ready says what a profile lacks, nil if nothing.
func (p *Profile) ready() error {
	switch {
	case p.Vehicle == 0:
		return fmt.Errorf("profile %s has no vehicle", p.Name)
	case len(p.SpeedKMH) == 0:
		return fmt.Errorf("profile %s has no speed_kmh line, so it can go nowhere", p.Name)
	case p.Ashore != 0 && p.Vehicle != street.Boat:
		return fmt.Errorf("profile %s: only a boat goes ashore", p.Name)
	case p.Ashore == street.Boat:
		return fmt.Errorf("profile %s: a boat doesn't go ashore as a boat", p.Name)
	case len(p.Hours) > mostHours:
		return fmt.Errorf("profile %s: %d hours, %d is the most", p.Name, len(p.Hours), mostHours)
	}
	return nil
}

// keyNamed finds the key of a line; rest is what stands behind a dot.
func keyNamed(name string) (k *profileKey, rest string) {
	for i := range profileKeys {
		k := &profileKeys[i]
		if k.name == name {
			return k, ""
		}
		if rest, ok := strings.CutPrefix(name, k.name); ok && strings.HasSuffix(k.name, ".") {
			return k, rest
		}
	}
	return nil, ""
}
