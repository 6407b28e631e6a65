package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid/people"
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
