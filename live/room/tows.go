package room

import (
	"context"
	"errors"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/live/dispatch"
	"citygrid/routing/clearance"

	"github.com/paulmach/orb"
)

// Runs is the runs of the tow trucks on duty now.
func (r *Room) Runs(ctx context.Context) ([]Run, error) { return nil, errUnbuilt }

// Tow has a vehicle fetched: the truck that takes it with the least extra time
// gets a task for its driver. key is as in Store.SendTask.
func (r *Room) Tow(ctx context.Context, by people.ID, at orb.Point, note, key string, act audit.Act) (dispatch.Task, clearance.Offer, error) {
	return dispatch.Task{}, clearance.Offer{}, errUnbuilt
}

var errUnbuilt = errors.New("live/room: not built yet")
