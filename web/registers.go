package web

import (
	"context"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/routing/campaign"
	"citygrid/routing/closure"
)

// Registers is what the routes of the bureau's registers, its zones and its plan
// need of storage.
// *store.Store has it. The Add and Update methods refuse what breaks a rule or
// names what is not there with a *register.FieldError, those that import add all
// or none.
type Registers interface {
	Teams(context.Context) ([]register.Team, error)
	Team(context.Context, grid.TeamID) (register.Team, error)
	AddTeam(context.Context, register.Team, audit.Act) (register.Team, error)
	UpdateTeam(context.Context, register.Team, audit.Act) (register.Team, error)
	RemoveTeam(context.Context, grid.TeamID, int64, audit.Act) error
	ImportTeams(context.Context, []register.Team, audit.Act) ([]register.Team, error)

	Stations(context.Context) ([]register.Station, error)
	Station(context.Context, register.StationID) (register.Station, error)
	AddStation(context.Context, register.Station, audit.Act) (register.Station, error)
	UpdateStation(context.Context, register.Station, audit.Act) (register.Station, error)
	RemoveStation(context.Context, register.StationID, int64, audit.Act) error
	ImportStations(context.Context, []register.Station, audit.Act) ([]register.Station, error)

	Vehicles(context.Context) ([]register.Vehicle, error)
	Vehicle(context.Context, register.VehicleID) (register.Vehicle, error)
	AddVehicle(context.Context, register.Vehicle, audit.Act) (register.Vehicle, error)
	UpdateVehicle(context.Context, register.Vehicle, audit.Act) (register.Vehicle, error)
	ImportVehicles(context.Context, []register.Vehicle, audit.Act) ([]register.Vehicle, error)

	Dogs(context.Context) ([]register.Dog, error)
	Dog(context.Context, register.DogID) (register.Dog, error)
	AddDog(context.Context, register.Dog, audit.Act) (register.Dog, error)
	UpdateDog(context.Context, register.Dog, audit.Act) (register.Dog, error)
	ImportDogs(context.Context, []register.Dog, audit.Act) ([]register.Dog, error)

	Devices(context.Context) ([]register.Device, error)
	Device(context.Context, register.DeviceID) (register.Device, error)
	AddDevice(context.Context, register.Device, audit.Act) (register.Device, error)
	UpdateDevice(context.Context, register.Device, audit.Act) (register.Device, error)
	ImportDevices(context.Context, []register.Device, audit.Act) ([]register.Device, error)

	// Shifts is every shift that holds at some instant of from <= t < to.
	Shifts(ctx context.Context, from, to time.Time) ([]register.Shift, error)
	Shift(context.Context, register.ShiftID) (register.Shift, error)
	AddShift(context.Context, register.Shift, audit.Act) (register.Shift, error)
	UpdateShift(context.Context, register.Shift, audit.Act) (register.Shift, error)
	RemoveShift(context.Context, register.ShiftID, int64, audit.Act) error
	ImportShifts(context.Context, []register.Shift, audit.Act) ([]register.Shift, error)

	Closures(context.Context) ([]closure.Closure, error)
	Closure(context.Context, closure.ID) (closure.Closure, error)
	AddClosure(context.Context, closure.Closure, audit.Act) (closure.Closure, error)
	UpdateClosure(context.Context, closure.Closure, audit.Act) (closure.Closure, error)
	RemoveClosure(context.Context, closure.ID, int64, audit.Act) error

	Objects(context.Context) ([]register.Object, error)
	Object(context.Context, register.ObjectID) (register.Object, error)
	AddObject(context.Context, register.Object, audit.Act) (register.Object, error)
	UpdateObject(context.Context, register.Object, audit.Act) (register.Object, error)
	RemoveObject(context.Context, register.ObjectID, int64, audit.Act) error
	ImportObjects(context.Context, []register.Object, audit.Act) ([]register.Object, error)
	// ObjectsMark and ZonesMark are other texts after each change.
	ObjectsMark(context.Context) (string, error)
	ZonesMark(context.Context) (string, error)

	Zones(context.Context) ([]zone.Zone, error)
	Zone(context.Context, zone.ID) (zone.Zone, error)
	AddZone(context.Context, zone.Zone, audit.Act) (zone.Zone, error)
	AddZones(context.Context, []zone.Zone, audit.Act) ([]zone.Zone, error) // all or none
	UpdateZone(context.Context, zone.Zone, audit.Act) (zone.Zone, error)
	RemoveZone(context.Context, zone.ID, int64, audit.Act) error

	Spots(context.Context) ([]register.Spot, error)
	Spot(context.Context, register.SpotID) (register.Spot, error)
	AddSpot(context.Context, register.Spot, audit.Act) (register.Spot, error)
	UpdateSpot(context.Context, register.Spot, audit.Act) (register.Spot, error)
	RemoveSpot(context.Context, register.SpotID, int64, audit.Act) error

	Campaigns(context.Context) ([]register.Campaign, error)
	Campaign(context.Context, register.CampaignID) (register.Campaign, error)
	AddCampaign(context.Context, register.Campaign, audit.Act) (register.Campaign, error)
	UpdateCampaign(context.Context, register.Campaign, audit.Act) (register.Campaign, error)
	RemoveCampaign(context.Context, register.CampaignID, int64, audit.Act) error
	// CampaignDays and DaysOfCampaign are the days that begin in from <= t < to.
	CampaignDays(ctx context.Context, from, to time.Time) ([]campaign.Day, error)
	DaysOfCampaign(ctx context.Context, id register.CampaignID, from, to time.Time) ([]campaign.Day, error)
	CampaignDay(context.Context, campaign.DayID) (campaign.Day, error)
	CallOffDay(ctx context.Context, id campaign.DayID, off bool, version int64, act audit.Act) (campaign.Day, error)
	Sheets(context.Context, []campaign.DayID) ([]campaign.Sheet, error)
	PutSheet(context.Context, campaign.Sheet, audit.Act) (campaign.Sheet, error)
	Rankings(context.Context) ([]register.Ranking, error)
	Ranking(context.Context, register.RankingID) (register.Ranking, error)
	AddRanking(context.Context, register.Ranking, audit.Act) (register.Ranking, error)
	UpdateRanking(context.Context, register.Ranking, audit.Act) (register.Ranking, error)
	RemoveRanking(context.Context, register.RankingID, int64, audit.Act) error

	// PlanAt is the plan that holds at t, with its grids.
	PlanAt(ctx context.Context, t time.Time) (grid.Plan, error)
	// PlanKnown is the plan that held at t, as far as was recorded at known.
	PlanKnown(ctx context.Context, t, known time.Time) (grid.Plan, error)
	Plan(context.Context, grid.PlanID) (grid.Plan, error)
	AddPlan(context.Context, grid.Plan, audit.Act) (grid.Plan, error)
	UpdatePlan(context.Context, grid.Plan, audit.Act) (grid.Plan, error)

	ImportPeople(context.Context, []people.Person, audit.Act) ([]people.Person, error)
}

func (s *Server) registerRoutes() {
	teams().routes(s)
	stations().routes(s)
	spots().routes(s)
	s.campaignRoutes()
	rankings().routes(s)
	vehicles().routes(s)
	dogs().routes(s)
	s.dogRoutes()
	s.deviceRoutes()
	s.objectRoutes()
	s.shiftRoutes()
	s.zoneRoutes()
	s.planRoutes()
	s.fileRoutes()
}
