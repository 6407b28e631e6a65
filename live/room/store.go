package room

import (
	"context"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/fence"
	"citygrid/live/ingest"
	"citygrid/routing/campaign"
	"citygrid/routing/closure"
	"citygrid/routing/patrol"
)

// Store is what the room needs of storage. *store.Store has it.
type Store interface {
	ingest.Keeper

	Marks(ctx context.Context) (map[string]string, error) // of each register, differs after a change of it
	People(ctx context.Context) ([]people.Person, error)
	Areas(ctx context.Context) ([]grid.Area, error)
	Teams(ctx context.Context) ([]register.Team, error)
	Stations(ctx context.Context) ([]register.Station, error)
	Spots(ctx context.Context) ([]register.Spot, error)
	Campaigns(ctx context.Context) ([]register.Campaign, error)
	CampaignDays(ctx context.Context, from, to time.Time) ([]campaign.Day, error)
	DaysOfCampaign(ctx context.Context, id register.CampaignID, from, to time.Time) ([]campaign.Day, error)
	PutCampaignDay(ctx context.Context, d campaign.Day, act audit.Act) (campaign.Day, error)
	Rankings(ctx context.Context) ([]register.Ranking, error)
	Vehicles(ctx context.Context) ([]register.Vehicle, error)
	Dogs(ctx context.Context) ([]register.Dog, error)
	Devices(ctx context.Context) ([]register.Device, error)
	Shifts(ctx context.Context, from, to time.Time) ([]register.Shift, error)
	Plans(ctx context.Context) ([]grid.Plan, error) // without grids
	PlanAt(ctx context.Context, t time.Time) (grid.Plan, error)
	Zones(ctx context.Context) ([]zone.Zone, error)
	ZoneVersion(ctx context.Context, id zone.ID, version int64) (zone.Zone, error)
	RemovedZones(ctx context.Context) ([]zone.Zone, error)
	Closures(ctx context.Context) ([]closure.Closure, error)

	Alert(ctx context.Context, id alert.ID) (alert.Alert, error)
	Alerts(ctx context.Context, states []alert.State, limit int) ([]alert.Alert, error)
	AlertByKey(ctx context.Context, key fence.Key) (alert.Alert, error)
	KeepAlert(ctx context.Context, key fence.Key, fold func(alert.Alert) (alert.Alert, error), act audit.Act) (alert.Alert, error)
	AlertsBetween(ctx context.Context, from, to time.Time) ([]alert.Alert, error)
	AlertsLasting(ctx context.Context, since time.Time) ([]alert.Alert, error)
	AlertsAbout(ctx context.Context, of register.Subject, limit int) ([]alert.Alert, error)
	AlertTrack(ctx context.Context, a alert.Alert) ([]ingest.Fix, error)
	SaveStates(ctx context.Context, states map[ingest.TrackerID][]byte) error
	States(ctx context.Context) (map[ingest.TrackerID][]byte, error)

	OpenTasks(ctx context.Context) ([]dispatch.Task, error)
	TasksOf(ctx context.Context, who people.ID, limit int) ([]dispatch.Task, error)
	SendTask(ctx context.Context, t dispatch.Task, key string, act audit.Act) (dispatch.Task, error)
	Replan(ctx context.Context, p dispatch.Replan, act audit.Act) (map[dispatch.TaskID]dispatch.Task, error)
	Dropped(ctx context.Context, after time.Time) ([]register.ShiftID, error)
	OpenWork(ctx context.Context) (alerts []alert.Alert, tasks []dispatch.Task, upTo int64, err error)
	Changes(ctx context.Context, seq int64) (alerts []alert.Alert, tasks []dispatch.Task, upTo int64, err error)

	SaveWalks(ctx context.Context, mapID, beat string, walks map[register.ShiftID]patrol.Walk, act audit.Act) error
	HandOverWalks(ctx context.Context, mapID string, walks map[register.ShiftID]patrol.Walk, drop []register.ShiftID, at time.Time, act audit.Act) error
	Beats(ctx context.Context, from, to time.Time) (map[register.ShiftID]string, error)
	Walks(ctx context.Context, from, to time.Time) (map[register.ShiftID]patrol.Walk, map[register.ShiftID]string, error)
}
