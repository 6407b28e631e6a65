package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// ShiftFields are what is said of a shift.
type ShiftFields struct {
	Person  int64         `json:"person"`
	Team    int64         `json:"team"`
	Vehicle *int64        `json:"vehicle" doc:"null: on foot"`
	From    time.Time     `json:"from"`
	To      time.Time     `json:"to" doc:"at most 24 h later; the shift holds for from <= t < to"`
	Duty    register.Duty `json:"duty" enum:"officer,liaison,supervisor" doc:"as what: counts for the staffing of grids"`
}

// A Shift is when a person works, for which team and with which vehicle.
type Shift struct {
	ID int64 `json:"id"`
	ShiftFields
	Name    string `json:"name" doc:"of the person"`
	Version int64  `json:"version" doc:"send it as If-Match with a change"`
}

func (Shift) plural() string { return "shifts" }

// maxShiftSpan is how much of the roster is read at once.
const maxShiftSpan = 92 * 24 * time.Hour

func shifts() entries[register.ShiftID, register.Shift, ShiftFields, Shift] {
	fields := func(v register.Shift) ShiftFields {
		return ShiftFields{int64(v.Person), int64(v.Team), idOrNull(v.Vehicle), v.From.UTC(), v.To.UTC(), cmp.Or(v.Duty, register.OfficerDuty)}
	}
	return entries[register.ShiftID, register.Shift, ShiftFields, Shift]{
		one: "shift", get: Store.Shift, add: Store.AddShift, update: Store.UpdateShift, remove: Store.RemoveShift,
		id:      func(v register.Shift) register.ShiftID { return v.ID },
		version: func(v register.Shift) int64 { return v.Version },
		fields:  fields,
		with: func(v register.Shift, f ShiftFields) register.Shift {
			v.Person, v.Team, v.Vehicle, v.From, v.To = people.ID(f.Person), grid.TeamID(f.Team), orNone[register.VehicleID](f.Vehicle), f.From, f.To
			v.Duty = f.Duty
			return v
		},
		show: func(w *view, v register.Shift) Shift {
			return Shift{int64(v.ID), fields(v), w.nameOf(register.PersonSubject(v.Person)), v.Version}
		},
		within: func(w *view, v register.Shift) ([]grid.AreaID, error) { return w.ofTeam("team", v.Team) },
		rule:   shiftRule,
		fill: func(w *view) error {
			if err := w.teams.fill(w.ctx); err != nil {
				return err
			}
			return w.people.fill(w.ctx)
		},
	}
}

// shiftRule: a team leader rosters people and vehicles of the own area, not those
// of others.
func shiftRule(w *view, v register.Shift) error {
	if v.Person != 0 {
		areas, err := w.ofPerson("person", v.Person)
		if err != nil {
			return err
		}
		if !w.reachesAny(areas) {
			return noneOf("person", "person")
		}
	}
	if v.Vehicle != 0 {
		areas, err := w.ofVehicle("vehicle", v.Vehicle)
		if err != nil {
			return err
		}
		if !w.reachesAny(areas) {
			return noneOf("vehicle", "vehicle")
		}
	}
	return nil
}

func (s *Server) shiftRoutes() {
	e := shifts()
	e.routes(s)
	handle(s, huma.Operation{
		OperationID: "listShifts", Method: http.MethodGet, Path: "/api/shifts", Tags: []string{"shifts"},
		Summary: "The shifts that the caller's right reaches, of some days",
	}, func(ctx context.Context, in *struct {
		From   time.Time `query:"from" doc:"without it, a day ago"`
		To     time.Time `query:"to" doc:"without it, eight days after from; at most 92 days"`
		Person int64     `query:"person" doc:"only those of one person"`
	},
	) (*listOutput[Shift], error) {
		from, to, err := s.shiftSpan(in.From, in.To)
		if err != nil {
			return nil, err
		}
		all, err := s.store.Shifts(ctx, from, to)
		if err != nil {
			return nil, err
		}
		if in.Person != 0 {
			var theirs []register.Shift
			for _, v := range all {
				if v.Person == people.ID(in.Person) {
					theirs = append(theirs, v)
				}
			}
			all = theirs
		}
		return e.answerList(ctx, s, all)
	})
}

func (s *Server) shiftSpan(from, to time.Time) (time.Time, time.Time, error) {
	if from.IsZero() {
		from = s.now().Add(-24 * time.Hour)
	}
	if to.IsZero() {
		to = from.Add(8 * 24 * time.Hour)
	}
	if d := to.Sub(from); d <= 0 || d > maxShiftSpan || from.Year() < 1980 || to.Year() >= 2200 {
		return from, to, invalid("shifts.span", "query.to", "ask for at most 92 days, with the end after the beginning")
	}
	return from, to, nil
}
