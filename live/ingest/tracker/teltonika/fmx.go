package teltonika

import (
	"strings"

	"citygrid/live/ingest/tracker"
)

// fmx says that a model is of the families that share the FMB list of elements.
func fmx(model string) bool {
	if len(model) < 3 {
		return false
	}
	switch strings.ToUpper(model[:3]) {
	case "FMB", "FMC", "FMM", "FMP", "FMU", "FTC", "FTM":
		return true
	}
	return false
}

// fmxNames are elements of that list, after the maker's table of data sending
// parameters.
var fmxNames = map[string]struct {
	name  string
	worth float64 // 0 = a whole number
}{
	"io9": {"adc1", 0.001}, "io6": {"adc2", 0.001}, "io12": {"fuelUsed", 0.001}, "io13": {"fuelConsumption", 0.01},
	"io31": {"engineLoad", 0}, "io32": {"coolantTemp", 0}, "io36": {"rpm", 0}, "io37": {"obdSpeed", 0},
	"io48": {"fuelLevel", 0}, "io68": {"batteryCurrent", 0.001},
	"io72": {"temp1", 0.1}, "io73": {"temp2", 0.1}, "io74": {"temp3", 0.1}, "io75": {"temp4", 0.1},
	"io80": {"workMode", 0}, "io90": {"door", 0}, "io113": {"batteryLevel", 0}, "io200": {"sleepMode", 0},
}

// fmxAlarms are elements that are an alarm when they aren't 0.
var fmxAlarms = []struct{ element, alarm string }{
	{"io246", "tow"}, {"io247", "accident"}, {"io249", "jamming"}, {"io251", "idle"}, {"io252", "powerCut"}, {"io255", "overspeed"},
}

// name gives the elements of a report the names they have on those models.
func name(p *tracker.Position) {
	for io, n := range fmxNames {
		v, ok := p.Attributes[io].(int64)
		if !ok {
			continue
		}
		delete(p.Attributes, io)
		if strings.HasPrefix(n.name, "temp") {
			if v = int64(int32(v)); v >= 850 { // 850 and more: no sensor, or broken
				continue
			}
		}
		if n.worth == 0 {
			p.Set(n.name, v)
		} else {
			p.Set(n.name, tidy(float64(v)*n.worth))
		}
	}
	for _, a := range fmxAlarms {
		if v, ok := p.Attributes[a.element].(int64); ok && v > 0 {
			p.Alarm(a.alarm)
		}
	}
}
