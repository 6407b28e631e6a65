package room

import (
	"context"
	"slices"

	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// AlertTrack is where the tracker of an alert was, from some minutes before it began
// to some after it ended, by time; it is kept as long as the alert, after the other
// positions of that day are purged. Where a dog lives is left out, but for the time that
// the alert was on, and for that too once it is closed.
func (r *Room) AlertTrack(ctx context.Context, a alert.Alert) ([]ingest.Fix, error) {
	track, err := r.c.Store.AlertTrack(ctx, a)
	if err != nil || a.Key.Subject.Class != zone.Dog {
		return track, err
	}
	id, home := register.DogID(a.Key.Subject.ID), r.book.Load().homes[fence.Subject(a.Key.Subject)]
	return slices.DeleteFunc(track, func(f ingest.Fix) bool {
		during := a.State != alert.Shut && !f.Time.Before(a.Began) && (a.Ended.IsZero() || !f.Time.After(a.Ended))
		return !during && r.veil.hides(id, home, f.At)
	}), nil
}
