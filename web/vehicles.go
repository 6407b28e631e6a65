package web

import (
	"citygrid/grid"
	"citygrid/grid/register"
)

// VehicleFields are what an admin says of a vehicle.
type VehicleFields struct {
	Plate    string               `json:"plate" maxLength:"32" doc:"unique, without spaces"`
	Kind     register.VehicleKind `json:"kind" enum:"patrol-car,tow-truck,sanitation-truck,boat,e-bike"`
	Team     *int64               `json:"team" doc:"null: no team's"`
	Capacity int                  `json:"capacity" doc:"what it carries at once: towed vehicles, bins; 0 is nothing"`
	Retired  bool                 `json:"retired" doc:"not to be sent any more"`
	Tags     []string             `json:"tags" nullable:"false" maxItems:"20" doc:"what rules of zones name it by, ascending"`
}

// A Vehicle is one of the bureau's own.
type Vehicle struct {
	ID int64 `json:"id"`
	VehicleFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Vehicle) plural() string { return "vehicles" }

func vehicles() entries[register.VehicleID, register.Vehicle, VehicleFields, Vehicle] {
	fields := func(v register.Vehicle) VehicleFields {
		return VehicleFields{v.Plate, v.Kind, idOrNull(v.Team), v.Capacity, v.Retired, append([]string{}, v.Tags...)}
	}
	return entries[register.VehicleID, register.Vehicle, VehicleFields, Vehicle]{
		one: "vehicle", list: Store.Vehicles, get: Store.Vehicle, add: Store.AddVehicle, update: Store.UpdateVehicle,
		id:      func(v register.Vehicle) register.VehicleID { return v.ID },
		version: func(v register.Vehicle) int64 { return v.Version },
		fields:  fields,
		with: func(v register.Vehicle, f VehicleFields) register.Vehicle {
			v.Plate, v.Kind, v.Team, v.Capacity, v.Retired = f.Plate, f.Kind, orNone[grid.TeamID](f.Team), f.Capacity, f.Retired
			v.Tags = tagsOf(f.Tags)
			return v
		},
		show:   func(_ *view, v register.Vehicle) Vehicle { return Vehicle{int64(v.ID), fields(v), v.Version} },
		within: func(w *view, v register.Vehicle) ([]grid.AreaID, error) { return w.ofTeam("team", v.Team) },
		fill:   func(w *view) error { return w.teams.fill(w.ctx) },
	}
}
