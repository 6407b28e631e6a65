package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid/people"
	"citygrid/live/dispatch"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type (
	towInput struct {
		Key  string `header:"Idempotency-Key" maxLength:"100" doc:"the caller's name for this request: sent again with it, nothing happens twice"`
		Body struct {
			At   Position `json:"at" doc:"where the vehicle stands"`
			Note string   `json:"note,omitempty" maxLength:"2000" doc:"what it is and what to do"`
		}
	}
	towOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Task    room.Task  `json:"task"`
			Vehicle towVehicle `json:"vehicle"`
			ExtraS  float64    `json:"extra_s" doc:"so much longer the truck is on its way, in seconds"`
			Arrive  time.Time  `json:"arrive" doc:"as planned"`
		}
	}
	towVehicle struct {
		ID    int64  `json:"id"`
		Plate string `json:"plate"`
	}
)

func (s *Server) towRoutes() {
	handle(s, huma.Operation{
		OperationID: "addTow", Method: http.MethodPost, Path: "/api/tows", Tags: []string{"runs"},
		Summary: "Have a vehicle fetched", DefaultStatus: http.StatusCreated,
		Description: "The truck that takes it with the least detour gets a task for its driver. 404 tows.outside: the place is not in one's own area. 409 tows.no_truck, tows.no_pound: none can take it, or there is nowhere to bring it.",
	}, s.addTow)
	handle(s, huma.Operation{
		OperationID: "listTowOffers", Method: http.MethodGet, Path: "/api/tows/offers", Tags: []string{"runs"},
		Summary:     "Which truck could fetch a vehicle, and why the others can't",
		Description: "The best first: least lateness, then least detour. Nothing is sent. 409 tows.no_pound.",
	}, s.listTowOffers)
}

type towOffersOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Offers  []TowOffer   `json:"offers" nullable:"false"`
		Refused []TowRefused `json:"refused" nullable:"false"`
	}
}

// A TowOffer is how a truck would fetch a vehicle.
type TowOffer struct {
	Vehicle towVehicle `json:"vehicle"`
	ExtraS  float64    `json:"extra_s" doc:"so much longer the truck is on its way, in seconds"`
	LateS   float64    `json:"late_s" doc:"so much later than due other jobs, or this one, would be, in seconds"`
	Arrive  time.Time  `json:"arrive" doc:"as planned"`
	Before  int        `json:"before" doc:"jobs that the truck does first"`
}

// A TowRefused is a truck that can't.
type TowRefused struct {
	Vehicle towVehicle `json:"vehicle"`
	Rule    string     `json:"rule" enum:"capacity,shift,window,site,no_way,skills,break,begun,no_unit,other"`
	Why     string     `json:"why" doc:"in English; to show something, translate the rule"`
}

func (s *Server) listTowOffers(ctx context.Context, in *struct {
	At string `query:"at" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
},
) (*towOffersOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	at, err := parsePoint("query.at", in.At)
	if err != nil {
		return nil, err
	}
	owner, _ := s.room.Owner(at)
	if !s.worksFor(rights, owner.Team) {
		return nil, newProblem(http.StatusNotFound, "tows.outside", "this place is not in your area")
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	offers, refused, err := s.room.TowOffers(ctx, func(driver people.ID) bool { return s.worksForPerson(rights, driver) }, at)
	if err != nil {
		return nil, err
	}
	out := &towOffersOutput{CacheControl: noStore}
	out.Body.Offers, out.Body.Refused = []TowOffer{}, []TowRefused{}
	for _, o := range offers {
		one := TowOffer{towVehicle{int64(o.Run.Truck.ID), o.Run.Truck.Name}, o.Extra.Seconds(), o.Late.Seconds(), o.Arrive.UTC(), 0}
		for _, stop := range o.Run.Stops {
			if stop.Arrive.Before(o.Arrive) && stop.Job.ID != 0 {
				one.Before++
			}
		}
		out.Body.Offers = append(out.Body.Offers, one)
	}
	for _, x := range refused {
		out.Body.Refused = append(out.Body.Refused, TowRefused{towVehicle{int64(x.Truck.ID), x.Truck.Name}, room.RuleName(x.Why), x.Why.Error()})
	}
	return out, nil
}

func (s *Server) addTow(ctx context.Context, in *towInput) (*towOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	at := orb.Point(in.Body.At)
	if !onEarth(at) {
		return nil, invalid("query.point", "body.at", "at must be longitude and latitude in degrees")
	}
	owner, _ := s.room.Owner(at)
	if !s.worksFor(rights, owner.Team) { // no owner: the whole bureau's dispatchers alone
		return nil, newProblem(http.StatusNotFound, "tows.outside", "this place is not in your area")
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	t, offer, err := s.room.Tow(ctx, callerOf(ctx).person.ID, func(driver people.ID) bool { return s.worksForPerson(rights, driver) }, at, in.Body.Note, in.Key, s.act(ctx, "tow.add", "", fmt.Sprintf("team/%d", owner.Team)))
	if err != nil {
		return nil, err
	}
	if t.Kind != dispatch.KindTow || t.At != at {
		return nil, dispatch.ErrKeyUsed // the key's first request was another: nothing is fetched from here
	}
	s.room.Changed()
	out := &towOutput{CacheControl: noStore}
	if out.Body.Task, err = s.room.TaskJSON(ctx, t); err != nil {
		return nil, err
	}
	truck := offer.Run.Truck
	out.Body.Vehicle = towVehicle{ID: int64(truck.ID), Plate: truck.Name}
	out.Body.ExtraS, out.Body.Arrive = offer.Extra.Seconds(), offer.Arrive
	return out, nil
}
