package web

import (
	"context"
	"net/http"
	"time"

	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/hub"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

// A DogPage is a dog with what happened to it, for who looks after its ground or
// its alerts. Whose it is they ask for on an alert, and say why.
type DogPage struct {
	Dog    Dog          `json:"dog"`
	Tags   []string     `json:"tags" nullable:"false" doc:"ids of the devices that it wears"`
	Heard  *time.Time   `json:"heard" doc:"when its last position is of; null: silent for half an hour or longer"`
	Place  *DogPlace    `json:"place" doc:"null: not known, or not for the caller to see"`
	Alerts []room.Alert `json:"alerts" nullable:"false" doc:"about it, that the caller sees, the last begun first, at most 100"`
}

// A DogPlace is where a dog is, as it is shown.
type DogPlace struct {
	At      Position `json:"at"`
	AtHome  bool     `json:"at_home" doc:"it is somewhere in the circle around at that holds its home; the home isn't the middle"`
	WithinM float64  `json:"within_m" doc:"how well at is known, or the radius of that circle; 0: not told"`
}

type dogPageOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         DogPage
}

// Who handles alerts alone sees a dog while one is open, and so long after it began.
const dogAfterAlert = 24 * time.Hour

const maxDogAlerts = 100

func (s *Server) dogRoutes() {
	handle(s, huma.Operation{
		OperationID: "getDog", Method: http.MethodGet, Path: "/api/dogs/{id}", Tags: []string{"dogs"},
		Summary: "A dog, where it is, and the alerts about it",
		Description: "Team leaders see the dogs of their area; dispatchers those that an alert of their area is open about, or was in the last 24 hours. " +
			"Near its home a dog is shown in a circle of 100 m, unless an alert is on about it. Whose it is: POST /api/alerts/{id}/owner.",
	}, s.dogPage)
}

func (s *Server) dogPage(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1"`
},
) (*dogPageOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Dog(ctx, register.DogID(in.ID))
	if err != nil {
		return nil, err
	}
	about, err := s.store.AlertsAbout(ctx, register.DogSubject(d.ID), maxDogAlerts)
	if err != nil {
		return nil, err
	}
	out := &dogPageOutput{CacheControl: noStore, Body: DogPage{Dog: dogs().show(nil, d), Tags: []string{}, Alerts: []room.Alert{}}}
	may := rights.SeesUnit(hub.Unit{Kind: hub.Dog, Area: d.Area}, nil)
	for _, a := range about {
		if !s.room.SeesAlert(rights, a) {
			continue
		}
		out.Body.Alerts = append(out.Body.Alerts, s.room.AlertJSON(a))
		may = may || a.State != alert.Shut || s.now().Sub(a.Began) < dogAfterAlert
	}
	if !may {
		return nil, register.ErrNone // as if it were not there
	}
	now := s.room.DogNow(d.ID, rights)
	for _, id := range now.Trackers {
		out.Body.Tags = append(out.Body.Tags, string(id))
	}
	if !now.Heard.IsZero() {
		heard := now.Heard.UTC()
		out.Body.Heard = &heard
	}
	if now.Seen {
		out.Body.Place = &DogPlace{positionOf(now.At), now.AtHome, float64(now.Within)}
	}
	return out, nil
}
